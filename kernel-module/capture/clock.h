/* SPDX-License-Identifier: GPL-2.0-only */
/* The clocks, and being told when the wall clock is set. */
#ifndef DISPROTRACK_CLOCK_H
#define DISPROTRACK_CLOCK_H

#include <stdint.h>

uint64_t clock_monotonic_ns(void);
/* CLOCK_REALTIME minus CLOCK_MONOTONIC, now. */
int64_t clock_offset_ns(void);
/* A descriptor that becomes readable when somebody sets the clock; -1 with errno. */
int clock_watch_open(void);
/* Makes it wait for the next time. */
void clock_watch_again(int fd);

#endif
