/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record while it is being made: one for each cpu, since a tracepoint of a task neither nests nor sleeps. Texts are
 * added in the order of dpt_lengths.
 *
 * It must not know what a syscall is.
 */
#ifndef DPT_DRAFT_H
#define DPT_DRAFT_H

#include <linux/types.h>

#include "abi.h"

#define DPT_TEXT_BYTES_MAX (DPT_RECORD_BYTES_MAX - sizeof(struct dpt_record))

struct dpt_draft {
	struct dpt_record record;
	/* Right behind the record, as it will stand in the ring. */
	u8 text[DPT_TEXT_BYTES_MAX];
	u32 used;
	bool busy;
};

int dpt_draft_create(unsigned int cpu);
void dpt_drafts_destroy(void);

/* Turns preemption off. NULL, counted and with preemption on, where no record can be made. */
struct dpt_draft *dpt_draft_begin(enum dpt_kind kind);
/* Turns preemption on. */
void dpt_draft_end(struct dpt_draft *draft);
/* Writes what there is to the ring. The draft can be changed and written again. */
void dpt_draft_write(struct dpt_draft *draft);
/* Forgets the texts. */
void dpt_draft_clear_texts(struct dpt_draft *draft);

/* Room for the next text: `max` bytes are there where max is a bound of abi.h. */
static inline u8 *dpt_draft_room(struct dpt_draft *draft)
{
	return draft->text + draft->used;
}

/* `bytes` of the room are the text, or its next part, that `length` counts. */
static inline void dpt_draft_add(struct dpt_draft *draft, u32 *length, u32 bytes)
{
	*length += bytes;
	draft->used += bytes;
}

#endif
