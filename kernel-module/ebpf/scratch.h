/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record in the making, one for each cpu, and its way into the ring. Its identity part stays from record to record;
 * it is filled anew, and told, only when the task or what it is made of changed. Programs run with preemption off, by the
 * kernel or by themselves; should one begin while another is at work all the same, its record is lost and counted.
 *
 * It must not know syscalls.
 */
#ifndef DISPROTRACK_SCRATCH_H
#define DISPROTRACK_SCRATCH_H

#include "ring.h"
#include "unwind-object.h"
#include "unwind-row.h"

#define TEXT_MASK 0x7fff
#define PATH_ROOM DPT_PATH_BYTES_MAX
/* Longer ones are walked each time. */
#define FILE_PATH_MAX 256

/* By which a task's identity is known to be what it was: few, and from cache lines that are touched anyway. */
struct seen {
	__u64 task;
	__u64 pid;
	__u64 cred;
	__u64 cgroups;
	__u64 nsproxy;
	__u64 parent;
	__u64 comm[2];
	__u64 generation;
};

/* Where a path's walk begins and ends, as addresses. */
struct walk {
	__u64 dentry;
	__u64 mount; /* struct mount, not its vfsmount */
	__u64 root_dentry;
	__u64 root_mount;
};

#define STACK_CODES_MAX 4

/* A mapping of a file's code. */
struct code {
	__u64 from;
	__u64 bytes;
	__u64 bias; /* an address as linked is so much more than the address */
	__u32 number;
	__u32 first;
	__u32 count;
	__u32 unused;
};

#define STACK_RULES_MAX 512

/* The rule of a place, which never changes: numbers are given once. */
struct known_rule {
	__u64 place; /* as a frame */
	__u32 rule;
	__u32 unused;
};

/* Registers on the way from a function to its caller, and what was told. */
struct stack_walk {
	__u64 pc;
	__u64 sp;
	__u64 fp;
	__u32 is_exact; /* pc is where the function goes on, and no return address */
	__u32 is_fp_lost;
	__u32 count;
	__u32 end;
	__u32 code_count;
	__u32 unused;
	struct code code; /* the last one */
	struct code codes[STACK_CODES_MAX];
	/* While it is the same, the codes are. */
	struct {
		__u64 mm;
		__u64 changes;
		__u64 arguments; /* where they are is chosen by chance, for each image */
		__u64 epoch;
	} mapped;
	__u64 frames[DPT_FRAMES_MAX];
	struct known_rule rules[STACK_RULES_MAX];
};

struct scratch {
	struct seen seen;
	struct walk walk;
	__u32 busy;
	__u32 unwanted; /* the task is ignored, or outside of the cgroups that are wanted */
	__u32 tracked;
	__u32 io_uring;
	__u32 is_told; /* the ring's reader knows the identity part */
	__u32 parts;   /* of the record: those that are filled, besides the ones that are looked at */
	__u32 used;    /* bytes of `bytes`, record and texts */
	__u64 file_key[4]; /* of the last log verdict */
	__u64 file_generation;
	__u32 file_is_log;
	__u32 file_path_length; /* in `file_path`; 0 where it is not kept */
	__u32 path_start; /* in `path` */
	__u8 file_path[FILE_PATH_MAX];
	struct stack_walk stack;
	/* The record, its texts and its payload. Twice what a masked offset and a masked length can reach. */
	union {
		struct dpt_record record;
		__u8 bytes[2 * (TEXT_MASK + 1) + 64];
	};
	/* A path grows from its end to its start; behind the end is room to compare. */
	__u8 path[PATH_ROOM + 256];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader says how many cpus there are */
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline struct scratch *this_scratch(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&scratches, &cpu);
}

#ifdef DPT_PLAIN_LOADS
/* Set by the loader where the kernel lets programs at tracepoints be preempted. */
const volatile __u8 is_preemptible SEC(".rodata.kernel") = 0;

extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;

static __always_inline void hold_cpu(void)
{
	if (is_preemptible)
		bpf_preempt_disable();
}

static __always_inline void give_cpu_back(void)
{
	if (is_preemptible)
		bpf_preempt_enable();
}
#else
static __always_inline void hold_cpu(void)
{
}

static __always_inline void give_cpu_back(void)
{
}
#endif

static __always_inline struct scratch *take_scratch(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &cpu);
	struct cpu_ring *ring;

	if (scratch == NULL)
		return NULL;
	if (*(volatile __u32 *)&scratch->busy) {
		ring = bpf_map_lookup_elem(&cpu_rings, &cpu);
		if (ring == NULL)
			return NULL;
		ring->attempts++;
		ring->lost_source++;
		return NULL;
	}
	*(volatile __u32 *)&scratch->busy = 1;
	return scratch;
}

/* NULL where there can be no record now. What it gives must be left again. */
static __always_inline struct scratch *enter(void)
{
	struct scratch *scratch;

	hold_cpu();
	scratch = take_scratch();
	if (scratch == NULL)
		give_cpu_back();
	return scratch;
}

