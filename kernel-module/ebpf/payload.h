/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes that a call wrote, gathered behind the record's texts, and the records that carry them. It must not know
 * why they are wanted.
 */
#ifndef DISPROTRACK_PAYLOAD_H
#define DISPROTRACK_PAYLOAD_H

#include "scratch.h"

#define VECTORS_MAX 128

struct vector {
	__u64 base;
	__u64 length;
};

/* Gathers at most `wanted` bytes of `count` vectors; returns how many. Global, so that it is verified once. */
__noinline int gather(__u64 vectors, __u32 count, __u32 wanted)
{
	struct scratch *scratch = this_scratch();
	__u32 got = 0;

	if (scratch == NULL)
		return 0;
	for (int i = 0; i < VECTORS_MAX; i++) {
		struct vector vector;
		__u32 at, length;

		if (i >= count || got >= wanted)
			break;
		if (bpf_probe_read_user(&vector, sizeof(vector), (const void *)(vectors + i * sizeof(vector))) != 0)
			break;
		length = wanted - got;
		if (vector.length < length)
			length = vector.length;
		if (length == 0)
			continue;
		at = BOUNDED(scratch->used + got, TEXT_MASK);
		length = BOUNDED(length, TEXT_MASK);
		if (bpf_probe_read_user(scratch->bytes + at, length, (const void *)vector.base) != 0)
			break;
		got += length;
	}
	return got;
}

static __always_inline __u32 gather_bytes(struct scratch *scratch, __u64 base, __u32 wanted)
{
	__u32 used = BOUNDED(scratch->used, TEXT_MASK);
	__u32 length = BOUNDED(wanted, TEXT_MASK);

	return bpf_probe_read_user(scratch->bytes + used, length, (const void *)base) == 0 ? length : 0;
}

/* Sends the record with `got` gathered bytes, in as many pieces as they need. Global, so that it is verified once. */
__noinline int emit_payload(__u32 got)
{
	struct scratch *scratch = this_scratch();
	__u32 from = sizeof(struct dpt_record);
	struct dpt_record *record;
	__u32 length, until;

	if (scratch == NULL)
		return 0;
	record = &scratch->record;
	scratch->parts |= 1 << WIRE_WRITTEN;
	until = scratch->used;
	for (int piece = 0; piece < DPT_LINE_BYTES_MAX / DPT_PAYLOAD_BYTES_MAX; piece++) {
		length = got < DPT_PAYLOAD_BYTES_MAX ? got : DPT_PAYLOAD_BYTES_MAX;
		got -= length;
		until += length;
		if (piece > 0)
			__builtin_memset(&record->lengths, 0, sizeof(record->lengths));
		record->piece = piece;
		record->lengths.payload = length;
		if (got > 0)
			record->flags |= DPT_FLAG_CONTINUES;
		else
			record->flags &= ~DPT_FLAG_CONTINUES;
		put(from, until - from);
		from = until;
		if (got == 0)
			break;
	}
	return 0;
}

#endif
