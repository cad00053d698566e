// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs: one looks at every syscall's return and follows its plan, three at tasks' lives. Whatever they can't
 * do at once is left out and said so; nothing ever waits.
 */
#include "kernel-types.h"

#include "call.h"
#include "life.h"

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long result)
{
	return on_return(regs, result);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	return on_child(parent, child);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *image)
{
	return on_image(task, image);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	return on_end(task);
}

SEC("iter/task")
int list_starts(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct task_start start = {};

	if (task == NULL || READ(task, pid) != READ(task, tgid))
		return 0;
	start.tgid = READ(task, tgid);
	start.start_ns = READ(task, start_boottime);
	bpf_seq_write(context->meta->seq, &start, sizeof(start));
	return 0;
}
