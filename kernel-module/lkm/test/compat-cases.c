// SPDX-License-Identifier: GPL-2.0-only
/* Calls by the 32-bit table, from a 64-bit program: the kernel takes them for a 32-bit program's. */
#include <errno.h>
#include <fcntl.h>
#include <linux/net.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "case.h"

/* Of arch/x86/entry/syscalls/syscall_32.tbl. */
enum {
	IA32_WRITE = 4,
	IA32_OPEN = 5,
	IA32_SOCKETCALL = 102,
	IA32_WRITEV = 146,
	IA32_MMAP2 = 192,
	IA32_TRUNCATE64 = 193,
	IA32_FTRUNCATE64 = 194,
	IA32_LCHOWN32 = 198,
	IA32_SETREUID32 = 203,
	IA32_SETREGID32 = 204,
	IA32_SETGROUPS32 = 206,
	IA32_FCHOWN32 = 207,
	IA32_SETRESUID32 = 208,
	IA32_SETRESGID32 = 210,
	IA32_CHOWN32 = 212,
	IA32_SETUID32 = 213,
	IA32_SETGID32 = 214,
	IA32_SETFSUID32 = 215,
	IA32_SETFSGID32 = 216,
	IA32_FCNTL64 = 221,
	IA32_SENDFILE64 = 239,
	IA32_CONNECT = 362,
	IA32_SENDTO = 369,
	IA32_RECVMMSG_TIME64 = 417,
};

static const char line[] = "a line of a 32-bit program\n";
#define LINE ((int)sizeof(line) - 1)

/* What the call points to has to lie below 4 GiB. */
static void *low(struct wanted *wanted, const void *from, size_t bytes)
{
	char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (at == MAP_FAILED) {
		problem(wanted, "low memory");
		return NULL;
	}
	return memcpy(at, from, bytes);
}

static int low_text(struct wanted *wanted, const char *text)
{
	return (int)(long)low(wanted, text, strlen(text) + 1);
}

static long act_compat(struct wanted *wanted, int number, int a, int b, int c, int d, int e)
{
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"((long)e)
		     : "memory", "r8", "r9", "r10", "r11");
	result = (int)result;
	wanted->number = number;
	wanted->result = result;
	wanted->any_args = true;
	wanted->flags |= DPT_FLAG_COMPAT;
	if (result == -ENOSYS)
		problem(wanted, "the kernel has no 32-bit calls");
	return result;
}

static void act_open(struct wanted *wanted)
{
	want_object(wanted, act_compat(wanted, IA32_OPEN, low_text(wanted, "opened-32"), O_RDWR | O_CREAT, 0600, 0, 0));
	want_path(wanted, "/tmp/opened-32");
}

static void act_write(struct wanted *wanted)
{
	int fd = need_file(wanted, "/var/log/32.log", "");

	act_compat(wanted, IA32_WRITE, fd, low_text(wanted, line), LINE, 0, 0);
	want_object(wanted, fd);
	want_log(wanted, 0, line, LINE);
}

static void act_writev(struct wanted *wanted)
{
	int fd = need_file(wanted, "/var/log/32.log", ""), text = low_text(wanted, line);
	int vectors[4] = { text, 3, text + 3, LINE - 3 };

	act_compat(wanted, IA32_WRITEV, fd, (int)(long)low(wanted, vectors, sizeof(vectors)), 2, 0, 0);
	want_log(wanted, 0, line, LINE);
}

/* Recorded as the call that it makes. */
static void act_socketcall_connect(struct wanted *wanted)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(2020) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int arguments[3] = { fd, 0, sizeof(address) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	arguments[1] = (int)(long)low(wanted, &address, sizeof(address));
	act_compat(wanted, IA32_SOCKETCALL, SYS_CONNECT, (int)(long)low(wanted, arguments, sizeof(arguments)), 0, 0, 0);
	wanted->number = IA32_CONNECT;
	want_object(wanted, fd);
	want_remote(wanted, (void *)&address);
}

static void act_socketcall_send(struct wanted *wanted)
{
	int fds[2], arguments[4] = { 0, low_text(wanted, line), LINE, 0 };

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		problem(wanted, "socketpair");
	arguments[0] = fds[0];
	act_compat(wanted, IA32_SOCKETCALL, SYS_SEND, (int)(long)low(wanted, arguments, sizeof(arguments)), 0, 0, 0);
	wanted->number = IA32_SENDTO;
	want_object(wanted, fds[0]);
}

static void act_mmap2(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/mapped", "x");
	long at;

	/* The sixth argument is in rbp, whatever that is: an offset in pages. */
	asm volatile("push %%rbp; xor %%ebp, %%ebp; int $0x80; pop %%rbp"
		     : "=a"(at)
		     : "a"(IA32_MMAP2), "b"(0), "c"(4096), "d"(PROT_READ), "S"(MAP_PRIVATE), "D"((long)fd)
		     : "memory", "r8", "r9", "r10", "r11");
	wanted->number = IA32_MMAP2;
	wanted->result = at;
	wanted->any_args = true;
	wanted->flags |= DPT_FLAG_COMPAT;
	want_object(wanted, fd);
	want_path(wanted, "/tmp/mapped");
}

