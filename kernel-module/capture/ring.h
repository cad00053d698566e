/* SPDX-License-Identifier: GPL-2.0-only */
/* The reader's side of a BPF ring buffer: look at the oldest, take it. It must not know what is in it. */
#ifndef DISPROTRACK_RING_H
#define DISPROTRACK_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	unsigned long *consumer;       /* ours */
	const unsigned long *producer; /* the kernel's */
	const uint8_t *data;           /* mapped twice in a row, so that nothing wraps */
	size_t bytes;
	size_t page;
};

/* -1 with errno. */
int ring_open(struct ring *ring, int fd, size_t bytes);
void ring_close(struct ring *ring);
/* NULL where there is nothing, or it is still being written. */
const void *ring_peek(struct ring *ring, size_t *length);
void ring_take(struct ring *ring);

#endif
