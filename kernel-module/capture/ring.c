// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

#include <string.h>

static const struct wire_head *head_at(const struct ring *ring, uint64_t position)
{
	uint64_t chunk = position / WIRE_CHUNK_BYTES % ring->chunk_count;

	return (const void *)(ring->chunks + chunk * (WIRE_CHUNK_BYTES + WIRE_SLACK_BYTES) + position % WIRE_CHUNK_BYTES);
}

/* Between what is told of every record and who acts, all is zero unless a part says otherwise. */
static void clear(struct dpt_record *record)
{
	memset(record->args, 0, offsetof(struct dpt_record, comm) - offsetof(struct dpt_record, args));
	memset(&record->lengths, 0, sizeof(record->lengths));
	record->fds[0] = record->fds[1] = -1;
}

static void expand(struct ring *ring, const struct wire_head *head)
{
	const uint8_t *from = (const uint8_t *)(head + 1), *end = (const uint8_t *)head + head->size;
	struct dpt_record *record = &ring->record;
	const uint32_t *lengths = &record->lengths.path;
	size_t texts = 0;

	clear(record);
#define EXPAND_PART(name, first, until)                                            \
	if (head->parts & (1 << name)) {                                           \
		memcpy(&record->first, from, WIRE_PART_BYTES(first, until));       \
		from += WIRE_PART_BYTES(first, until);                             \
	}
	WIRE_PARTS(EXPAND_PART)
#undef EXPAND_PART
	if (head->parts & (1 << WIRE_LENGTHS)) {
		memcpy(&record->lengths, from, sizeof(record->lengths));
		from += sizeof(record->lengths);
		for (int i = 0; i < 6; i++)
			texts += lengths[i];
		memcpy(ring->bytes + sizeof(*record), from, end - from);
	}
	record->kind = head->kind;
	record->piece = head->piece;
	record->flags = head->flags;
	record->syscall = head->syscall;
	record->sequence = head->sequence;
	record->monotonic_ns = head->monotonic_ns;
	record->result = head->result;
	record->size = (sizeof(*record) + texts + 7) & ~7u;
	memset(ring->bytes + sizeof(*record) + texts, 0, record->size - sizeof(*record) - texts);
}

void ring_begin(struct ring *ring, uint32_t cpu, uint32_t arch, struct cpu_ring *shared, const uint8_t *chunks, uint32_t chunk_count)
{
	*ring = (struct ring){ .shared = shared, .chunks = chunks, .chunk_count = chunk_count };
	ring->record = (struct dpt_record){ .magic = DPT_MAGIC, .version = DPT_ABI_VERSION, .cpu = cpu, .arch = arch };
}

struct dpt_record *ring_peek(struct ring *ring)
{
	if (!ring->is_whole) {
		if (ring->at == __atomic_load_n(&ring->shared->head, __ATOMIC_ACQUIRE))
			return NULL;
		expand(ring, head_at(ring, ring->at));
		ring->is_whole = true;
	}
	return &ring->record;
}

void ring_take(struct ring *ring)
{
	ring->at = wire_next(ring->at, head_at(ring, ring->at)->size);
	ring->is_whole = false;
	/* Not for each record: the line is the programs' to look at, and changing hands costs them more than a record. */
	if (ring->at - ring->shared->tail >= WIRE_CHUNK_BYTES / 4)
		ring_give_back(ring);
}

void ring_give_back(struct ring *ring)
{
	if (ring->shared->tail != ring->at)
		__atomic_store_n(&ring->shared->tail, ring->at, __ATOMIC_RELEASE);
}
