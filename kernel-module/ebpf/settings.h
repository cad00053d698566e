/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What loader and programs share besides records: what is wanted, and what is counted. The settings are the object's
 * only variable, so that the loader finds them at the start of .bss.
 */
#ifndef DISPROTRACK_SETTINGS_H
#define DISPROTRACK_SETTINGS_H

#include "plan.h"

#define PREFIX_WORDS 16
#define PREFIXES_MAX 16
#define BELL_BYTES 4096

/* A path matches where its words under the masks are these; a mask of zero ends them. */
struct prefix {
	__u64 words[PREFIX_WORDS];
	__u64 masks[PREFIX_WORDS];
};

struct settings {
	/* Change where what is remembered about tasks or paths may be wrong. */
	__u64 task_generation;
	__u64 name_generation;
	/* Of each cpu: how much of its chunks may be in use, and how many there are, a power of two. */
	__u64 ring_bytes;
	__u64 wake_bytes; /* the reader is woken after so many */
	__u32 chunks;
	__u32 prefix_count;
	__u8 all_cgroups;  /* all but the root are tracked */
	__u8 only_cgroups; /* of others nothing is recorded */
	__u8 only_logs;    /* of writes, only log writes are recorded */
	__u8 payloads;
	__u8 stacks;       /* log writes tell who called for them */
	__u32 stack_epoch; /* by which the least used rows are found */
	struct prefix prefixes[PREFIXES_MAX];
	struct plan plans[PLAN_SYSCALLS_MAX];
	struct plan compat_plans[PLAN_SYSCALLS_MAX]; /* of 32-bit calls on a 64-bit kernel */
};

/* A cpu's ring: positions in bytes since the start. Program and reader each write a cache line of their own. */
struct cpu_ring {
	__u64 attempts;
	__u64 lost_ring;
	__u64 lost_source;
	__u64 head;      /* where the next record goes */
	__u64 tail_seen; /* `tail`, as the program last looked */
	__u64 rung;      /* `head`, as the reader was last woken */
	__u64 spare[2];
	__u64 tail; /* what stands before was read */
	__u64 reader_spare[7];
};

/* What the list of tasks is made of. */
struct task_start {
	__u32 tgid;
	__u32 unused;
	__u64 start_ns;
};

struct tracked_key {
	__u64 id;
	__u64 version; /* of the cgroup: 1 or 2 */
};

#endif
