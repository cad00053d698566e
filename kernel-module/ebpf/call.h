/* SPDX-License-Identifier: GPL-2.0-only */
/* From a syscall's return to its record, by the syscall's plan. */
#ifndef DISPROTRACK_CALL_H
#define DISPROTRACK_CALL_H

#include "direct.h"
#include "message.h"

#define NO_SUCH_FILE 2
#define INTERRUPTED 4
#define BAD_DESCRIPTOR 9
#define TRY_AGAIN 11
#define IN_PROGRESS 115
#define RESTART_FIRST 512
#define RESTART_LAST 530
#define ERRNO_MAX 4095

#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030
#define PROT_EXEC 4
#define MAP_ANONYMOUS 32

/* A failure is evidence, but for those with which programs wait and search. */
static __always_inline bool is_noise(__u8 action, long result)
{
	if (result >= 0 || result < -ERRNO_MAX)
		return false;
	if (result == -IN_PROGRESS)
		return action != ACTION_CONNECT;
	return result == -TRY_AGAIN || result == -INTERRUPTED || result == -NO_SUCH_FILE || result == -BAD_DESCRIPTOR ||
	       (result <= -RESTART_FIRST && result >= -RESTART_LAST);
}

/* What the arguments alone say about whether a call matters. */
static __always_inline bool is_of_interest(__u8 action, const __u64 *args, long result)
{
	switch (action) {
	case ACTION_DUP_COMMAND:
		return args[1] == F_DUPFD || args[1] == F_DUPFD_CLOEXEC;
	case ACTION_MAP:
		return !(args[3] & MAP_ANONYMOUS) && (__s32)args[4] >= 0;
	case ACTION_PROTECT:
		return args[2] & PROT_EXEC;
	case ACTION_FAILURE:
		return result < 0;
	default:
		return true;
	}
}

static __always_inline __u64 value_at(const struct dpt_record *record, __u8 place)
{
	if (place == RESULT)
		return record->result;
	return record->args[BOUNDED(place - ARG0, 7)];
}

static __always_inline void after(struct scratch *scratch, __u8 action, long result)
{
	__u32 tgid = scratch->record.tgid;
	__u8 yes = 1;

	if (result < 0)
		return;
	if (action == ACTION_MOVES_NAMES)
		__sync_fetch_and_add(&settings.name_generation, 1);
	if (action == ACTION_IO_URING) {
		bpf_map_update_elem(&io_uring_users, &tgid, &yes, BPF_ANY);
		__sync_fetch_and_add(&settings.task_generation, 1);
		scratch->record.flags |= DPT_FLAG_IO_URING;
	}
}

static __always_inline void fill_names(struct scratch *scratch, struct task_struct *task, const struct plan *plan)
{
	struct dpt_record *record = &scratch->record;
	long length;

	if (plan->path != NOWHERE)
		record->lengths.path = append_given(scratch, task, value_at(record, plan->path),
						    plan->dirfd ? (int)value_at(record, plan->dirfd) : -100);
	if (plan->path2 != NOWHERE)
		record->lengths.path2 = append_given(scratch, task, value_at(record, plan->path2),
						     plan->dirfd2 ? (int)value_at(record, plan->dirfd2) : -100);
	if (plan->text2 != NOWHERE) {
		length = append_user_text(scratch, value_at(record, plan->text2), DPT_PATH_BYTES_MAX);
		if (length < 0)
			record->flags |= DPT_FLAG_PATH_CUT;
		else
			record->lengths.path2 = length;
	}
}

static __always_inline void fill_pair(struct scratch *scratch, struct task_struct *task, __u64 at)
{
	struct dpt_record *record = &scratch->record;
	__s32 fds[2] = { -1, -1 };
	struct file *file;

	if (record->result != 0 || bpf_probe_read_user(fds, sizeof(fds), (const void *)at) != 0)
		return;
	record->fds[0] = fds[0];
	record->fds[1] = fds[1];
	scratch->parts |= 1 << WIRE_PAIR;
	file = fill_descriptor(&record->object, task, fds[0]);
	fill_descriptor(&record->object2, task, fds[1]);
	if (file != NULL && is_type(&record->object, MODE_SOCKET))
		fill_socket(scratch, file);
}

static __always_inline void follow(struct scratch *scratch, struct task_struct *task, const struct plan *plan)
{
	struct dpt_record *record = &scratch->record;
	struct file *file = NULL;
	__u64 fd = plan->fd != NOWHERE ? value_at(record, plan->fd) : -1;

	if (plan->action == ACTION_PAIR) {
		fill_pair(scratch, task, fd);
	} else {
		if (plan->fd != NOWHERE && (__s64)fd >= 0)
			file = fill_descriptor(&record->object, task, fd);
		if (plan->fd2 != NOWHERE)
			fill_descriptor(&record->object2, task, value_at(record, plan->fd2));
		if (plan->action >= ACTION_BIND) {
			finish_message(scratch, task, plan, fd, file);
			return;
		}
		if (plan->action == ACTION_OPEN && file != NULL)
			record->lengths.path = append_path(scratch, task, file);
		else if (plan->action == ACTION_CHDIR && record->result == 0)
			record->lengths.path = append_place(scratch, task);
		else
			fill_names(scratch, task, plan);
		if (file != NULL && is_type(&record->object, MODE_SOCKET))
			fill_socket(scratch, file);
	}
	emit(scratch);
}

static __always_inline const struct plan *plan_of(__u32 number, bool compat)
{
	number = BOUNDED(number, PLAN_SYSCALLS_MAX - 1);
	return (const struct plan *)(compat ? &settings.compat_plans[number] : &settings.plans[number]);
}

/* By the draft. Not inline: the common way is to be short. */
static __noinline int record_call(struct scratch *scratch, struct task_struct *task, struct pt_regs *regs, long result,
				  bool compat)
{
	struct plan plan = *plan_of(call_number(regs), compat);

	fill_args(scratch->record.args, regs, compat);
	if (!is_of_interest(plan.action, scratch->record.args, result))
		return 0;
	begin(scratch, DPT_SYSCALL, call_number(regs), result);
	if (compat)
		scratch->record.flags |= DPT_FLAG_COMPAT;
	after(scratch, plan.action, result);
	if (!compat)
		remember_registers(scratch, regs);
	follow(scratch, task, &plan);
	return 0;
}

static __always_inline int on_return(struct pt_regs *regs, long result)
{
	__u32 number = call_number(regs);
	struct task_struct *task = CURRENT();
	bool compat = is_compat(task);
	struct scratch *scratch;
	struct plan plan;

	if (number >= PLAN_SYSCALLS_MAX)
		return 0;
	plan = *plan_of(number, compat);
	if (plan.action == ACTION_NONE || is_noise(plan.action, result))
		return 0;
	scratch = enter();
	if (scratch == NULL)
		return 0;
	if (identify(scratch, task) && (compat || !record_directly(scratch, task, regs, result, &plan)))
		record_call(scratch, task, regs, result, compat);
	leave(scratch);
	return 0;
}

#endif
