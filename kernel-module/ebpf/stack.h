/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who called for a log write: the user stack is walked by the rows of .eh_frame that the helper has put into a map, at
 * the call's return, when the stack is as it was. What mappings there are the kernel itself says, so nothing is ever
 * followed late. Memory that is not there ends the walk: nothing waits. Of the stack only addresses leave the kernel
 * that lie in code of files, and as places in these files. It must not know which writes are log writes.
 */
#ifndef DISPROTRACK_STACK_H
#define DISPROTRACK_STACK_H

#include "scratch.h"

#if defined(DPT_STACKS) && defined(__TARGET_ARCH_x86)

#define MAPPING_EXECUTABLE 4 /* VM_EXEC */
#define PAGE_BITS 12
#define SEARCH_STEPS 21
#define BUSY_ERROR (-16)

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader says how many */
	__type(key, __u32);
	__type(value, struct unwind_row);
} unwind_rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* the loader says how many */
	__type(key, struct file_identity);
	__type(value, struct unwind_object);
} unwind_objects SEC(".maps");

/* Wakes the helper at once. What finds no room is met again. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* the loader says how many bytes */
} met SEC(".maps");

struct mapping {
	__u64 page;
	__u64 is_code;
	struct met_code code;
};

static __always_inline __s64 changed_s(struct inode *inode)
{
	struct inode___seconds *newest = (void *)inode;
	struct inode___hidden *newer = (void *)inode;

	if (bpf_core_field_exists(newest->i_mtime_sec))
		return BPF_CORE_READ(newest, i_mtime_sec);
	if (bpf_core_field_exists(newer->__i_mtime))
		return BPF_CORE_READ(newer, __i_mtime.tv_sec);
	return BPF_CORE_READ(inode, i_mtime.tv_sec);
}

static long see_mapping(struct task_struct *task, struct vm_area_struct *area, struct mapping *seen)
{
	struct file *file = READ(area, vm_file);
	struct inode *inode;

	seen->code.from = READ(area, vm_start);
	seen->code.until = READ(area, vm_end);
	seen->page = READ(area, vm_pgoff);
	if (file == NULL || !(READ(area, vm_flags) & MAPPING_EXECUTABLE))
		return 0;
	seen->is_code = 1;
	inode = READ(TYPED(struct file, file), f_inode);
	seen->code.file.inode = READ(TYPED(struct inode, inode), i_ino);
	seen->code.file.device = READ(TYPED(struct inode, inode), i_sb, s_dev);
	seen->code.file.bytes = READ(TYPED(struct inode, inode), i_size);
	seen->code.file.changed_s = changed_s(inode);
	return 0;
}

/* Remembers the code around `address` for this walk; 0, or why there is none. */
static __noinline int find_code(struct scratch *scratch, __u64 address)
{
	struct stack_walk *walk = &scratch->stack;
	struct code *code = &walk->codes[walk->code_count++ & (STACK_CODES_MAX - 1)];
	struct mapping seen = {};
	struct unwind_object *object;
	long result = bpf_find_vma(bpf_get_current_task_btf(), address, see_mapping, &seen, 0);

	code->bytes = 0;
	if (result != 0)
		return result == BUSY_ERROR ? DPT_STACK_BUSY : DPT_STACK_NO_CODE;
	if (!seen.is_code)
		return DPT_STACK_NO_CODE;
	object = bpf_map_lookup_elem(&unwind_objects, &seen.code.file);
	if (object == NULL) {
		seen.code.tgid = scratch->record.tgid;
		bpf_ringbuf_output(&met, &seen.code, sizeof(seen.code), BPF_RB_FORCE_WAKEUP);
		return DPT_STACK_PENDING;
	}
	if (object->epoch != settings.stack_epoch)
		object->epoch = settings.stack_epoch;
	if (object->count == 0)
		return DPT_STACK_NO_TABLE;
	code->from = seen.code.from;
	code->bytes = seen.code.until - seen.code.from;
	code->bias = (seen.page << PAGE_BITS) - seen.code.from + object->bias;
	code->number = object->number;
	code->first = object->first;
	code->count = object->count;
	walk->code = *code;
	return 0;
}

/* Makes the code around `address` that of the walk. */
static __always_inline int enter_code(struct scratch *scratch, __u64 address)
{
	struct stack_walk *walk = &scratch->stack;

	if (address - walk->code.from < walk->code.bytes)
		return 0;
	for (int i = 0; i < STACK_CODES_MAX; i++) {
		if (address - walk->codes[i].from < walk->codes[i].bytes) {
			walk->code = walk->codes[i];
			return 0;
		}
	}
	return find_code(scratch, address);
}

