/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a source of records is to the helper: lanes of records, each in the order of time, which the merge looks at and
 * takes from. One of eBPF, kernel module and audit implements it, and is found in `sources` by its name.
 *
 * It must not know where records go.
 */
#ifndef DISPROTRACK_SOURCE_H
#define DISPROTRACK_SOURCE_H

#include <stddef.h>

#include "../abi.h"
#include "options.h"

#define SOURCE_FDS_MAX 8

/* Why a source can't start or go on, for an operator. */
struct complaint {
	char code[32];  /* such as no-btf, not-permitted */
	char text[256]; /* one line */
	char hint[256]; /* what to do about it; may be empty */
};

/* Returns -1, so that it can be returned. */
int complain(struct complaint *complaint, const char *code, const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

struct lane_counters {
	uint32_t cpu;
	uint64_t attempts; /* the highest sequence that was tried */
	uint64_t lost[DPT_LOSSES];
};

enum control_verb { CONTROL_CGROUP_ADD, CONTROL_CGROUP_REMOVE, CONTROL_IGNORE };

struct control {
	enum control_verb verb;
	uint64_t id; /* of a cgroup or thread group */
	int version; /* of the cgroup: 1 or 2 */
};

struct source {
	const char *name;
	enum dpt_source id;

	/* Records flow when it has returned 0. Nothing is left behind when it has not. */
	int (*start)(const struct options *options, struct complaint *complaint);
	/* Fills `fds` with what becomes readable when there is much to take; returns how many, at most SOURCE_FDS_MAX.
	 * What is less than much is fetched by time: `refresh` is called every wait_ms at the latest. */
	int (*fds)(int *fds);
	/* Sees what has come since. What it makes visible is complete up to the time at which it was called, but for
	 * records that were being written just then. -1 where the source has ended. */
	int (*refresh)(struct complaint *complaint);
	/* How many lanes there are now; lanes are only ever added. */
	unsigned int (*lanes)(void);
	/* The oldest record of a lane, or NULL; it stays where it is until `take`. A lane's times never decrease. */
	const struct dpt_record *(*peek)(unsigned int lane);
	void (*take)(unsigned int lane);
	/* Read before the `refresh` whose records they are written behind. */
	void (*counters)(unsigned int lane, struct lane_counters *counters);
	/* -1 where the source can't do that. */
	int (*control)(const struct control *control);
	/* CLOCK_REALTIME minus CLOCK_MONOTONIC changed. NULL where the source reads both clocks itself. */
	void (*clock_stepped)(int64_t offset_ns);
	/* CLOCK_BOOTTIME at which a process began that is there, to the nanosecond; 0 where it is not known. NULL where
	 * the source never knows. */
	uint64_t (*start_of)(uint32_t tgid);
	/* No more records begin; what there is can still be taken. */
	void (*stop)(void);
	void (*close)(void);
};

extern const struct source source_ebpf;
extern const struct source source_audit;
extern const struct source source_module;

#endif
