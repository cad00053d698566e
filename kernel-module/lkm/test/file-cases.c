// SPDX-License-Identifier: GPL-2.0-only
/* Opening, reading, writing what is no log, and descriptors. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "case.h"

static char buffer[64] = "not a log, but some bytes";
static struct iovec vectors[2] = { { buffer, 10 }, { buffer + 10, 5 } };

static void opened(struct wanted *wanted, long fd, const char *path)
{
	want_object(wanted, fd);
	want_path(wanted, path);
}

static void act_open(struct wanted *wanted)
{
	opened(wanted, ACT(wanted, open, "/tmp/opened", O_RDWR | O_CREAT, 0640), "/tmp/opened");
}

static void act_open_denied(struct wanted *wanted)
{
	need_file(wanted, "/tmp/denied", "");
	if (chmod("/tmp/denied", 0) < 0 || setuid(1000) < 0)
		problem(wanted, "becoming a user");
	ACT(wanted, open, "denied", O_RDONLY);
	want_path(wanted, "/tmp/denied");
}

static void act_open_absent(struct wanted *wanted)
{
	ACT(wanted, open, "/tmp/there-is-no-such-file", O_RDONLY);
	wanted->records = 0;
}

static void act_creat(struct wanted *wanted)
{
	opened(wanted, ACT(wanted, creat, "made", 0600), "/tmp/made");
}

static void act_openat(struct wanted *wanted)
{
	int folder = open("/tmp", O_DIRECTORY | O_PATH);

	opened(wanted, ACT(wanted, openat, folder, "opened-at", O_WRONLY | O_CREAT, 0600), "/tmp/opened-at");
}

static void act_openat_denied(struct wanted *wanted)
{
	int folder = open("/proc", O_DIRECTORY);

	if (setuid(1000) < 0)
		problem(wanted, "becoming a user");
	ACT(wanted, openat, folder, "1/mem", O_RDONLY);
	want_path(wanted, "/proc/1/mem");
}

static void act_openat2(struct wanted *wanted)
{
	static struct open_how how = { .flags = O_RDWR | O_CREAT, .mode = 0600 };

	opened(wanted, ACT(wanted, openat2, AT_FDCWD, "opened-2", &how, sizeof(how)), "/tmp/opened-2");
}

static void act_open_by_handle(struct wanted *wanted)
{
	static char bytes[sizeof(struct file_handle) + 128];
	struct file_handle *handle = (void *)bytes;
	int mount, folder = open("/tmp", O_DIRECTORY);

	close(need_file(wanted, "/tmp/by-handle", ""));
	handle->handle_bytes = 128;
	if (name_to_handle_at(AT_FDCWD, "/tmp/by-handle", handle, &mount, 0) < 0)
		problem(wanted, "name_to_handle_at");
	opened(wanted, ACT(wanted, open_by_handle_at, folder, handle, O_RDONLY), "/tmp/by-handle");
}

static void act_open_unlinked(struct wanted *wanted)
{
	char path[64];
	int fd = need_file(wanted, "/tmp/gone", "x");

	unlink("/tmp/gone");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	opened(wanted, ACT(wanted, open, path, O_RDONLY), "/tmp/gone");
}

#define READS(call, ...)                                                                                               \
	static void act_##call(struct wanted *wanted)                                                                  \
	{                                                                                                              \
		int fd = need_file(wanted, "/tmp/to-read", "twenty bytes of text");                                    \
                                                                                                                       \
		ACT(wanted, call, fd, __VA_ARGS__);                                                                    \
		want_object(wanted, fd);                                                                               \
	}
READS(read, buffer, 20)
READS(readv, vectors, 2)
READS(pread64, buffer, 10, 3)
READS(preadv, vectors, 2, 3)
READS(preadv2, vectors, 2, 3, 0, 0)
READS(write, buffer, 20)
READS(writev, vectors, 2)
READS(pwrite64, buffer, 10, 3)
READS(pwritev, vectors, 2, 3)
READS(pwritev2, vectors, 2, 3, 0, 0)
READS(ftruncate, 5)
READS(fchmod, 0600)
READS(fchown, 12, 13)

static void act_sendfile(struct wanted *wanted)
{
	int from = need_file(wanted, "/tmp/from", "source"), to = need_file(wanted, "/tmp/to", "");

	ACT(wanted, sendfile, to, from, 0, 6);
	want_object(wanted, to);
	want_object2(wanted, from);
}

static void act_copy_file_range(struct wanted *wanted)
{
	int from = need_file(wanted, "/tmp/from", "source"), to = need_file(wanted, "/tmp/to", "");

	ACT(wanted, copy_file_range, from, 0, to, 0, 6, 0);
	want_object(wanted, from);
	want_object2(wanted, to);
}

static void need_pipes(struct wanted *wanted, int first[2], int second[2])
{
	if (pipe(first) < 0 || pipe(second) < 0 || write(first[1], "through", 7) != 7)
		problem(wanted, "pipe");
}

static void act_splice(struct wanted *wanted)
{
	int first[2], second[2];

	need_pipes(wanted, first, second);
	ACT(wanted, splice, first[0], 0, second[1], 0, 7, 0);
	want_object(wanted, first[0]);
	want_object2(wanted, second[1]);
}

static void act_tee(struct wanted *wanted)
{
	int first[2], second[2];

	need_pipes(wanted, first, second);
	ACT(wanted, tee, first[0], second[1], 7, 0);
	want_object(wanted, first[0]);
	want_object2(wanted, second[1]);
}

static void act_vmsplice(struct wanted *wanted)
{
	int first[2], second[2];

	need_pipes(wanted, first, second);
	ACT(wanted, vmsplice, second[1], vectors, 2, 0);
	want_object(wanted, second[1]);
}

static void act_close(struct wanted *wanted)
{
	ACT(wanted, close, need_file(wanted, "/tmp/closed", ""));
}

static void act_close_range(struct wanted *wanted)
{
	ACT(wanted, close_range, 100, 200, 0);
}

static void act_dup(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/duplicated", "");

	ACT(wanted, dup, fd);
	want_object(wanted, fd);
}

static void act_dup2(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/duplicated", "");

	ACT(wanted, dup2, fd, 40);
	want_object(wanted, fd);
}

static void act_dup3(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/duplicated", "");

	ACT(wanted, dup3, fd, 41, O_CLOEXEC);
	want_object(wanted, fd);
}

static void act_fcntl(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/duplicated", "");

	ACT(wanted, fcntl, fd, F_DUPFD_CLOEXEC, 50);
	want_object(wanted, fd);
}

static void act_fcntl_other(struct wanted *wanted)
{
	ACT(wanted, fcntl, need_file(wanted, "/tmp/duplicated", ""), F_GETFL);
	wanted->records = 0;
}

static void made_pipe(struct wanted *wanted, const int fds[2])
{
	want_fds(wanted, fds);
	want_object(wanted, fds[0]);
	want_object2(wanted, fds[1]);
}

static void act_pipe(struct wanted *wanted)
{
	int fds[2];

	ACT(wanted, pipe, fds);
	made_pipe(wanted, fds);
}

static void act_pipe2(struct wanted *wanted)
{
	int fds[2];

	ACT(wanted, pipe2, fds, O_CLOEXEC);
	made_pipe(wanted, fds);
}

static void act_memfd(struct wanted *wanted)
{
	opened(wanted, ACT(wanted, memfd_create, "in-memory", 0), "/memfd:in-memory");
}

static void act_mmap(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/mapped", "x");

	ACT(wanted, mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	opened(wanted, fd, "/tmp/mapped");
}

static void act_mmap_anonymous(struct wanted *wanted)
{
	ACT(wanted, mmap, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	wanted->records = 0;
}

static void act_mprotect(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/mapped", "x");
	void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	ACT(wanted, mprotect, at, 4096, PROT_READ | PROT_EXEC);
	opened(wanted, fd, "/tmp/mapped");
}

static void act_mprotect_anonymous(struct wanted *wanted)
{
	void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ACT(wanted, mprotect, at, 4096, PROT_READ | PROT_EXEC);
	wanted->records = 0;
}

const struct test_case file_cases[] = {
	{ "open", "a new file", act_open },
	{ "open", "permission denied", act_open_denied },
	{ "open", "a file that is not there is no record", act_open_absent },
	{ "open", "an unlinked file has the path that it had", act_open_unlinked },
	{ "creat", "relative to the working directory", act_creat },
	{ "openat", "relative to a directory", act_openat },
	{ "openat", "permission denied relative to a directory", act_openat_denied },
	{ "openat2", "a new file", act_openat2 },
	{ "open_by_handle_at", "a file", act_open_by_handle },
	{ "read", "a file", act_read },
	{ "readv", "a file", act_readv },
	{ "pread64", "a file", act_pread64 },
	{ "preadv", "a file", act_preadv },
	{ "preadv2", "a file", act_preadv2 },
	{ "write", "a file that is no log", act_write },
	{ "writev", "a file that is no log", act_writev },
	{ "pwrite64", "a file that is no log", act_pwrite64 },
	{ "pwritev", "a file that is no log", act_pwritev },
	{ "pwritev2", "a file that is no log", act_pwritev2 },
	{ "ftruncate", "a file", act_ftruncate },
	{ "fchmod", "a file", act_fchmod },
	{ "fchown", "a file", act_fchown },
	{ "sendfile", "from file to file", act_sendfile },
	{ "copy_file_range", "from file to file", act_copy_file_range, .may_lack = true },
	{ "splice", "from pipe to pipe", act_splice },
	{ "tee", "from pipe to pipe", act_tee },
	{ "vmsplice", "into a pipe", act_vmsplice },
	{ "close", "by descriptor", act_close },
	{ "close_range", "a range of descriptors", act_close_range },
	{ "dup", "a file", act_dup },
	{ "dup2", "a file", act_dup2 },
	{ "dup3", "a file", act_dup3 },
	{ "fcntl", "F_DUPFD_CLOEXEC", act_fcntl },
	{ "fcntl", "another command is no record", act_fcntl_other },
	{ "pipe", "both ends", act_pipe },
	{ "pipe2", "both ends", act_pipe2 },
	{ "memfd_create", "a file in memory", act_memfd },
	{ "mmap", "a file", act_mmap },
	{ "mmap", "of no file is no record", act_mmap_anonymous },
	{ "mprotect", "a file becomes executable", act_mprotect },
	{ "mprotect", "of no file is no record", act_mprotect_anonymous },
	{},
};
