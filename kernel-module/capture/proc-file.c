// SPDX-License-Identifier: GPL-2.0-only
#include "proc-file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MAX_OF_PROC 96
#define DELETED " (deleted)"

size_t proc_read(uint32_t pid, const char *name, char *to, size_t bytes)
{
	char path[PATH_MAX_OF_PROC];
	size_t used = 0;
	ssize_t count;
	int fd;

	to[0] = 0;
	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (used < bytes - 1 && (count = read(fd, to + used, bytes - 1 - used)) > 0)
		used += count;
	close(fd);
	to[used] = 0;
	return used;
}

size_t proc_link(uint32_t pid, const char *name, char *to, size_t bytes)
{
	char path[PATH_MAX_OF_PROC];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	length = readlink(path, to, bytes - 1);
	if (length < 0)
		length = 0;
	to[length] = 0;
	if ((size_t)length > sizeof(DELETED) && strcmp(to + length - strlen(DELETED), DELETED) == 0)
		to[length -= strlen(DELETED)] = 0;
	return length;
}

uint64_t proc_inode(uint32_t pid, const char *name)
{
	char path[PATH_MAX_OF_PROC];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	return stat(path, &status) == 0 ? status.st_ino : 0;
}
