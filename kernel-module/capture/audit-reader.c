// SPDX-License-Identifier: GPL-2.0-only
#include "audit-reader.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

/* Some 150,000 messages. Memory is taken as it is needed. */
#define HELD_BYTES_MAX (64u << 20)
/* auditd asks for as much, for the same reason. */
#define PRIORITY (-4)
#define LOOK_MS 100
#define FULL_US 1000
#define ROUND_UP(bytes) (((bytes) + 7) & ~(uint64_t)7)

/* What stands in `held`: a length, and as many bytes of a message; a length of zero goes on at the start. */
struct entry {
	uint64_t bytes;
};

static unsigned char held[HELD_BYTES_MAX] __attribute__((aligned(8)));
/* Bytes since the start; each is moved by one thread. */
static uint64_t given, taken;
static uint64_t overruns;
static int failure;
static bool is_ending;
static int source_fd = -1, bell = -1;
static pthread_t thread;

static struct entry *entry_at(uint64_t position)
{
	return (struct entry *)(held + position % HELD_BYTES_MAX);
}

static bool is_stopped(void)
{
	return __atomic_load_n(&is_ending, __ATOMIC_ACQUIRE);
}

/* Where an entry of `bytes` fits in one piece; false where it has to be given up. */
static bool make_room(uint64_t bytes)
{
	uint64_t left = HELD_BYTES_MAX - given % HELD_BYTES_MAX;
	uint64_t needed = bytes <= left ? bytes : left + bytes;

	while (given + needed - __atomic_load_n(&taken, __ATOMIC_ACQUIRE) > HELD_BYTES_MAX) {
		if (is_stopped())
			return false;
		usleep(FULL_US);
	}
	if (bytes > left) {
		entry_at(given)->bytes = 0;
		__atomic_store_n(&given, given + left, __ATOMIC_RELEASE);
	}
	return true;
}

static void hold(const struct audit_message *message)
{
	uint64_t bytes = message->header.nlmsg_len;
	uint64_t needed = sizeof(struct entry) + ROUND_UP(bytes);
	uint64_t one = 1;

	if (!make_room(needed))
		return;
	entry_at(given)->bytes = bytes;
	memcpy(entry_at(given) + 1, message, bytes);
	__atomic_store_n(&given, given + needed, __ATOMIC_RELEASE);
	if (write(bell, &one, sizeof(one)) < 0)
		return; /* it rings already */
}

static void *read_all(void *unused)
{
	static struct audit_message message;
	struct pollfd readable = { .fd = source_fd, .events = POLLIN };

	(void)unused;
	setpriority(PRIO_PROCESS, gettid(), PRIORITY);
	while (!is_stopped()) {
		int got = audit_receive(source_fd, &message);

		if (got == 1)
			hold(&message);
		else if (got == 0)
			poll(&readable, 1, LOOK_MS);
		else if (errno == ENOBUFS)
			__atomic_fetch_add(&overruns, 1, __ATOMIC_RELAXED);
		else
			break;
	}
	if (!is_stopped())
		__atomic_store_n(&failure, errno, __ATOMIC_RELEASE);
	return NULL;
}

int audit_reader_start(int fd)
{
	int error;

	source_fd = fd;
	bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bell < 0)
		return errno;
	error = pthread_create(&thread, NULL, read_all, NULL);
	if (error != 0) {
		close(bell);
		bell = -1;
	}
	return error;
}

int audit_reader_next(struct audit_message *message)
{
	const struct entry *entry;
	uint64_t until = __atomic_load_n(&given, __ATOMIC_ACQUIRE), at = taken;

	if (at == until) {
		errno = __atomic_load_n(&failure, __ATOMIC_ACQUIRE);
		return errno == 0 ? 0 : -1;
	}
	entry = entry_at(at);
	if (entry->bytes == 0) {
		__atomic_store_n(&taken, at + HELD_BYTES_MAX - at % HELD_BYTES_MAX, __ATOMIC_RELEASE);
		return audit_reader_next(message);
	}
	memcpy(message, entry + 1, entry->bytes);
	((char *)message)[entry->bytes] = 0;
	__atomic_store_n(&taken, at + sizeof(*entry) + ROUND_UP(entry->bytes), __ATOMIC_RELEASE);
	return 1;
}

int audit_reader_fd(void)
{
	return bell;
}

void audit_reader_answer(void)
{
	uint64_t count;

	if (read(bell, &count, sizeof(count)) < 0)
		return; /* it did not ring */
}

uint64_t audit_reader_overruns(void)
{
	return __atomic_load_n(&overruns, __ATOMIC_RELAXED);
}

void audit_reader_stop(void)
{
	if (bell < 0)
		return;
	__atomic_store_n(&is_ending, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	close(bell);
	bell = -1;
}
