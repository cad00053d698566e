/* SPDX-License-Identifier: GPL-2.0-only */
/* A process as /proc shows it, in a record's terms. */
#ifndef DISPROTRACK_PROC_PROCESS_H
#define DISPROTRACK_PROC_PROCESS_H

#include <stdbool.h>

#include "../abi.h"
#include "options.h"

struct proc_texts {
	char exe[DPT_PATH_BYTES_MAX + 1];
	char argv[DPT_ARGV_BYTES_MAX + 1];
	char cgroup[DPT_PATH_BYTES_MAX + 1];
};

/* Whether the process is in a cgroup that is tracked, or below one. */
bool proc_is_tracked(__u32 tgid, const struct options *options);

/* Fills the identity of `record`, and its lengths for the three texts. False for a kernel's thread, or where the
 * process is gone. The start is exact to a clock tick. */
bool proc_process(__u32 tgid, struct dpt_record *record, struct proc_texts *texts);

#endif
