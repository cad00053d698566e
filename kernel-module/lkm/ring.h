/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One ring of whole records for each cpu, written by that cpu alone and read by the device alone. When it is full, a
 * record is lost and counted; nobody ever waits.
 */
#ifndef DPT_RING_H
#define DPT_RING_H

#include <linux/percpu.h>
#include <linux/poll.h>
#include <linux/types.h>

#include "abi.h"

#define DPT_RING_BYTES_MIN (256u << 10)
#define DPT_RING_BYTES_MAX (256u << 20)

struct dpt_ring {
	u8 *bytes; /* NULL where the cpu has never been online */
	u32 size;  /* a power of two */
	/* The writer's. */
	u64 head ____cacheline_aligned_in_smp;
	u64 sequence; /* of the last attempt */
	u64 lost[DPT_LOSSES];
	/* The reader's. */
	u64 tail ____cacheline_aligned_in_smp;
};

DECLARE_PER_CPU(struct dpt_ring, dpt_rings);

int dpt_ring_create(unsigned int cpu, u32 size);
/* Wakes readers a last time; after it none may be written. */
void dpt_rings_destroy(void);

/* Preemption is off. The record has its size; gets its sequence. */
void dpt_ring_write(struct dpt_record *record);
/* An attempt at a record that could not be made. */
void dpt_ring_lose(enum dpt_loss loss);

bool dpt_rings_readable(void);
/* Returns bytes of whole records: 0 where there is none, -EMSGSIZE where the first is larger than `size`. */
ssize_t dpt_rings_read(char __user *to, size_t size);

extern wait_queue_head_t dpt_rings_waiters;

#endif
