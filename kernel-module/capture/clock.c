// SPDX-License-Identifier: GPL-2.0-only
#include "clock.h"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000ll
/* Two clocks are not read at one time; the closest of some tries is taken. */
#define OFFSET_TRIES 5

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_offset_ns(void)
{
	int64_t best = INT64_MAX, offset = 0;

	for (int i = 0; i < OFFSET_TRIES; i++) {
		int64_t before = read_clock(CLOCK_MONOTONIC);
		int64_t real = read_clock(CLOCK_REALTIME);
		int64_t took = read_clock(CLOCK_MONOTONIC) - before;

		if (took < best) {
			best = took;
			offset = real - before - took / 2;
		}
	}
	return offset;
}

int clock_watch_open(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd >= 0)
		clock_watch_again(fd);
	return fd;
}

void clock_watch_again(int fd)
{
	/* Never runs out; only cancelled. */
	struct itimerspec never = { .it_value.tv_sec = INT64_MAX / SECOND_NS };
	uint64_t expired;

	(void)!read(fd, &expired, sizeof(expired));
	timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}
