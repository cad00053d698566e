/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reader's side of a cpu's ring: the oldest record, made whole out of what the programs wrote (ebpf/wire.h). It must
 * not know what a record says.
 */
#ifndef DISPROTRACK_CAPTURE_RING_H
#define DISPROTRACK_CAPTURE_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "../ebpf/settings.h"
#include "../ebpf/wire.h"

struct ring {
	struct cpu_ring *shared;      /* the programs' own, mapped */
	const uint8_t *chunks;  /* so far apart as they are long, slack included */
	uint32_t chunk_count;   /* a power of two */
	uint64_t at;            /* what stands before was taken */
	bool is_whole;          /* `record` is the one at `at` */
	union {
		/* Who acts stays in it from one record to the next. */
		struct dpt_record record;
		uint8_t bytes[WIRE_SLACK_BYTES];
	};
};

void ring_begin(struct ring *ring, uint32_t cpu, uint32_t arch, struct cpu_ring *shared, const uint8_t *chunks, uint32_t chunk_count);
/* NULL where there is nothing. `real_ns` is for the caller to set. */
struct dpt_record *ring_peek(struct ring *ring);
void ring_take(struct ring *ring);
/* What was taken makes room. */
void ring_give_back(struct ring *ring);

#endif
