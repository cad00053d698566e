/* SPDX-License-Identifier: GPL-2.0-only */
/* What the helper was asked to do. */
#ifndef DISPROTRACK_OPTIONS_H
#define DISPROTRACK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define OPTION_PREFIXES_MAX 16
#define OPTION_PREFIX_BYTES_MAX 120
#define OPTION_CGROUPS_MAX 256
#define OPTION_IGNORED_MAX 64
#define OPTION_SYSCALL_NAMES_MAX 256

struct cgroup_id {
	uint64_t id; /* inode of the cgroup's directory */
	int version; /* 1 (pids controller) or 2 */
};

struct options {
	const char *source;
	/* A log file is one of them or lies below one. */
	const char *prefixes[OPTION_PREFIXES_MAX];
	unsigned int prefix_count;
	/* What tracked containers write to descriptors 1 and 2 is a log. */
	struct cgroup_id cgroups[OPTION_CGROUPS_MAX];
	unsigned int cgroup_count;
	bool all_cgroups;  /* every cgroup but the root is tracked */
	bool only_cgroups; /* nothing is recorded of processes outside of tracked cgroups */
	uint32_t ignored[OPTION_IGNORED_MAX];
	unsigned int ignored_count;
	/* Syscalls that are not recorded, by name. */
	const char *unwanted[OPTION_SYSCALL_NAMES_MAX];
	unsigned int unwanted_count;
	bool only_logs; /* of the calls that write, only log writes */
	bool payloads;  /* of log writes */
	bool stacks;    /* eBPF: who called for log writes */
	bool portable;  /* eBPF: the programs for kernels before 6.2, wherever this is */
	bool lossless;  /* audit: applications wait rather than records be lost */
	bool snapshot;  /* processes and descriptors that are there at the start */
	uint32_t ring_bytes; /* of one cpu, a power of two; 0: by the number of cpus */
	double duration_s;   /* 0: until told to end */
	int status_fd;       /* a line of JSON for each second; -1: none */
};

extern const char usage[];

/* Fills `options` from a command line that begins with the source; -1 with a line on standard error. The texts stay
 * the command line's. */
int options_parse(struct options *options, int count, char **words);

#endif
