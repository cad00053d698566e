/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record in the making, one for each cpu, and its way into the ring. Its identity part stays from record to record
 * and is filled anew only when the task or what it is made of changed. Programs run with preemption off where kernels
 * are as they were; should one begin while another is at work, its record is lost and counted.
 *
 * It must not know syscalls.
 */
#ifndef DISPROTRACK_SCRATCH_H
#define DISPROTRACK_SCRATCH_H

#include "../abi.h"
#include "settings.h"
#include "read.h"

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
	__u64 generation;
};

/* Where a path's walk begins and ends, as addresses. */
struct walk {
	__u64 dentry;
	__u64 mount; /* struct mount, not its vfsmount */
	__u64 root_dentry;
	__u64 root_mount;
};

struct scratch {
	struct seen seen;
	struct walk walk;
	__u32 busy;
	__u32 unwanted; /* the task is ignored, or outside of the cgroups that are wanted */
	__u32 tracked;
	__u32 io_uring;
	__u32 used;     /* bytes of `bytes`, record and texts */
	__u64 file_key[4]; /* of the last log verdict */
	__u64 file_generation;
	__u32 file_is_log;
	__u32 file_path_length; /* in `file_path`; 0 where it is not kept */
	__u32 path_start; /* in `path` */
	__u8 file_path[FILE_PATH_MAX];
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

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_RINGBUF);
		__uint(max_entries, 4096);
	});
} rings SEC(".maps");

volatile struct settings settings = {};

static __always_inline struct scratch *this_scratch(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&scratches, &cpu);
}

/* NULL where there can be no record now. What it gives must be left again. */
static __always_inline struct scratch *enter(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &cpu);
	struct cpu_counters *counter = bpf_map_lookup_elem(&counters, &cpu);

	if (scratch == NULL || counter == NULL)
		return NULL;
	if (*(volatile __u32 *)&scratch->busy) {
		counter->attempts++;
		counter->lost_source++;
		return NULL;
	}
	*(volatile __u32 *)&scratch->busy = 1;
	return scratch;
}

static __always_inline void leave(struct scratch *scratch)
{
	*(volatile __u32 *)&scratch->busy = 0;
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
	__builtin_memset(&record->object, 0, offsetof(struct dpt_record, fds) - offsetof(struct dpt_record, object));
	record->fds[0] = -1;
	record->fds[1] = -1;
	__builtin_memset(&record->child_tgid, 0, offsetof(struct dpt_record, comm) - offsetof(struct dpt_record, child_tgid));
	__builtin_memset(&record->lengths, 0, sizeof(record->lengths));
	scratch->used = sizeof(*record);
}

/* Writes `bytes` from `start` on as one record. The reader is woken when there is much to read, and else by time. */
static __always_inline void put(struct scratch *scratch, __u32 cpu, __u32 start, __u32 size)
{
	struct cpu_counters *counter = bpf_map_lookup_elem(&counters, &cpu);
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (counter == NULL || ring == NULL)
		return;
	counter->unread_bytes += size;
	if (counter->unread_bytes >= WAKE_BYTES) {
		counter->unread_bytes = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	if (bpf_ringbuf_output(ring, scratch->bytes + BOUNDED(start, TEXT_MASK), BOUNDED(size, TEXT_MASK), flags) != 0)
		counter->lost_ring++;
}

/* The number of this attempt, whatever becomes of it. */
static __always_inline __u64 attempt(__u32 cpu)
{
	struct cpu_counters *counter = bpf_map_lookup_elem(&counters, &cpu);

	return counter != NULL ? ++counter->attempts : 0;
}

/* The time comes first: what a counter counts is never younger than what it was read with. */
static __always_inline void seal(struct dpt_record *record, __u32 cpu, __u32 size)
{
	record->monotonic_ns = bpf_ktime_get_ns();
	record->real_ns = record->monotonic_ns + settings.real_offset_ns;
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	record->magic = DPT_MAGIC;
	record->version = DPT_ABI_VERSION;
	record->cpu = cpu;
	record->size = size;
	record->sequence = attempt(cpu);
}

static __always_inline void emit(struct scratch *scratch)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u32 used = BOUNDED(scratch->used, TEXT_MASK);

	*(__u64 *)(scratch->bytes + used) = 0;
	seal(&scratch->record, cpu, (used + 7) & ~7u);
	put(scratch, cpu, 0, scratch->record.size);
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
