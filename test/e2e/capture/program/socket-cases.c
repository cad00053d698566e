#define _GNU_SOURCE
#include "fact.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static struct sockaddr_in name_of(int fd)
{
	struct sockaddr_in name;
	socklen_t length = sizeof(name);

	getsockname(fd, (struct sockaddr *)&name, &length);
	return name;
}

static int listener(void)
{
	struct sockaddr_in any = loopback(0);
	int fd = DID(socket, AF_INET, SOCK_STREAM, 0);

	object(fd);
	DID(bind, fd, &any, sizeof(any));
	object(fd);
	address("local", fd, 0);
	DID(listen, fd, 8);
	object(fd);
	address("local", fd, 0);
	return fd;
}

static int connected(int server, long flags)
{
	struct sockaddr_in name = name_of(server);
	int fd = socket(AF_INET, SOCK_STREAM | flags, 0);

	/* A non-blocking one is in progress, and has its port already. */
	DID(connect, fd, &name, sizeof(name));
	object(fd);
	address("local", fd, 0);
	address("remote", fd, 1);
	return fd;
}

static int accepted(const char *name, long number, int server)
{
	long fd = call(number, server, NULL, NULL, 0);

	did(name, number, fd);
	object(fd);
	object2(server);
	address("local", fd, 0);
	address("remote", fd, 1);
	return fd;
}

static void refused(void)
{
	struct sockaddr_in name = loopback(1);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	DID(connect, fd, &name, sizeof(name));
	object(fd);
	text("remote", "127.0.0.1 1");
}

static void streams(void)
{
	int server = listener(), client = connected(server, 0), peer, other;
	char bytes[16];

	peer = accepted("accept", SYS_accept, server);
	other = connected(server, SOCK_NONBLOCK);
	accepted("accept4", SYS_accept4, server);
	DID(write, client, "hello", 5L);
	object(client);
	address("local", client, 0);
	address("remote", client, 1);
	DID(read, peer, bytes, 5L);
	address("local", peer, 0);
	address("remote", peer, 1);
	DID(sendto, client, "hello", 5L, 0L, NULL, 0L);
	address("remote", client, 1);
	DID(recvfrom, peer, bytes, sizeof(bytes), 0L, NULL, NULL);
	address("remote", peer, 1);
	DID(shutdown, other, SHUT_WR);
	object(other);
	refused();
}

/* An IPv6 socket that speaks IPv4, and one that does not. */
static void mapped(void)
{
	struct sockaddr_in6 name = { .sin6_family = AF_INET6 };
	socklen_t length = sizeof(name);
	int server = socket(AF_INET6, SOCK_STREAM, 0), fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (bind(server, (struct sockaddr *)&name, length) != 0 || listen(server, 8) != 0)
		abort();
	getsockname(server, (struct sockaddr *)&name, &length);
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &name.sin6_addr);
	DID(connect, fd, &name, sizeof(name));
	address("local", fd, 0);
	address("remote", fd, 1);
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	inet_pton(AF_INET6, "::1", &name.sin6_addr);
	if (DID(connect, fd, &name, sizeof(name)) != 0) {
		text("remote", "::1");
		return; /* this machine has no IPv6 loopback: the failure is recorded all the same */
	}
	address("local", fd, 0);
	address("remote", fd, 1);
}

static void datagrams(void)
{
	struct sockaddr_in any = loopback(0), to, from;
	int server = socket(AF_INET, SOCK_DGRAM, 0), client = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t length = sizeof(from);
	char bytes[16], remote[32];
	struct iovec vector = { bytes, sizeof(bytes) };
	struct mmsghdr message = { .msg_hdr = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &vector, .msg_iovlen = 1 } };

	if (bind(server, (struct sockaddr *)&any, sizeof(any)) != 0 || bind(client, (struct sockaddr *)&any, sizeof(any)) != 0)
		abort();
	to = name_of(server);
	snprintf(remote, sizeof(remote), "127.0.0.1 %d", ntohs(to.sin_port));
	DID(sendto, client, "hello", 5L, 0L, &to, sizeof(to));
	object(client);
	text("remote", remote);
	DID(recvfrom, server, bytes, sizeof(bytes), 0L, &from, &length);
	object(server);
	address("remote", client, 0);
	from = to;
	DID(sendmsg, client, &message.msg_hdr, 0L);
	text("remote", remote);
	DID(recvmsg, server, &message.msg_hdr, 0L);
	address("remote", client, 0);
	from = to;
	DID(sendmmsg, client, &message, 1L, 0L);
	text("remote", remote);
	DID(recvmmsg, server, &message, 1L, 0L, NULL);
	address("remote", client, 0);
}

static void unix_sockets(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "socket" };
	struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0hidden" };
	socklen_t length = offsetof(struct sockaddr_un, sun_path) + 7;
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);

	DID(bind, server, &name, sizeof(name));
	text("path2", "socket");
	if (listen(server, 8) != 0)
		abort();
	DID(connect, client, &name, sizeof(name));
	object(client);
	text("path2", "socket");
	object(DID(accept4, server, NULL, NULL, 0L));
	text("path2", "socket");
	server = socket(AF_UNIX, SOCK_DGRAM, 0);
	client = socket(AF_UNIX, SOCK_DGRAM, 0);
	DID(bind, server, &abstract, (long)length);
	text("path2", "@hidden");
	DID(sendto, client, "hello", 5L, 0L, &abstract, (long)length);
	text("path2", "@hidden");
}

void socket_cases(void)
{
	streams();
	mapped();
	datagrams();
	unix_sockets();
}
