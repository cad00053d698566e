#define _GNU_SOURCE
#include "fact.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

static char here[4096];

static void named(const char *name)
{
	char path[4400];

	snprintf(path, sizeof(path), "%s/%s", here, name);
	text("path", path);
}

static void opened(long fd, const char *name)
{
	object(fd);
	named(name);
}

static void by_handle(void)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount, directory = open(".", O_RDONLY | O_DIRECTORY);
	long fd;

	if (name_to_handle_at(AT_FDCWD, "file", &file.handle, &mount, 0) != 0)
		abort();
	fd = DID(open_by_handle_at, directory, &file, O_RDONLY);
	if (fd >= 0)
		object(fd);
}

static void opens(void)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT, .mode = 0600 };
	int directory = open(".", O_RDONLY | O_DIRECTORY);

	opened(DID(open, "file", O_RDWR | O_CREAT, 0644), "file");
	opened(DID(creat, "created", 0600), "created");
	opened(DID(openat, AT_FDCWD, "./file", O_RDONLY), "file");
	opened(DID(openat2, directory, "file2", &how, sizeof(how)), "file2");
	/* Evidence: what could not be opened, and where it would have been. */
	DID(openat, directory, "file/below", O_RDONLY);
	named("file/below");
	by_handle();
	object(DID(memfd_create, "secret", 0));
	text("path", "/memfd:secret");
}

static void moves(void)
{
	char bytes[8] = "example";
	struct iovec vectors[2] = { { bytes, 3 }, { bytes + 3, 4 } };
	int fd = open("moved", O_RDWR | O_CREAT, 0644);

#define MOVE(name, ...) (DID(name, fd, __VA_ARGS__), object(fd))
	MOVE(write, bytes, 7L);
	MOVE(writev, vectors, 2L);
	MOVE(pwrite64, bytes, 7L, 0L);
	MOVE(pwritev, vectors, 2L, 0L, 0L);
	MOVE(pwritev2, vectors, 2L, 0L, 0L, 0L);
	lseek(fd, 0, SEEK_SET);
	MOVE(read, bytes, 7L);
	MOVE(readv, vectors, 2L);
	MOVE(pread64, bytes, 7L, 0L);
	MOVE(preadv, vectors, 2L, 0L, 0L);
	MOVE(preadv2, vectors, 2L, 0L, 0L, 0L);
	MOVE(ftruncate, 3L);
	MOVE(fchmod, 0600L);
	MOVE(fchown, 0L, 0L);
}

static void maps(void)
{
	int fd = open("mapped", O_RDWR | O_CREAT, 0644);
	void *memory;

	if (ftruncate(fd, 4096) != 0)
		abort();
	memory = (void *)DID(mmap, NULL, 4096L, (long)PROT_READ, (long)MAP_PRIVATE, (long)fd, 0L);
	object(fd);
	DID(mprotect, memory, 4096L, (long)(PROT_READ | PROT_EXEC));
}

static void duplicates(void)
{
	int fd = open("duplicated", O_RDWR | O_CREAT, 0644), pidfd;

	object(DID(dup, fd));
#ifdef SYS_dup2
	object(DID(dup2, fd, 77));
#endif
	object(DID(dup3, fd, 78, 0));
	object(DID(fcntl, fd, F_DUPFD, 80));
	object(DID(fcntl, fd, F_DUPFD_CLOEXEC, 80));
	pidfd = call(SYS_pidfd_open, getpid(), 0);
	object(DID(pidfd_getfd, pidfd, fd, 0));
	DID(close, fd);
	DID(close_range, 77, 78, 0);
}

void file_cases(void)
{
	if (getcwd(here, sizeof(here)) == NULL)
		abort();
	opens();
	moves();
	maps();
	duplicates();
}
