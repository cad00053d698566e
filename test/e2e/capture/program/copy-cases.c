#define _GNU_SOURCE
#include "fact.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

static void pair(const char *name, const int *fds)
{
	(void)name;
	number("fd0", fds[0]);
	number("fd1", fds[1]);
	object(fds[0]);
	object2(fds[1]);
}

static void pairs(int *pipe_fds)
{
	int fds[2];

#ifdef SYS_pipe
	DID(pipe, fds);
	pair("pipe", fds);
#endif
	DID(pipe2, pipe_fds, 0);
	pair("pipe2", pipe_fds);
	DID(socketpair, AF_UNIX, SOCK_STREAM, 0, fds);
	pair("socketpair", fds);
}

void copy_cases(void)
{
	int fds[2], other[2], from = open("from", O_RDWR | O_CREAT, 0644), to = open("to", O_RDWR | O_CREAT, 0644);
	struct iovec vector = { "vector", 6 };

	if (write(from, "some bytes", 10) != 10 || pipe(other) != 0)
		abort();
	pairs(fds);
	lseek(from, 0, SEEK_SET);
	DID(sendfile, to, from, NULL, 4L);
	object(to);
	object2(from);
	DID(copy_file_range, from, NULL, to, NULL, 4L, 0L);
	object(from);
	object2(to);
	lseek(from, 0, SEEK_SET);
	DID(splice, from, NULL, fds[1], NULL, 4L, 0L);
	object(from);
	object2(fds[1]);
	DID(tee, fds[0], other[1], 4L, 0L);
	object(fds[0]);
	object2(other[1]);
	DID(vmsplice, fds[1], &vector, 1L, 0L);
	object(fds[1]);
}
