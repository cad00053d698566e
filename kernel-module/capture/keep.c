// SPDX-License-Identifier: GPL-2.0-only
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

/* Of what nobody has kept yet. Beyond it the program has to wait, and its source counts what it loses. */
#define KEPT_BYTES_MAX (16u << 20)
/* So long it goes on without a reader, and without the first one; and looks at the clock so often. */
#define ALONE_NS_MAX 60000000000ull
#define FIRST_NS_MAX 10000000000ull
#define LOOK_MS 1000
#define PIPE_BYTES (1 << 20)
#define LINE_BYTES_MAX 4352

enum { PROGRAM, LISTENER, READER, FDS };

static unsigned char kept[KEPT_BYTES_MAX];
/* Bytes since the start: kept by the reader, sent to it, given by the program. */
static uint64_t kept_until, sent_until, given_until;
static int listener = -1, reader = -1, output = -1, input = -1;
static pid_t program;
static uint64_t alone_since_ns;
static bool has_begun; /* the reader said where it goes on */
static bool was_read;  /* there was a reader that did */
static char line[LINE_BYTES_MAX];
static size_t line_used;

static void end_program(int signal)
{
	(void)signal;
	if (program > 0)
		kill(program, SIGTERM);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	umask(0177);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 4) != 0)
		return -1;
	return fd;
}

static pid_t run_program(char **words)
{
	int to[2], from[2];
	pid_t child;

	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		return -1;
	child = fork();
	if (child == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		execv(words[0], words);
		fprintf(stderr, "disprotrack-capture: can't run %s: %s\n", words[0], strerror(errno));
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	input = to[1];
	output = from[0];
	/* Fewer turns between the two; where it is refused, there are more. */
	fcntl(output, F_SETPIPE_SZ, PIPE_BYTES);
	return child;
}

static void leave_reader(void)
{
	close(reader);
	reader = -1;
	has_begun = false;
	line_used = 0;
	alone_since_ns = clock_monotonic_ns();
}

/* A new one takes the place of the one before, which is dead or about to be. */
static void meet_reader(void)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (reader >= 0)
		leave_reader();
	reader = fd;
}

static void follow(const char *text)
{
	uint64_t position;
	char *end;

	if (strcmp(text, "end") == 0) {
		end_program(0);
		return;
	}
	if (strncmp(text, "from ", 5) != 0 && strncmp(text, "have ", 5) != 0) {
		dprintf(input, "%s\n", text);
		return;
	}
	position = strtoull(text + 5, &end, 10);
	if (*end != 0 || position > given_until)
		return;
	if (position > kept_until)
		kept_until = position;
	if (text[0] == 'f') {
		sent_until = kept_until;
		has_begun = was_read = true;
	}
}

static void hear_reader(void)
{
	ssize_t count = recv(reader, line + line_used, sizeof(line) - line_used - 1, 0);
	char *start = line, *end;

	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (count <= 0) {
		leave_reader();
		return;
	}
	line_used += count;
	line[line_used] = 0;
	while ((end = strchr(start, '\n')) != NULL) {
		*end = 0;
		follow(start);
		start = end + 1;
	}
	line_used -= start - line;
	memmove(line, start, line_used);
	if (line_used == sizeof(line) - 1)
		leave_reader();
}

/* Its part of the ring up to where that wraps. */
static size_t run_of(uint64_t from, uint64_t bytes)
{
	size_t whole = KEPT_BYTES_MAX - from % KEPT_BYTES_MAX;

	return bytes < whole ? bytes : whole;
}

static void take(void)
{
	size_t room = run_of(given_until, KEPT_BYTES_MAX - (given_until - kept_until));
	ssize_t count = read(output, kept + given_until % KEPT_BYTES_MAX, room);

	if (count > 0) {
		given_until += count;
	} else if (count == 0 || errno != EINTR) {
		close(output);
		output = -1;
	}
}

static void send_on(void)
{
	size_t bytes = run_of(sent_until, given_until - sent_until);
	ssize_t count = send(reader, kept + sent_until % KEPT_BYTES_MAX, bytes, MSG_NOSIGNAL);

	if (count > 0)
		sent_until += count;
	else if (errno != EAGAIN && errno != EINTR)
		leave_reader();
}

/* The end of the stream is told as soon as all is sent; kept it is when the reader says so. */
static bool is_done(void)
{
	if (output >= 0)
		return false;
	if (reader >= 0 && has_begun && sent_until == given_until)
		shutdown(reader, SHUT_WR);
	return kept_until == given_until;
}

static bool is_left(void)
{
	return reader < 0 && clock_monotonic_ns() - alone_since_ns > (was_read ? ALONE_NS_MAX : FIRST_NS_MAX);
}

static void serve(void)
{
	struct pollfd fds[FDS] = {
		[PROGRAM] = { .fd = given_until - kept_until < KEPT_BYTES_MAX ? output : -1, .events = POLLIN },
		[LISTENER] = { .fd = listener, .events = POLLIN },
		[READER] = { .fd = reader, .events = POLLIN },
	};

	if (has_begun && sent_until < given_until)
		fds[READER].events |= POLLOUT;
	if (poll(fds, FDS, LOOK_MS) <= 0)
		return;
	if (fds[PROGRAM].revents != 0)
		take();
	if (reader >= 0 && fds[READER].revents & (POLLIN | POLLHUP | POLLERR))
		hear_reader();
	if (reader >= 0 && has_begun && sent_until < given_until)
		send_on();
	if (fds[LISTENER].revents != 0)
		meet_reader();
}

int keep(int count, char **words)
{
	struct sigaction action = { .sa_handler = end_program };
	int status = 0;

	if (count < 3 || strcmp(words[1], "--") != 0)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	listener = listen_at(words[0]);
	program = listener < 0 ? -1 : run_program(words + 2);
	if (program < 0) {
		fprintf(stderr, "disprotrack-capture: can't keep records at %s: %s\n", words[0], strerror(errno));
		return 3;
	}
	alone_since_ns = clock_monotonic_ns();
	while (!is_done() && !is_left())
		serve();
	unlink(words[0]);
	if (output >= 0) {
		/* Nobody came. What the program still has is let go. */
		end_program(0);
		close(output);
	}
	waitpid(program, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
