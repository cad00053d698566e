// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fcntl.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "call.h"
#include "identity.h"
#include "path.h"

enum dpt_verdict dpt_fill_nothing(struct dpt_return *ret)
{
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_failed_fork(struct dpt_return *ret)
{
	/* Returns in the parent and in the child; both are in the record of the fork. */
	return ret->result >= 0 ? DPT_DROP : DPT_KEEP;
}

enum dpt_verdict dpt_fill_failed_exec(struct dpt_return *ret)
{
	if (ret->result >= 0)
		return DPT_DROP;
	return dpt_fill_path(ret);
}

enum dpt_verdict dpt_fill_target(struct dpt_return *ret)
{
	int pid = (int)dpt_arg(ret, 0);
	struct task_struct *task;

	/* A group, or everybody. */
	if (pid <= 0)
		return DPT_KEEP;
	rcu_read_lock();
	task = pid_task(find_vpid(pid), PIDTYPE_PID);
	if (task)
		dpt_identity_fill_child(&ret->draft->record, task);
	rcu_read_unlock();
	return DPT_KEEP;
}