static __always_inline void leave(struct scratch *scratch)
{
	*(volatile __u32 *)&scratch->busy = 0;
	give_cpu_back();
}

/* Begins a record. The identity part is filled by then. */
static __always_inline void begin(struct scratch *scratch, __u16 kind, __u64 syscall, __s64 result)
{
	struct dpt_record *record = &scratch->record;

	record->kind = kind;
	record->flags = scratch->io_uring ? DPT_FLAG_IO_URING : 0;
	record->piece = 0;
	record->syscall = syscall;
	record->result = result;
	__builtin_memset(&record->object, 0, sizeof(record->object) + sizeof(record->object2));
	__builtin_memset(&record->lengths, 0, sizeof(record->lengths));
	scratch->parts = kind == DPT_SYSCALL ? 1 << WIRE_ARGS : 0;
	scratch->used = sizeof(*record);
}

static __always_inline __u32 parts_of(const struct scratch *scratch, __u32 text_bytes)
{
	const struct dpt_record *record = &scratch->record;
	__u32 parts = scratch->parts;

	if (!scratch->is_told)
		parts |= 1 << WIRE_WHO | 1 << WIRE_COMM;
	if (record->object.mode != 0)
		parts |= 1 << WIRE_OBJECT;
	if (record->object2.mode != 0)
		parts |= 1 << WIRE_OBJECT2;
	if (text_bytes != 0)
		parts |= 1 << WIRE_LENGTHS;
	return parts;
}

/* By words: of bytes, the compiler does not know how they lie. What was just written by halves is slow to read whole, so
 * what fills the parts of common records writes words, too. */
static __always_inline void copy_words(void *to, const void *from, __u32 bytes)
{
	_Pragma("clang loop unroll(full)")
	for (__u32 i = 0; i < bytes / 8; i++)
		((__u64 *)to)[i] = ((const __u64 *)from)[i];
}

/* Writes the record's fixed part to `to`; returns how long it is there. */
static __always_inline __u32 write_fixed(const struct scratch *scratch, __u8 *to, __u32 parts)
{
	const struct dpt_record *record = &scratch->record;
	struct wire_head *head = (struct wire_head *)to;
	__u32 used = sizeof(*head);

	head->parts = parts;
	head->kind = record->kind;
	head->piece = record->piece;
	head->flags = record->flags;
	head->syscall = record->syscall;
	head->result = record->result;
#define WRITE_PART(name, from, until)                                                        \
	if (parts & (1 << name)) {                                                        \
		copy_words(to + used, &record->from, WIRE_PART_BYTES(from, until));       \
		used += WIRE_PART_BYTES(from, until);                                     \
	}
	WIRE_PARTS(WRITE_PART)
#undef WRITE_PART
	if (parts & (1 << WIRE_LENGTHS)) {
		struct dpt_lengths *lengths = (struct dpt_lengths *)(to + used);

		*lengths = record->lengths;
		used += sizeof(record->lengths);
	}
	return used;
}

/* Tells the record with `length` bytes of text, which lie at `from`. Global, so that it is verified once. */
__noinline int put(__u32 from, __u32 length)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &cpu);
	struct cpu_ring *ring = bpf_map_lookup_elem(&cpu_rings, &cpu);
	struct wire_head *head;
	__u32 used;
	__u8 *to;

	if (scratch == NULL || ring == NULL)
		return 0;
	length = BOUNDED(length, TEXT_MASK);
	to = reserve(ring, cpu, length);
	if (to == NULL)
		return 0;
	head = (struct wire_head *)to;
	used = write_fixed(scratch, to, parts_of(scratch, length));
	if (length != 0)
		bpf_probe_read_kernel(to + used, length, scratch->bytes + BOUNDED(from, TEXT_MASK));
	head->size = (used + length + 7) & ~7u;
	scratch->is_told = 1;
	publish(ring, head->size);
	return 0;
}

static __always_inline void emit(struct scratch *scratch)
{
	put(sizeof(struct dpt_record), scratch->used - sizeof(struct dpt_record));
}

/* Appends at most `length_max` (a power of two) bytes of kernel memory; returns how many. */
static __always_inline __u32 append(struct scratch *scratch, const void *from, __u32 length, __u32 length_max)
{
	__u32 used = BOUNDED(scratch->used, TEXT_MASK);

	if (length == 0 || length > length_max)
		return 0;
	length = BOUNDED(length, 2 * length_max - 1);
	if (bpf_probe_read_kernel(scratch->bytes + used, length, from) != 0)
		return 0;
	scratch->used = used + length;
	return length;
}

/* Appends a text of the process up to its zero byte, which is left out; negative where it can't be read. */
static __always_inline long append_user_text(struct scratch *scratch, __u64 from, __u32 room)
{
	__u32 used = BOUNDED(scratch->used, TEXT_MASK);
	long length = bpf_probe_read_user_str(scratch->bytes + used, BOUNDED(room, 0x1fff), (const void *)from);

	if (length <= 0)
		return -1;
	scratch->used = used + length - 1;
	return length - 1;
}

#endif
