/*
 * Writes one log line by each call that can: log-writer FILE SOCKET LONG. LONG is how many bytes the long line has.
 * The file is a log, the socket is one that a syslog daemon listens on.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static void check(long result)
{
	if (result < 0)
		exit(1);
}

static void to_file(const char *path, long bytes)
{
	struct iovec parts[3] = { { "writev ", 7 }, { "in ", 3 }, { "parts\n", 6 } };
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
	char *line = malloc(bytes);

	check(write(fd, "write\n", 6));
	check(writev(fd, parts, 3));
	check(pwrite(fd, "pwrite\n", 7, 0));
	check(pwritev(fd, parts, 3, 0));
	check(pwritev2(fd, parts, 3, 0, 0));
	for (long i = 0; i < bytes; i++)
		line[i] = 'a' + i % 26;
	line[bytes - 1] = '\n';
	check(write(fd, line, bytes));
}

static void to_socket(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct iovec parts[2] = { { "<13>", 4 }, { "sendmsg", 7 } };
	struct iovec first = { "<13>first", 9 }, second = { "<13>second", 10 };
	struct msghdr to_name = { .msg_name = &name, .msg_namelen = sizeof(name), .msg_iov = parts, .msg_iovlen = 2 };
	struct mmsghdr both[2] = { { .msg_hdr = { .msg_iov = &first, .msg_iovlen = 1 } },
				   { .msg_hdr = { .msg_iov = &second, .msg_iovlen = 1 } } };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	strncpy(name.sun_path, path, sizeof(name.sun_path) - 1);
	check(sendto(fd, "<13>sendto", 10, 0, (struct sockaddr *)&name, sizeof(name)));
	check(sendmsg(fd, &to_name, 0));
	check(connect(fd, (struct sockaddr *)&name, sizeof(name)));
	check(send(fd, "<13>send", 8, 0));
	check(write(fd, "<13>write", 9));
	check(writev(fd, parts, 2));
	check(sendmmsg(fd, both, 2, 0));
}

/* Nobody listens: what is sent is a log write all the same, to syslog's port alone. */
static void to_port(void)
{
	struct sockaddr_in syslog = {
		.sin_family = AF_INET, .sin_port = htons(514), .sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	struct sockaddr_in other = syslog;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	other.sin_port = htons(515);
	check(sendto(fd, "<13>to a port", 13, 0, (struct sockaddr *)&syslog, sizeof(syslog)));
	check(sendto(fd, "<13>to another", 14, 0, (struct sockaddr *)&other, sizeof(other)));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	check(connect(fd, (struct sockaddr *)&syslog, sizeof(syslog)));
	check(write(fd, "<13>connected", 13));
}

int main(int count, char **words)
{
	if (count != 4)
		return 2;
	to_file(words[1], atol(words[3]));
	to_socket(words[2]);
	to_port();
	check(write(1, "to stdout\n", 10));
	check(write(2, "to stderr\n", 10));
	return 0;
}
