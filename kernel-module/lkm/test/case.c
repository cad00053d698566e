// SPDX-License-Identifier: GPL-2.0-only
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

void problem(struct wanted *wanted, const char *what)
{
	if (wanted->problem[0] == 0)
		snprintf(wanted->problem, sizeof(wanted->problem), "%s: %s", what, strerror(errno));
}

long act_call(struct wanted *wanted, long number, long a, long b, long c, long d, long e, long f)
{
	long result = syscall(number, a, b, c, d, e, f);

	wanted->number = number;
	wanted->args[0] = a;
	wanted->args[1] = b;
	wanted->args[2] = c;
	wanted->args[3] = d;
	wanted->args[4] = e;
	wanted->args[5] = f;
	wanted->result = result < 0 ? -errno : result;
	return result;
}

static struct dpt_object object_of(struct wanted *wanted, int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0) {
		problem(wanted, "fstat");
		return (struct dpt_object){};
	}
	return (struct dpt_object){
		.inode = status.st_ino,
		.device = major(status.st_dev) << 20 | minor(status.st_dev),
		.mode = status.st_mode,
	};
}

void want_object(struct wanted *wanted, int fd)
{
	wanted->has_object = true;
	wanted->object = object_of(wanted, fd);
}

void want_object2(struct wanted *wanted, int fd)
{
	wanted->has_object2 = true;
	wanted->object2 = object_of(wanted, fd);
}

void want_path(struct wanted *wanted, const char *path)
{
	wanted->has_path = true;
	snprintf(wanted->path, sizeof(wanted->path), "%s", path);
}

void want_path2(struct wanted *wanted, const char *path)
{
	wanted->has_path2 = true;
	snprintf(wanted->path2, sizeof(wanted->path2), "%s", path);
}

void want_image(struct wanted *wanted, const char *exe, const char *argv, size_t argv_bytes)
{
	wanted->kind = DPT_EXEC;
	wanted->any_args = true;
	wanted->has_exe = true;
	snprintf(wanted->exe, sizeof(wanted->exe), "%s", exe);
	wanted->argv_bytes = argv_bytes;
	memcpy(wanted->argv, argv, argv_bytes);
}

void want_fds(struct wanted *wanted, const int fds[2])
{
	wanted->has_fds = true;
	memcpy(wanted->fds, fds, sizeof(wanted->fds));
}

static struct dpt_address address_of(const struct sockaddr *address)
{
	const struct sockaddr_in *ipv4 = (const void *)address;
	const struct sockaddr_in6 *ipv6 = (const void *)address;
	struct dpt_address made = { .family = address->sa_family };

	if (made.family == AF_INET) {
		made.port = ntohs(ipv4->sin_port);
		memcpy(made.ip, &ipv4->sin_addr, 4);
	} else if (made.family == AF_INET6) {
		made.port = ntohs(ipv6->sin6_port);
		memcpy(made.ip, &ipv6->sin6_addr, 16);
	}
	return made;
}

void want_local(struct wanted *wanted, const struct sockaddr *address)
{
	wanted->has_local = true;
	wanted->local = address_of(address);
}

void want_remote(struct wanted *wanted, const struct sockaddr *address)
{
	wanted->has_remote = true;
	wanted->remote = address_of(address);
}

void want_ends(struct wanted *wanted, int fd)
{
	struct sockaddr_storage address = {};
	socklen_t bytes = sizeof(address);

	if (getsockname(fd, (void *)&address, &bytes) < 0)
		return problem(wanted, "getsockname");
	want_local(wanted, (void *)&address);
	bytes = sizeof(address);
	if (getpeername(fd, (void *)&address, &bytes) < 0)
		return problem(wanted, "getpeername");
	want_remote(wanted, (void *)&address);
}

void want_log(struct wanted *wanted, uint32_t flags, const char *payload, uint32_t bytes)
{
	wanted->flags |= DPT_FLAG_LOG | flags;
	wanted->has_payload = true;
	wanted->payload_bytes = bytes;
	memcpy(wanted->payload, payload, bytes);
}

int need_file(struct wanted *wanted, const char *path, const char *content)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, content, strlen(content)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		problem(wanted, path);
	return fd;
}
