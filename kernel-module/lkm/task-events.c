// SPDX-License-Identifier: GPL-2.0-only
#include "task-events.h"

#include <linux/binfmts.h>
#include <linux/compat.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <asm/syscall.h>

#include "call-list.h"
#include "call.h"
#include "cgroup-set.h"
#include "descriptor.h"
#include "identity.h"
#include "log-write.h"
#include "parameters.h"
#include "path.h"
#include "user-text.h"

static bool is_wanted(void)
{
	return !dpt_is_ignored(task_tgid_nr(current)) && (!dpt_only_cgroups || dpt_cgroups_have_current());
}

/* A failure is evidence, but for those with which programs wait and search. */
static bool is_noise(const struct dpt_call *call, long result)
{
	if (!IS_ERR_VALUE(result))
		return false;
	switch (result) {
	case -EINPROGRESS:
		return call->plan.action != ACTION_CONNECT;
	case -EAGAIN:
	case -EINTR:
	case -ENOENT:
	case -EBADF:
		return true;
	default:
		/* The call is made again, or EINTR by another name. */
		return result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK;
	}
}

static bool is_compat(void)
{
#ifdef CONFIG_COMPAT
	return in_compat_syscall();
#else
	return false;
#endif
}

static void fill_syscall(struct dpt_record *record, unsigned int number, const unsigned long *args, bool compat)
{
	int i;

	record->syscall = number;
	record->arch = syscall_get_arch(current);
	for (i = 0; i < 6; i++)
		record->args[i] = args[i];
	if (compat)
		record->flags |= DPT_FLAG_COMPAT;
}

static void fill_current_syscall(struct dpt_record *record)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long args[6];

	syscall_get_arguments(current, regs, args);
	fill_syscall(record, syscall_get_nr(current, regs), args, is_compat());
}

static bool is_recorded(const struct dpt_return *ret)
{
	/* A log write is recorded whatever else is not. */
	if (ret->draft->record.flags & DPT_FLAG_LOG)
		return true;
	return !ret->call->skipped && !(dpt_only_logs && dpt_call_writes(ret->call));
}

static void write_return(struct dpt_return *ret)
{
	struct dpt_record *record = &ret->draft->record;

	fill_syscall(record, ret->number, ret->args, ret->compat);
	record->result = ret->result;
	dpt_identity_fill(record);
	if (!(record->flags & DPT_FLAG_LOG) || !dpt_payloads)
		dpt_draft_write(ret->draft);
	else if (ret->messages)
		dpt_messages_write(ret);
	else
		dpt_payload_write(ret->draft, ret->payload);
}

static bool is_candidate(struct dpt_return *ret)
{
	const struct plan *plan;

	ret->call = dpt_call_find(ret->number, ret->compat);
	if (!ret->call || is_noise(ret->call, ret->result))
		return false;
	plan = &ret->call->plan;
	if (plan->action == ACTION_MOVES_NAMES && ret->result >= 0)
		dpt_log_forget();
	if (ret->call->skipped && !dpt_call_writes(ret->call) && plan->action != ACTION_SOCKETCALL)
		return false;
	return is_wanted();
}

void dpt_on_return(void *data, struct pt_regs *regs, long result)
{
	struct dpt_return ret = { .result = result, .compat = is_compat(), .number = syscall_get_nr(current, regs) };

	if (!is_candidate(&ret))
		return;
	syscall_get_arguments(current, regs, ret.args);
	ret.draft = dpt_draft_begin(DPT_SYSCALL);
	if (!ret.draft)
		return;
	if ((ret.call->plan.action != ACTION_SOCKETCALL || dpt_socketcall_resolve(&ret)) &&
	    dpt_call_follow(&ret) == DPT_KEEP && is_recorded(&ret))
		write_return(&ret);
	dpt_draft_end(ret.draft);
}

void dpt_on_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	struct dpt_draft *draft;

	if (child->flags & PF_KTHREAD || !is_wanted())
		return;
	draft = dpt_draft_begin(DPT_FORK);
	if (!draft)
		return;
	fill_current_syscall(&draft->record);
	dpt_identity_fill(&draft->record);
	dpt_identity_fill_child(&draft->record, child);
	draft->record.result = task_pid_vnr(child);
	dpt_identity_add_cgroup(draft, child);
	dpt_draft_write(draft);
	dpt_draft_end(draft);
}

static void add_arguments(struct dpt_draft *draft)
{
	const struct mm_struct *mm = current->mm;
	unsigned long bytes = mm->arg_end - mm->arg_start;
	u32 want = min_t(unsigned long, bytes, DPT_ARGV_BYTES_MAX);
	u32 got = dpt_user_read(dpt_draft_room(draft), (const void __user *)mm->arg_start, want);

	if (got < bytes)
		draft->record.flags |= DPT_FLAG_ARGV_CUT;
	dpt_draft_add(draft, &draft->record.lengths.argv, got);
}

void dpt_on_exec(void *data, struct task_struct *task, pid_t old_pid, struct linux_binprm *program)
{
	struct dpt_draft *draft;
	struct dpt_lengths *lengths;

	if (!is_wanted())
		return;
	draft = dpt_draft_begin(DPT_EXEC);
	if (!draft)
		return;
	lengths = &draft->record.lengths;
	fill_current_syscall(&draft->record);
	/* What the registers hold now is the new image's. */
	memset(draft->record.args, 0, sizeof(draft->record.args));
	dpt_identity_fill(&draft->record);
	dpt_object_fill(&draft->record.object, program->file);
	/* A script's interpreter is the image; the script's own file is closed by now, its name is not. */
	if (program->interp != program->filename)
		dpt_path_add_kernel_name(draft, &lengths->path2, program->filename);
	dpt_path_add(draft, &lengths->exe, &program->file->f_path);
	add_arguments(draft);
	dpt_identity_add_cgroup(draft, current);
	dpt_draft_write(draft);
	dpt_draft_end(draft);
}

#ifdef DPT_HAS_GROUP_DEAD
void dpt_on_exit(void *data, struct task_struct *task, bool is_last)
{
#else
/*
 * Two tasks that end at once may both find that none is left: remembers which group's end was said. Another group in
 * the same place at worst lets one be said twice.
 */
static bool is_first_to_say(struct task_struct *task)
{
	static atomic64_t said[256];
	u64 key = task->group_leader->start_boottime ^ (u64)task_tgid_nr(task) << 40;

	return atomic64_xchg(&said[hash_64(key, 8)], key) != key;
}

void dpt_on_exit(void *data, struct task_struct *task)
{
	bool is_last = atomic_read(&task->signal->live) == 0 && is_first_to_say(task);
#endif
	const struct signal_struct *group = task->signal;
	struct dpt_draft *draft;

	if (!is_last || task->flags & PF_KTHREAD || !is_wanted())
		return;
	draft = dpt_draft_begin(DPT_EXIT);
	if (!draft)
		return;
	fill_current_syscall(&draft->record);
	dpt_identity_fill(&draft->record);
	/* As waitpid gives it. */
	draft->record.result = group->flags & SIGNAL_GROUP_EXIT ? group->group_exit_code : task->exit_code;
	dpt_draft_write(draft);
	dpt_draft_end(draft);
}
