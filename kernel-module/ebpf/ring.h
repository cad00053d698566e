/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rings, one for each cpu, in plain memory that the helper maps: a program writes a record where it will be read,
 * and then moves the head behind it. Nobody else writes to a cpu's ring, and so there is no lock. Kernels' own ring
 * buffer costs as much as all else that a record takes.
 *
 * It must not know what is in a record.
 */
#ifndef DISPROTRACK_RING_H
#define DISPROTRACK_RING_H

#include "read.h"
#include "settings.h"
#include "wire.h"

struct chunk {
	__u8 bytes[WIRE_CHUNK_BYTES + WIRE_SLACK_BYTES];
};

/* Cpu by cpu, settings.chunks of them for each. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader says how many */
	__type(key, __u32);
	__type(value, struct chunk);
} chunks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader says how many cpus there are */
	__type(key, __u32);
	__type(value, struct cpu_ring);
} cpu_rings SEC(".maps");

/* What is in it says nothing; that something is wakes the reader. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, BELL_BYTES);
} bell SEC(".maps");

volatile struct settings settings = {};

/* Whether `bytes` more fit. The reader's line is looked at only when what was seen of it last does not do. */
static __always_inline bool has_room(struct cpu_ring *ring, __u64 bytes)
{
	__u64 until = ring->head + bytes - settings.ring_bytes;

	if ((__s64)(until - ring->tail_seen) <= 0)
		return true;
	ring->tail_seen = *(volatile __u64 *)&ring->tail;
	return (__s64)(until - ring->tail_seen) <= 0;
}

static __always_inline __u8 *place(const struct cpu_ring *ring, __u32 cpu)
{
	__u32 index = cpu * settings.chunks + (ring->head / WIRE_CHUNK_BYTES) % settings.chunks;
	struct chunk *chunk = bpf_map_lookup_elem(&chunks, &index);

	return chunk != NULL ? chunk->bytes + BOUNDED(ring->head, WIRE_CHUNK_BYTES - 8) : NULL;
}

/*
 * Where the next record goes, with its number and time in its head, and room behind it for all that a record can be;
 * NULL where there is none, which is counted. The time comes first: what a counter counts is never younger than what it
 * was read with.
 */
static __always_inline __u8 *reserve(struct cpu_ring *ring, __u32 cpu, __u32 text_bytes)
{
	__u64 now = bpf_ktime_get_ns();
	struct wire_head *head;

	ring->attempts++;
	head = has_room(ring, WIRE_FIXED_BYTES_MAX + text_bytes) ? (struct wire_head *)place(ring, cpu) : NULL;
	if (head == NULL) {
		ring->lost_ring++;
		return NULL;
	}
	head->sequence = ring->attempts;
	head->monotonic_ns = now;
	return (__u8 *)head;
}

/* The record of `size` bytes is whole. What was written before is seen by who sees the head. */
static __always_inline void publish(struct cpu_ring *ring, __u32 size)
{
	__u64 next = wire_next(ring->head, size);

#if defined(__TARGET_ARCH_arm64)
	__sync_fetch_and_add(&ring->head, next - ring->head);
#else
	asm volatile("" ::: "memory");
	*(volatile __u64 *)&ring->head = next;
#endif
	if (next - ring->rung < settings.wake_bytes)
		return;
	ring->rung = next;
	bpf_ringbuf_output(&bell, &next, sizeof(next), BPF_RB_FORCE_WAKEUP);
}

#endif