/* The rule of the last row that is not behind `pc`. Global, so that it is verified once. */
__noinline int find_rule(__u32 first, __u32 count, __u32 pc)
{
	__u32 low = first, high = first + count, middle;
	struct unwind_row *row;

	for (int i = 0; i < SEARCH_STEPS; i++) {
		if (low >= high)
			break;
		middle = BOUNDED(low + (high - low) / 2, 0xffffffff);
		row = bpf_map_lookup_elem(&unwind_rows, &middle);
		if (row == NULL)
			return UNWIND_NONE;
		if (row->pc <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == first)
		return UNWIND_NONE;
	low--;
	row = bpf_map_lookup_elem(&unwind_rows, &low);
	return row != NULL ? row->rule : UNWIND_NONE;
}

/* The same callers come again and again. */
static __always_inline __u32 rule_at(struct stack_walk *walk, __u64 pc)
{
	__u64 place = DPT_FRAME(walk->code.number, pc);
	struct known_rule *known = &walk->rules[BOUNDED(place ^ place >> 9, STACK_RULES_MAX - 1)];

	if (known->place != place) {
		known->rule = find_rule(walk->code.first, walk->code.count, pc);
		known->place = place;
	}
	return known->rule;
}

static __always_inline bool read_stack(__u64 *to, __u64 from)
{
	return bpf_probe_read_user(to, sizeof(*to), (const void *)from) == 0;
}

static __always_inline int leave_signal(struct stack_walk *walk)
{
	__u64 sp = walk->sp;

	if (!read_stack(&walk->fp, sp + UNWIND_SIGNAL_FP) || !read_stack(&walk->sp, sp + UNWIND_SIGNAL_SP) ||
	    !read_stack(&walk->pc, sp + UNWIND_SIGNAL_PC))
		return DPT_STACK_UNREADABLE;
	walk->is_fp_lost = 0;
	walk->is_exact = 1;
	return 0;
}

/* From the registers of a function to those of its caller. */
static __always_inline int leave_function(struct stack_walk *walk, __u32 rule)
{
	__u32 kind = unwind_kind_of(rule), fp = unwind_fp_of(rule);
	__s64 offset = unwind_offset_of(rule);
	__u64 cfa = walk->sp + offset;

	if (kind == UNWIND_PLT)
		cfa = walk->sp + 8 + ((walk->pc & 15) * 8 >= (__u64)offset ? 8 : 0);
	if ((kind == UNWIND_FP || kind == UNWIND_AT_FP || fp == UNWIND_FP_AT_FP) && walk->is_fp_lost)
		return DPT_STACK_RULE;
	if (kind == UNWIND_FP)
		cfa = walk->fp + offset;
	if (kind == UNWIND_AT_FP && !read_stack(&cfa, walk->fp + offset))
		return DPT_STACK_UNREADABLE;
	if (cfa < walk->sp + 8)
		return DPT_STACK_RULE;
	if (!read_stack(&walk->pc, cfa - 8))
		return DPT_STACK_UNREADABLE;
	if (fp == UNWIND_FP_LOST)
		walk->is_fp_lost = 1;
	else if (fp != 0 && !read_stack(&walk->fp, fp == UNWIND_FP_AT_FP ? walk->fp : cfa - 8 * fp))
		return DPT_STACK_UNREADABLE;
	walk->sp = cfa;
	walk->is_exact = 0;
	return walk->pc == 0 ? DPT_STACK_END : 0;
}

/* Tells the function at hand and goes to its caller; 0, or why not. Global, so that it is verified once. */
__noinline int walk_frame(void)
{
	struct scratch *scratch = this_scratch();
	struct stack_walk *walk;
	__u32 rule;
	int end;

	if (scratch == NULL)
		return DPT_STACK_RULE;
	walk = &scratch->stack;
	end = enter_code(scratch, walk->pc - !walk->is_exact);
	if (end != 0)
		return end;
	walk->frames[walk->count++ & (DPT_FRAMES_MAX - 1)] = DPT_FRAME(walk->code.number, walk->pc + walk->code.bias);
	rule = rule_at(walk, walk->pc - !walk->is_exact + walk->code.bias);
	switch (unwind_kind_of(rule)) {
	case UNWIND_NONE:
		return DPT_STACK_NO_ROW;
	case UNWIND_END:
		return DPT_STACK_END;
	case UNWIND_OTHER:
		return DPT_STACK_RULE;
	case UNWIND_SIGNAL:
		return leave_signal(walk);
	default:
		return leave_function(walk, rule);
	}
}

/* 0 where the kernel does not count. */
static __always_inline __u64 mapping_changes(struct mm_struct *mm)
{
	struct mm_struct___number *number = (void *)mm;
	struct mm_struct___structure *structure = (void *)mm;

	if (bpf_core_field_exists(structure->mm_lock_seq.sequence))
		return 1 + (__u64)BPF_CORE_READ(structure, mm_lock_seq.sequence);
	if (bpf_core_field_exists(number->mm_lock_seq))
		return 1 + (__u64)(__u32)BPF_CORE_READ(number, mm_lock_seq);
	return 0;
}

/* What this processor knows of the process's mappings stays until one changes, and no longer than an epoch: tables go,
 * too. */
static __always_inline void forget_old_codes(struct stack_walk *walk)
{
	struct task_struct *task = CURRENT();
	struct mm_struct *mm = READ(task, mm);
	__u64 changes = mapping_changes(mm), arguments = READ(TYPED(struct mm_struct, mm), arg_start);

	if (changes != 0 && walk->mapped.mm == (__u64)mm && walk->mapped.changes == changes &&
	    walk->mapped.arguments == arguments && walk->mapped.epoch == settings.stack_epoch)
		return;
	walk->mapped.mm = (__u64)mm;
	walk->mapped.changes = changes;
	walk->mapped.arguments = arguments;
	walk->mapped.epoch = settings.stack_epoch;
	walk->code.bytes = 0;
	for (int i = 0; i < STACK_CODES_MAX; i++)
		walk->codes[i].bytes = 0;
}

/* Global, so that it is verified once. */
__noinline int walk_stack(void)
{
	struct scratch *scratch = this_scratch();
	int end = 0;

	if (scratch == NULL)
		return 0;
	scratch->stack.count = 0;
	scratch->stack.is_exact = scratch->stack.is_fp_lost = 0;
	forget_old_codes(&scratch->stack);
	for (int i = 0; i < DPT_FRAMES_MAX && end == 0; i++)
		end = walk_frame();
	scratch->stack.end = end != 0 ? end : DPT_STACK_FULL;
	return 0;
}

/* Tells the walked stack, once more if it is asked to: it is of the next record of this cpu. Not inline: the lines to
 * files are to have a short way. */
static __noinline int put_stack(struct scratch *scratch)
{
	__u32 cpu = bpf_get_smp_processor_id(), used = sizeof(struct wire_head), parts = 0;
	struct cpu_ring *ring = bpf_map_lookup_elem(&cpu_rings, &cpu);
	const struct stack_walk *walk = &scratch->stack;
	__u32 bytes = BOUNDED(walk->count * sizeof(__u64), 2 * DPT_FRAMES_MAX * sizeof(__u64) - 1);
	struct dpt_lengths lengths = { .payload = bytes };
	struct wire_head *head;
	__u8 *to;

	if (!settings.stacks)
		return 0;
	to = ring != NULL ? reserve(ring, cpu, bytes) : NULL;
	if (to == NULL)
		return 0;
	if (!scratch->is_told) {
		copy_words(to + used, &scratch->record.start_ns, WIRE_PART_BYTES(start_ns, syscall));
		used += WIRE_PART_BYTES(start_ns, syscall);
		copy_words(to + used, &scratch->record.comm, WIRE_PART_BYTES(comm, lengths));
		used += WIRE_PART_BYTES(comm, lengths);
		parts = 1 << WIRE_WHO | 1 << WIRE_COMM;
		scratch->is_told = 1;
	}
	*(struct dpt_lengths *)(to + used) = lengths;
	used += sizeof(lengths);
	bpf_probe_read_kernel(to + used, bytes, walk->frames);
	head = (struct wire_head *)to;
	head->parts = parts | 1 << WIRE_LENGTHS;
	head->kind = DPT_STACK;
	head->piece = 0;
	head->flags = 0;
	head->syscall = 0;
	head->result = walk->end;
	head->size = used + bytes;
	publish(ring, head->size);
	return 0;
}

/* Before a record that may have to tell its stack. */
static __always_inline void remember_registers(struct scratch *scratch, struct pt_regs *regs)
{
	scratch->stack.pc = regs->ip;
	scratch->stack.sp = regs->sp;
	scratch->stack.fp = regs->bp;
}

/* A process begins to run another image: its rows are there before it logs, if it takes its time. */
static __always_inline void tell_image(__u32 tgid)
{
	struct met_code all = { .tgid = tgid };

	if (settings.stacks)
		bpf_ringbuf_output(&met, &all, sizeof(all), BPF_RB_FORCE_WAKEUP);
}

/* The callers of the call that is returning, in front of its record. */
static __always_inline void tell_stack(struct scratch *scratch)
{
	if (!settings.stacks)
		return;
	walk_stack();
	put_stack(scratch);
}

#else
static __always_inline void remember_registers(struct scratch *scratch, struct pt_regs *regs)
{
}

static __always_inline void tell_stack(struct scratch *scratch)
{
}

static __always_inline void tell_image(__u32 tgid)
{
}

static __always_inline int put_stack(struct scratch *scratch)
{
	return 0;
}
#endif

#endif
