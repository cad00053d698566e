// SPDX-License-Identifier: GPL-2.0-only
/* Sockets, with both ends as user space sees them. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "case.h"

static char buffer[64] = "bytes for the other side";
static struct iovec vector = { buffer, 24 };

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) },
	};
}

static struct sockaddr_in6 loopback6(int port)
{
	return (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback };
}

static int bound(struct wanted *wanted, int type, const void *address, socklen_t bytes)
{
	int one = 1, fd = socket(((const struct sockaddr *)address)->sa_family, type, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, address, bytes) < 0 || (type == SOCK_STREAM && listen(fd, 5) < 0))
		problem(wanted, "a bound socket");
	return fd;
}

static struct sockaddr_un unix_name(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (path[0] == '@')
		address.sun_path[0] = 0;
	else
		unlink(path);
	return address;
}

/* Without what stands behind the name. */
static socklen_t unix_bytes(const char *path)
{
	return sizeof(sa_family_t) + strlen(path);
}

static void act_socket(struct wanted *wanted)
{
	want_object(wanted, ACT(wanted, socket, AF_INET, SOCK_STREAM, 0));
}

static void act_socketpair(struct wanted *wanted)
{
	struct wanted other = {};
	int fds[2];

	ACT(wanted, socketpair, AF_UNIX, SOCK_STREAM, 0, fds);
	want_fds(wanted, fds);
	want_object(wanted, fds[0]);
	want_object2(wanted, fds[1]);
	want_object(&other, fds[1]);
	wanted->peer_inode = other.object.inode;
}

static void act_bind(struct wanted *wanted)
{
	struct sockaddr_in address = loopback(2001);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ACT(wanted, bind, fd, &address, sizeof(address));
	want_object(wanted, fd);
	want_local(wanted, (void *)&address);
}

static void act_bind_denied(struct wanted *wanted)
{
	struct sockaddr_in address = loopback(99);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (setuid(1000) < 0)
		problem(wanted, "becoming a user");
	ACT(wanted, bind, fd, &address, sizeof(address));
	want_local(wanted, (void *)&address);
}

static void act_bind_unix(struct wanted *wanted)
{
	struct sockaddr_un address = unix_name("/tmp/bound.sock");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ACT(wanted, bind, fd, &address, unix_bytes("/tmp/bound.sock"));
	want_object(wanted, fd);
	want_path2(wanted, "/tmp/bound.sock");
}

static void act_listen(struct wanted *wanted)
{
	struct sockaddr_in address = loopback(2002);
	int fd = bound(wanted, SOCK_STREAM, &address, sizeof(address));

	ACT(wanted, listen, fd, 7);
	want_object(wanted, fd);
	want_local(wanted, (void *)&address);
}

static void act_connect(struct wanted *wanted)
{
	struct sockaddr_in address = loopback(2003);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	bound(wanted, SOCK_STREAM, &address, sizeof(address));
	ACT(wanted, connect, fd, &address, sizeof(address));
	want_object(wanted, fd);
	want_ends(wanted, fd);
}

static void act_connect_later(struct wanted *wanted)
{
	/* Of a test network that nothing answers in; the guest sends it to its loopback, which drops it. */
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(81), .sin_addr = { htonl(0x7f000002) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int server = bound(wanted, SOCK_STREAM, &address, sizeof(address));

	if (listen(server, 0) < 0 || connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&address, sizeof(address)) < 0)
		problem(wanted, "filling the backlog");
	ACT(wanted, connect, fd, &address, sizeof(address));
	if (wanted->result != -EINPROGRESS)
		problem(wanted, "the connection was made at once");
	want_object(wanted, fd);
	want_remote(wanted, (void *)&address);
}

static void act_connect_refused(struct wanted *wanted)
{
	struct sockaddr_in6 address = loopback6(2004);
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	ACT(wanted, connect, fd, &address, sizeof(address));
	want_object(wanted, fd);
	want_remote(wanted, (void *)&address);
}

