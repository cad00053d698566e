// SPDX-License-Identifier: GPL-2.0-only
#include "draft.h"

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/ktime.h>
#include <linux/vmalloc.h>

#include "ring.h"

/* Every text at its bound fits. */
static_assert(4 * DPT_PATH_BYTES_MAX + DPT_ARGV_BYTES_MAX + DPT_PAYLOAD_BYTES_MAX + 8 <= DPT_TEXT_BYTES_MAX);
static_assert(offsetof(struct dpt_draft, text) == sizeof(struct dpt_record));

static DEFINE_PER_CPU(struct dpt_draft *, drafts);

int dpt_draft_create(unsigned int cpu)
{
	struct dpt_draft **draft = per_cpu_ptr(&drafts, cpu);

	if (!*draft)
		*draft = vzalloc_node(sizeof(**draft), cpu_to_node(cpu));
	return *draft ? 0 : -ENOMEM;
}

void dpt_drafts_destroy(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		vfree(per_cpu(drafts, cpu));
		per_cpu(drafts, cpu) = NULL;
	}
}

struct dpt_draft *dpt_draft_begin(enum dpt_kind kind)
{
	struct dpt_draft *draft;

	preempt_disable();
	draft = this_cpu_read(drafts);
	/* Nothing of what is called while a record is made can make one; were it so, that would show as a loss. */
	if (!draft || draft->busy) {
		dpt_ring_lose(DPT_LOSS_SOURCE);
		preempt_enable();
		return NULL;
	}
	draft->busy = true;
	draft->used = 0;
	memset(&draft->record, 0, sizeof(draft->record));
	draft->record.magic = DPT_MAGIC;
	draft->record.version = DPT_ABI_VERSION;
	draft->record.kind = kind;
	draft->record.fds[0] = -1;
	draft->record.fds[1] = -1;
	draft->record.monotonic_ns = ktime_get_ns();
	draft->record.real_ns = ktime_get_real_ns();
	return draft;
}

void dpt_draft_end(struct dpt_draft *draft)
{
	draft->busy = false;
	preempt_enable();
}

void dpt_draft_write(struct dpt_draft *draft)
{
	u32 bytes = sizeof(draft->record) + draft->used;
	u32 size = ALIGN(bytes, 8);

	memset((u8 *)&draft->record + bytes, 0, size - bytes);
	draft->record.size = size;
	dpt_ring_write(&draft->record);
}

void dpt_draft_clear_texts(struct dpt_draft *draft)
{
	memset(&draft->record.lengths, 0, sizeof(draft->record.lengths));
	draft->used = 0;
}
