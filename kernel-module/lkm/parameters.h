/* SPDX-License-Identifier: GPL-2.0-only */
/* What an operator can set: at load, and most of it at /sys/module/disprotrack/parameters afterwards. */
#ifndef DPT_PARAMETERS_H
#define DPT_PARAMETERS_H

#include <linux/types.h>

extern bool dpt_only_logs, dpt_only_cgroups, dpt_payloads;
extern unsigned int dpt_ring_bytes;

/* A process that nothing is recorded of. */
bool dpt_is_ignored(u32 tgid);
/* The one that reads the records, besides those of the parameter; 0 for none. */
void dpt_ignore_reader(u32 tgid);

/* Whether what was set at load can be; says why not. */
int dpt_parameters_check(void);

#endif
