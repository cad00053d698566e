/*
 * Logs from functions whose frames are made in different ways: stack-writer FILE ROUNDS. Each line is the names of the
 * functions that called for it, the innermost first; a pattern that is in no line lies in every frame.
 */
#define _GNU_SOURCE
#include <alloca.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PATTERN 0x5ca1ab1e0ddba115ull

static int fd;
static volatile uint64_t sink;

/* Keeps the compiler from leaving a frame's words out, or its call for last. */
static void keep(volatile uint64_t *words, int count)
{
	for (int i = 0; i < count; i++)
		words[i] = PATTERN;
	sink = words[count - 1];
}

void say(const char *text)
{
	volatile uint64_t words[8];

	keep(words, 8);
	if (write(fd, text, strlen(text)) < 0)
		abort();
	sink = words[0];
}

void say_in_parts(const char *text)
{
	struct iovec parts[2] = { { (void *)text, 1 }, { (void *)(text + 1), strlen(text + 1) } };

	if (writev(fd, parts, 2) < 0)
		abort();
	sink = 1;
}

void plain(void)
{
	say("say plain main\n");
	sink = 1;
}

void parts(void)
{
	say_in_parts("say_in_parts parts main\n");
	sink = 1;
}

/* Its frame has no size that is known: by the frame pointer. */
void sized(int words)
{
	volatile uint64_t *some = alloca(words * sizeof(*some));

	keep(some, words);
	say("say sized main\n");
	sink = some[0];
}

/* Moves the stack pointer to a multiple of 64. */
void aligned(int words)
{
	volatile uint64_t some[8] __attribute__((aligned(64)));
	volatile uint64_t *more = alloca(words * sizeof(*more));

	keep(some, 8);
	keep(more, words);
	say("say aligned main\n");
	sink = some[0] + more[0];
}

void large(void)
{
	volatile uint64_t some[40000];

	keep(some, 40000);
	say("say large main\n");
	sink = some[0];
}

void deep(int more)
{
	if (more > 0)
		deep(more - 1);
	else
		say("say deep\n");
	sink = more;
}

void on_signal(int number)
{
	say("say on_signal raised main\n");
	sink = number;
}

void raised(void)
{
	raise(SIGUSR1);
	sink = 1;
}

void *in_thread(void *nothing)
{
	say("say in_thread\n");
	sink = 1;
	return nothing;
}

int main(int count, char **words)
{
	pthread_t thread;

	if (count != 3)
		return 2;
	fd = open(words[1], O_WRONLY | O_CREAT | O_APPEND, 0644);
	signal(SIGUSR1, on_signal);
	for (int round = atoi(words[2]); round > 0; round--) {
		plain();
		parts();
		sized(count * 5);
		aligned(count * 5);
		large();
		deep(50);
		raised();
		pthread_create(&thread, NULL, in_thread, NULL);
		pthread_join(thread, NULL);
		usleep(50000);
	}
	return 0;
}
