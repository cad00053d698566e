// SPDX-License-Identifier: GPL-2.0-only
/* Log writes by every call that writes, to every kind of log. The cgroup of the whole guest is tracked. */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "case.h"

static char line[] = "a log line, with \"quotes\"\n";
#define LINE ((long)sizeof(line) - 1)
static struct iovec vectors[3] = { { line, 5 }, { line, 0 }, { line + 5, sizeof(line) - 6 } };

#define ON_LOG(call, ...)                                                                                              \
	static void act_##call(struct wanted *wanted)                                                                  \
	{                                                                                                              \
		int fd = need_file(wanted, "/var/log/app.log", "");                                                    \
                                                                                                                       \
		ACT(wanted, call, fd, __VA_ARGS__);                                                                    \
		want_object(wanted, fd);                                                                               \
		want_path(wanted, "/var/log/app.log");                                                                 \
		want_log(wanted, 0, line, LINE);                                                                       \
	}
ON_LOG(write, line, LINE)
ON_LOG(writev, vectors, 3)
ON_LOG(pwrite64, line, LINE, 100)
ON_LOG(pwritev, vectors, 3, 100)
ON_LOG(pwritev2, vectors, 3, 100, 0, 0)

static void act_not_below(struct wanted *wanted)
{
	int fd = need_file(wanted, "/var/logger", "");

	ACT(wanted, write, fd, line, LINE);
	want_object(wanted, fd);
	want_path(wanted, "");
}

static void act_renamed_in(struct wanted *wanted)
{
	int fd = need_file(wanted, "/var/outside", "");

	if (write(fd, line, LINE) != LINE || rename("/var/outside", "/var/log/moved.log") < 0)
		problem(wanted, "rename");
	ACT(wanted, write, fd, line, 5);
	want_path(wanted, "/var/log/moved.log");
	want_log(wanted, 0, line, 5);
}

/* A container's output: a pipe on descriptor 1. */
static void need_output(struct wanted *wanted)
{
	int fds[2];

	if (pipe(fds) < 0 || dup2(fds[1], 1) < 0)
		problem(wanted, "pipe");
}

static void act_stdout(struct wanted *wanted)
{
	need_output(wanted);
	ACT(wanted, write, 1, line, LINE);
	want_object(wanted, 1);
	want_log(wanted, DPT_FLAG_CONTAINER_STDIO, line, LINE);
}

static void act_stdout_again(struct wanted *wanted)
{
	int fd;

	need_output(wanted);
	fd = open("/proc/self/fd/1", O_WRONLY);
	ACT(wanted, writev, fd, vectors, 3);
	want_object(wanted, 1);
	want_log(wanted, DPT_FLAG_CONTAINER_STDIO, line, LINE);
}

static void act_other_pipe(struct wanted *wanted)
{
	int fds[2];

	need_output(wanted);
	if (pipe(fds) < 0)
		problem(wanted, "pipe");
	ACT(wanted, write, fds[1], line, LINE);
	want_object(wanted, fds[1]);
}

static struct sockaddr_un named(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	return address;
}

/* A daemon that listens there, and a socket that sends. */
static int need_daemon(struct wanted *wanted, const char *path, bool connected)
{
	struct sockaddr_un address = named(path);
	int server = socket(AF_UNIX, SOCK_DGRAM, 0), fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	unlink(path);
	if (bind(server, (void *)&address, sizeof(address)) < 0)
		problem(wanted, path);
	if (connected && connect(fd, (void *)&address, sizeof(address)) < 0)
		problem(wanted, "connect");
	want_path2(wanted, path);
	want_log(wanted, DPT_FLAG_LOG_SOCKET, line, LINE);
	return fd;
}

static void act_sendto_unconnected(struct wanted *wanted)
{
	struct sockaddr_un address = named("/dev/log");
	int fd = need_daemon(wanted, "/dev/log", false);

	ACT(wanted, sendto, fd, line, LINE, 0, &address, sizeof(address));
	want_object(wanted, fd);
}

static void act_sendto_connected(struct wanted *wanted)
{
	ACT(wanted, sendto, need_daemon(wanted, "/dev/log", true), line, LINE, MSG_NOSIGNAL, 0, 0);
}

static void act_write_socket(struct wanted *wanted)
{
	ACT(wanted, write, need_daemon(wanted, "/run/systemd/journal/dev-log", true), line, LINE);
}

static void act_sendmsg(struct wanted *wanted)
{
	struct sockaddr_un address = named("/run/systemd/journal/socket");
	struct msghdr message = { &address, sizeof(address), vectors, 3, NULL, 0, 0 };

	ACT(wanted, sendmsg, need_daemon(wanted, "/run/systemd/journal/socket", false), &message, MSG_NOSIGNAL);
}

static void act_sendmmsg(struct wanted *wanted)
{
	static struct mmsghdr messages[3] = { { { .msg_iov = vectors, .msg_iovlen = 3 }, 0 },
					      { { .msg_iov = vectors + 2, .msg_iovlen = 1 }, 0 },
					      { { .msg_iov = vectors, .msg_iovlen = 1 }, 0 } };

	ACT(wanted, sendmmsg, need_daemon(wanted, "/run/systemd/journal/syslog", true), messages, 3, 0);
	wanted->any_args = true;
	wanted->records = 3;
}

static void act_syslog_port(struct wanted *wanted)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(514), .sin_addr = { htonl(INADDR_LOOPBACK) },
	};

	ACT(wanted, sendto, socket(AF_INET, SOCK_DGRAM, 0), line, LINE, 0, &address, sizeof(address));
	want_remote(wanted, (void *)&address);
	want_log(wanted, DPT_FLAG_LOG_SOCKET, line, LINE);
}

const struct test_case log_cases[] = {
	{ "write", "a log file", act_write },
	{ "writev", "a log file", act_writev },
	{ "pwrite64", "a log file", act_pwrite64 },
	{ "pwritev", "a log file", act_pwritev },
	{ "pwritev2", "a log file", act_pwritev2 },
	{ "write", "a file beside the prefix is no log", act_not_below },
	{ "write", "a file that was moved below a prefix", act_renamed_in },
	{ "write", "a container's output", act_stdout },
	{ "writev", "a container's output by another descriptor", act_stdout_again },
	{ "write", "another pipe is no log", act_other_pipe },
	{ "sendto", "/dev/log", act_sendto_unconnected },
	{ "sendto", "/dev/log, connected", act_sendto_connected },
	{ "write", "the journal's /dev/log", act_write_socket },
	{ "sendmsg", "the journal", act_sendmsg },
	{ "sendmmsg", "the journal's syslog", act_sendmmsg },
	{ "sendto", "a syslog daemon elsewhere", act_syslog_port },
	{},
};