static void act_connect_unix(struct wanted *wanted)
{
	struct sockaddr_un address = unix_name("@abstract name");
	socklen_t bytes = unix_bytes("@abstract name");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	bound(wanted, SOCK_STREAM, &address, bytes);
	ACT(wanted, connect, fd, &address, bytes);
	want_object(wanted, fd);
	want_path2(wanted, "@abstract name");
}

static int connected_server(struct wanted *wanted, const void *address, socklen_t bytes)
{
	int server = bound(wanted, SOCK_STREAM, address, bytes);
	int client = socket(((const struct sockaddr *)address)->sa_family, SOCK_STREAM, 0);

	if (connect(client, address, bytes) < 0 || write(client, buffer, 24) != 24)
		problem(wanted, "connecting");
	return server;
}

static void act_accept(struct wanted *wanted)
{
	struct sockaddr_in address = loopback(2005);
	int server = connected_server(wanted, &address, sizeof(address)), fd;

	fd = ACT(wanted, accept, server, 0, 0);
	want_object(wanted, fd);
	want_object2(wanted, server);
	want_ends(wanted, fd);
}

static void act_accept4(struct wanted *wanted)
{
	struct sockaddr_in6 address = loopback6(2006);
	int server = connected_server(wanted, &address, sizeof(address)), fd;

	fd = ACT(wanted, accept4, server, 0, 0, SOCK_CLOEXEC);
	want_object(wanted, fd);
	want_object2(wanted, server);
	want_ends(wanted, fd);
}

static void act_accept_unix(struct wanted *wanted)
{
	struct sockaddr_un address = unix_name("/tmp/served.sock");
	int server = connected_server(wanted, &address, sizeof(address));

	want_object(wanted, ACT(wanted, accept4, server, 0, 0, 0));
	want_path2(wanted, "/tmp/served.sock");
}

/* A pair over the loopback; the second end has bytes to read. */
static void need_pair(struct wanted *wanted, int fds[2], int type)
{
	struct sockaddr_in address = loopback(2007), other = loopback(2008);
	int server = bound(wanted, type, &address, sizeof(address));

	if (type == SOCK_STREAM) {
		fds[0] = socket(AF_INET, type, 0);
		if (connect(fds[0], (void *)&address, sizeof(address)) < 0)
			problem(wanted, "connecting");
		fds[1] = accept(server, NULL, NULL);
	} else {
		fds[0] = bound(wanted, type, &other, sizeof(other));
		fds[1] = server;
		if (connect(fds[0], (void *)&address, sizeof(address)) < 0)
			problem(wanted, "connecting");
	}
	if (write(fds[0], buffer, 24) != 24)
		problem(wanted, "sending");
}

static void act_write_socket(struct wanted *wanted)
{
	int fds[2];

	need_pair(wanted, fds, SOCK_STREAM);
	ACT(wanted, write, fds[0], buffer, 10);
	want_object(wanted, fds[0]);
	want_ends(wanted, fds[0]);
}

static void act_read_socket(struct wanted *wanted)
{
	int fds[2];

	need_pair(wanted, fds, SOCK_STREAM);
	ACT(wanted, read, fds[1], buffer, 10);
	want_object(wanted, fds[1]);
	want_ends(wanted, fds[1]);
}

static void act_shutdown(struct wanted *wanted)
{
	int fds[2];

	need_pair(wanted, fds, SOCK_STREAM);
	ACT(wanted, shutdown, fds[0], SHUT_WR);
	want_object(wanted, fds[0]);
	want_ends(wanted, fds[0]);
}

static void act_sendto(struct wanted *wanted)
{
	struct sockaddr_in address = loopback(2009), own = loopback(2010);
	int fd = bound(wanted, SOCK_DGRAM, &own, sizeof(own));

	bound(wanted, SOCK_DGRAM, &address, sizeof(address));
	ACT(wanted, sendto, fd, buffer, 24, 0, &address, sizeof(address));
	want_object(wanted, fd);
	want_local(wanted, (void *)&own);
	want_remote(wanted, (void *)&address);
}

