/* SPDX-License-Identifier: GPL-2.0-only */
/* Who acts: pids as the host and as the task's own namespace count them, user, namespaces, cgroups. */
#ifndef DPT_IDENTITY_H
#define DPT_IDENTITY_H

#include "draft.h"

struct cgroup;
struct task_struct;

/* The current task's, into the fixed part. */
void dpt_identity_fill(struct dpt_record *record);
/* Another task's, into the fields of a child. */
void dpt_identity_fill_child(struct dpt_record *record, struct task_struct *child);
/* CLOCK_BOOTTIME (ns) at which the process began, by its host pid; 0 where there is none. */
u64 dpt_identity_start_of(pid_t tgid);
/* The task's, as a text. */
void dpt_identity_add_cgroup(struct dpt_draft *draft, struct task_struct *task);

/* RCU is held. The second is NULL where the pids controller is not on a v1 hierarchy. */
struct cgroup *dpt_cgroup_v2(struct task_struct *task);
struct cgroup *dpt_cgroup_v1(struct task_struct *task);

#endif
