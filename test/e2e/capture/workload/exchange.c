/* The parts that talk: a server that keeps what it is asked and answers, and who asks it. */
#include "workload.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PORT 4711

static const struct sockaddr_in internet = {
	.sin_family = AF_INET,
	.sin_port = (PORT & 0xff) << 8 | PORT >> 8,
	.sin_addr = { 0x0100007f },
};
static const struct sockaddr_un local = { .sun_family = AF_UNIX, .sun_path = "/tmp/play/socket" };
static const struct sockaddr_un messages = { .sun_family = AF_UNIX, .sun_path = "/tmp/play/messages" };

static void serve(int listener, const void *name, socklen_t size, const char *into)
{
	char bytes[64];
	struct sockaddr_storage other;
	socklen_t other_size = sizeof(other);
	int connection, to;
	long length;

	check(bind(listener, name, size));
	check(listen(listener, 1));
	check(write(1, "+", 1));
	connection = check(accept(listener, (struct sockaddr *)&other, &other_size));
	length = check(recv(connection, bytes, sizeof(bytes), 0));
	to = check(open(into, O_WRONLY | O_CREAT, 0644));
	check(write(to, bytes, length));
	check(send(connection, "answer", 6, 0));
	/* The other one closes first. */
	check(recv(connection, bytes, sizeof(bytes), 0));
}

static void ask(int fd, const void *name, socklen_t size)
{
	char bytes[64];
	int from = check(open("input", O_RDONLY));
	long length = check(read(from, bytes, sizeof(bytes)));

	check(connect(fd, name, size));
	check(write(fd, bytes, length));
	check(read(fd, bytes, sizeof(bytes)));
}

void serve_tcp(void)
{
	int yes = 1, fd = check(socket(AF_INET, SOCK_STREAM, 0));

	check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
	serve(fd, &internet, sizeof(internet), "asked-tcp");
}

void ask_tcp(void)
{
	ask(check(socket(AF_INET, SOCK_STREAM, 0)), &internet, sizeof(internet));
}

void serve_unix(void)
{
	serve(check(socket(AF_UNIX, SOCK_STREAM, 0)), &local, sizeof(local), "asked-unix");
}

void ask_unix(void)
{
	ask(check(socket(AF_UNIX, SOCK_STREAM, 0)), &local, sizeof(local));
}

/* One message, without a connection. */
static void hear(int fd, const void *name, socklen_t size, const char *into)
{
	char bytes[64];
	long length;

	check(bind(fd, name, size));
	check(write(1, "+", 1));
	length = check(recvfrom(fd, bytes, sizeof(bytes), 0, NULL, NULL));
	check(write(check(open(into, O_WRONLY | O_CREAT, 0644)), bytes, length));
}

static void tell(int fd, const void *name, socklen_t size)
{
	char bytes[64];
	long length = check(read(check(open("input", O_RDONLY)), bytes, sizeof(bytes)));

	check(sendto(fd, bytes, length, 0, name, size));
}

void hear_unix(void)
{
	hear(check(socket(AF_UNIX, SOCK_DGRAM, 0)), &messages, sizeof(messages), "heard-unix");
}

void tell_unix(void)
{
	tell(check(socket(AF_UNIX, SOCK_DGRAM, 0)), &messages, sizeof(messages));
}

void hear_udp(void)
{
	hear(check(socket(AF_INET, SOCK_DGRAM, 0)), &internet, sizeof(internet), "heard-udp");
}

void tell_udp(void)
{
	tell(check(socket(AF_INET, SOCK_DGRAM, 0)), &internet, sizeof(internet));
}
