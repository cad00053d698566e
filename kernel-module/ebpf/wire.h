/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs put into a ring, and the helper makes a dpt_record of: a head, and of the record only those parts
 * that say something. A part is a run of the record's own bytes, copied as it is. Who acts is told where it differs
 * from what stood before in the same ring.
 *
 * A ring lies in chunks. A record begins in a chunk and may go on into the slack behind it; the next one then begins
 * at the next chunk's start. It must not know who reads or writes it.
 */
#ifndef DISPROTRACK_WIRE_H
#define DISPROTRACK_WIRE_H

#include <stddef.h>

#include "../abi.h"

#define WIRE_CHUNK_BYTES (1u << 20)
#define WIRE_SLACK_BYTES (64u << 10)

struct wire_head {
	__u32 size; /* of the whole, a multiple of 8 */
	__u16 parts; /* 1 << enum wire_part */
	__u8 kind;
	__u8 piece;
	__u32 flags;
	__u32 syscall;
	__u64 sequence;
	__u64 monotonic_ns;
	__s64 result;
};

/* In the order in which they follow the head; each from one member of a dpt_record up to another. Texts come last. */
#define WIRE_PARTS(X)                          \
	X(WIRE_WHO, start_ns, syscall)         \
	X(WIRE_COMM, comm, lengths)            \
	X(WIRE_ARGS, args, object)             \
	X(WIRE_OBJECT, object, object2)        \
	X(WIRE_OBJECT2, object2, socket)       \
	X(WIRE_SOCKET, socket, fds)            \
	X(WIRE_PAIR, fds, child_tgid)          \
	X(WIRE_CHILD, child_tgid, payload_bytes) \
	X(WIRE_WRITTEN, payload_bytes, comm)

enum wire_part {
#define WIRE_NAME(name, from, until) name,
	WIRE_PARTS(WIRE_NAME)
#undef WIRE_NAME
	WIRE_LENGTHS, /* and texts behind it */
	WIRE_PARTS_COUNT
};

#define WIRE_PART_BYTES(from, until) (offsetof(struct dpt_record, until) - offsetof(struct dpt_record, from))

/* Without texts. */
#define WIRE_FIXED_BYTES_MAX (sizeof(struct wire_head) + sizeof(struct dpt_record))

/* Both compilers have to agree, and both read words. */
_Static_assert(sizeof(struct wire_head) == 40 && offsetof(struct wire_head, sequence) == 16, "head");
#define WIRE_CHECK(name, from, until)                                                               \
	_Static_assert(offsetof(struct dpt_record, from) % 8 == 0, "a part begins at a word");       \
	_Static_assert(WIRE_PART_BYTES(from, until) % 8 == 0, "a part is whole words");
WIRE_PARTS(WIRE_CHECK)
#undef WIRE_CHECK
_Static_assert(sizeof(struct dpt_record) == 360 && offsetof(struct dpt_record, lengths) == 336, "lengths come last");
_Static_assert(WIRE_FIXED_BYTES_MAX + DPT_RECORD_BYTES_MAX < WIRE_SLACK_BYTES, "a record fits into the slack");

/* Where the record behind one of `size` bytes at `position` begins. */
static inline __u64 wire_next(__u64 position, __u32 size)
{
	__u64 next = position + size;

	return (next ^ position) & WIRE_CHUNK_BYTES ? next & ~(__u64)(WIRE_CHUNK_BYTES - 1) : next;
}

#endif
