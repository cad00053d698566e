/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's tracepoints call. */
#ifndef DPT_TASK_EVENTS_H
#define DPT_TASK_EVENTS_H

#include <linux/types.h>

struct linux_binprm;
struct pt_regs;
struct task_struct;

void dpt_on_return(void *data, struct pt_regs *regs, long result);
void dpt_on_fork(void *data, struct task_struct *parent, struct task_struct *child);
void dpt_on_exec(void *data, struct task_struct *task, pid_t old_pid, struct linux_binprm *program);
#ifdef DPT_HAS_GROUP_DEAD
void dpt_on_exit(void *data, struct task_struct *task, bool group_dead);
#else
void dpt_on_exit(void *data, struct task_struct *task);
#endif

#endif