static void act_truncate64(struct wanted *wanted)
{
	need_file(wanted, "/tmp/changed", "content");
	act_compat(wanted, IA32_TRUNCATE64, low_text(wanted, "changed"), 3, 0, 0, 0);
	want_path(wanted, "/tmp/changed");
}

static void act_chown32(struct wanted *wanted)
{
	need_file(wanted, "/tmp/changed", "content");
	act_compat(wanted, IA32_CHOWN32, low_text(wanted, "/tmp/changed"), 3, 4, 0, 0);
	want_path(wanted, "/tmp/changed");
}

static void act_lchown32(struct wanted *wanted)
{
	need_file(wanted, "/tmp/changed", "content");
	act_compat(wanted, IA32_LCHOWN32, low_text(wanted, "/tmp/changed"), 3, 4, 0, 0);
	want_path(wanted, "/tmp/changed");
}

static void act_on_file(struct wanted *wanted, int number, int argument)
{
	int fd = need_file(wanted, "/tmp/changed", "content");

	act_compat(wanted, number, fd, argument, 0, 0, 0);
	want_object(wanted, fd);
}

static void act_ftruncate64(struct wanted *wanted)
{
	act_on_file(wanted, IA32_FTRUNCATE64, 2);
}

static void act_fchown32(struct wanted *wanted)
{
	act_on_file(wanted, IA32_FCHOWN32, 2);
}

static void act_fcntl64(struct wanted *wanted)
{
	act_on_file(wanted, IA32_FCNTL64, F_DUPFD);
}

static void act_sendfile64(struct wanted *wanted)
{
	int from = need_file(wanted, "/tmp/from", "source"), to = need_file(wanted, "/tmp/to", "");

	act_compat(wanted, IA32_SENDFILE64, to, from, 0, 6, 0);
	want_object(wanted, to);
	want_object2(wanted, from);
}

static void act_recvmmsg_time64(struct wanted *wanted)
{
	int fds[2], vector[2] = { low_text(wanted, line), 10 }, message[8] = { 0, 0, 0, 1 };

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) < 0 || write(fds[1], line, 5) != 5)
		problem(wanted, "socketpair");
	message[2] = (int)(long)low(wanted, vector, sizeof(vector));
	act_compat(wanted, IA32_RECVMMSG_TIME64, fds[0], (int)(long)low(wanted, message, sizeof(message)), 1, 0, 0);
	want_object(wanted, fds[0]);
}

#define PLAIN(name, number, ...)                                                                                       \
	static void act_##name(struct wanted *wanted)                                                                  \
	{                                                                                                              \
		act_compat(wanted, number, __VA_ARGS__);                                                               \
	}
PLAIN(setuid32, IA32_SETUID32, 12, 0, 0, 0, 0)
PLAIN(setgid32, IA32_SETGID32, 12, 0, 0, 0, 0)
PLAIN(setreuid32, IA32_SETREUID32, -1, 12, 0, 0, 0)
PLAIN(setregid32, IA32_SETREGID32, -1, 12, 0, 0, 0)
PLAIN(setresuid32, IA32_SETRESUID32, -1, 12, -1, 0, 0)
PLAIN(setresgid32, IA32_SETRESGID32, -1, 12, -1, 0, 0)
PLAIN(setfsuid32, IA32_SETFSUID32, 12, 0, 0, 0, 0)
PLAIN(setfsgid32, IA32_SETFSGID32, 12, 0, 0, 0, 0)
PLAIN(setgroups32, IA32_SETGROUPS32, 0, 0, 0, 0, 0)

const struct test_case compat_cases[] = {
	{ "open", "32-bit: relative to the working directory", act_open },
	{ "write", "32-bit: a log file", act_write },
	{ "writev", "32-bit: a log file", act_writev },
	{ "socketcall", "32-bit: connect", act_socketcall_connect },
	{ "socketcall", "32-bit: send", act_socketcall_send },
	{ "mmap2", "32-bit: a file", act_mmap2 },
	{ "truncate64", "32-bit: by name", act_truncate64 },
	{ "ftruncate64", "32-bit: a file", act_ftruncate64 },
	{ "chown32", "32-bit: by name", act_chown32 },
	{ "lchown32", "32-bit: by name", act_lchown32 },
	{ "fchown32", "32-bit: a file", act_fchown32 },
	{ "fcntl64", "32-bit: F_DUPFD", act_fcntl64 },
	{ "sendfile64", "32-bit: from file to file", act_sendfile64 },
	{ "recvmmsg_time64", "32-bit: a message", act_recvmmsg_time64 },
	{ "setuid32", "32-bit: arguments", act_setuid32 },
	{ "setgid32", "32-bit: arguments", act_setgid32 },
	{ "setreuid32", "32-bit: arguments", act_setreuid32 },
	{ "setregid32", "32-bit: arguments", act_setregid32 },
	{ "setresuid32", "32-bit: arguments", act_setresuid32 },
	{ "setresgid32", "32-bit: arguments", act_setresgid32 },
	{ "setfsuid32", "32-bit: arguments", act_setfsuid32 },
	{ "setfsgid32", "32-bit: arguments", act_setfsgid32 },
	{ "setgroups32", "32-bit: arguments", act_setgroups32 },
	{},
};