static void act_recvfrom(struct wanted *wanted)
{
	struct sockaddr_in from, address = loopback(2007), other = loopback(2008);
	socklen_t bytes = sizeof(from);
	int fds[2];

	need_pair(wanted, fds, SOCK_DGRAM);
	ACT(wanted, recvfrom, fds[1], buffer, sizeof(buffer), 0, &from, &bytes);
	want_object(wanted, fds[1]);
	want_local(wanted, (void *)&address);
	want_remote(wanted, (void *)&other);
}

static void act_sendmsg(struct wanted *wanted)
{
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	int fds[2];

	need_pair(wanted, fds, SOCK_STREAM);
	ACT(wanted, sendmsg, fds[1], &message, 0);
	want_object(wanted, fds[1]);
	want_ends(wanted, fds[1]);
}

static void act_recvmsg(struct wanted *wanted)
{
	struct sockaddr_in from, other = loopback(2008);
	struct msghdr message = { &from, sizeof(from), &vector, 1, NULL, 0, 0 };
	int fds[2];

	need_pair(wanted, fds, SOCK_DGRAM);
	ACT(wanted, recvmsg, fds[1], &message, 0);
	want_object(wanted, fds[1]);
	want_remote(wanted, (void *)&other);
}

static void act_sendmmsg(struct wanted *wanted)
{
	struct sockaddr_in address = loopback(2007), other = loopback(2008);
	struct mmsghdr messages[2] = { { { .msg_iov = &vector, .msg_iovlen = 1 }, 0 },
				       { { .msg_iov = &vector, .msg_iovlen = 1 }, 0 } };
	int fds[2];

	need_pair(wanted, fds, SOCK_DGRAM);
	ACT(wanted, sendmmsg, fds[0], messages, 2, 0);
	want_object(wanted, fds[0]);
	want_local(wanted, (void *)&other);
	want_remote(wanted, (void *)&address);
}

static void act_recvmmsg(struct wanted *wanted)
{
	struct sockaddr_in from, other = loopback(2008);
	struct mmsghdr messages[1] = { { { &from, sizeof(from), &vector, 1, NULL, 0, 0 }, 0 } };
	int fds[2];

	need_pair(wanted, fds, SOCK_DGRAM);
	ACT(wanted, recvmmsg, fds[1], messages, 1, 0, 0);
	want_object(wanted, fds[1]);
	want_remote(wanted, (void *)&other);
}

const struct test_case socket_cases[] = {
	{ "socket", "a stream", act_socket },
	{ "socketpair", "both ends", act_socketpair },
	{ "bind", "an address", act_bind },
	{ "bind", "permission denied", act_bind_denied },
	{ "bind", "a unix name", act_bind_unix },
	{ "listen", "an address", act_listen },
	{ "connect", "both ends", act_connect },
	{ "connect", "in progress", act_connect_later },
	{ "connect", "refused, IPv6", act_connect_refused },
	{ "connect", "an abstract unix name", act_connect_unix },
	{ "accept", "both ends", act_accept },
	{ "accept4", "both ends, IPv6", act_accept4 },
	{ "accept4", "a unix name", act_accept_unix },
	{ "write", "a socket's both ends", act_write_socket },
	{ "read", "a socket's both ends", act_read_socket },
	{ "shutdown", "both ends", act_shutdown },
	{ "sendto", "an address", act_sendto },
	{ "recvfrom", "from an address", act_recvfrom },
	{ "sendmsg", "both ends", act_sendmsg },
	{ "recvmsg", "from an address", act_recvmsg },
	{ "sendmmsg", "both ends", act_sendmmsg },
	{ "recvmmsg", "from an address", act_recvmmsg },
	{},
};
