// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/sched.h>

#include "call.h"
#include "call-number.h"
#include "descriptor.h"
#include "identity.h"
#include "path.h"
#include "socket.h"
#include "user-text.h"

/* Object, socket and, where it is wanted, path of what a descriptor means. False where it means nothing. */
static bool add_fd(struct dpt_return *ret, long fd, bool with_path)
{
	struct dpt_record *record = &ret->draft->record;
	struct file *file = dpt_descriptor_file(fd);

	if (!file)
		return false;
	dpt_object_fill(&record->object, file);
	if (with_path)
		dpt_path_add(ret->draft, &record->lengths.path, &file->f_path);
	if (S_ISSOCK(record->object.mode))
		dpt_socket_add(ret->draft, file);
	fput(file);
	return true;
}

/* A name that is empty, with AT_EMPTY_PATH, means the descriptor before it. */
static void add_name(struct dpt_return *ret, u8 name, u8 directory, u32 *length, struct dpt_object *object)
{
	int fd = directory == NOWHERE ? AT_FDCWD : (int)dpt_value(ret, directory);
	struct file *file;
	char first;

	if (fd < 0 || !dpt_user_get(&first, dpt_pointer(ret, name), 1) || first != 0) {
		dpt_path_add_named(ret->draft, length, fd, dpt_pointer(ret, name));
		return;
	}
	file = dpt_descriptor_file(fd);
	if (!file)
		return;
	dpt_object_fill(object, file);
	dpt_path_add(ret->draft, length, &file->f_path);
	fput(file);
}

static void add_names(struct dpt_return *ret)
{
	const struct plan *plan = &ret->call->plan;
	struct dpt_record *record = &ret->draft->record;

	if (plan->path != NOWHERE)
		add_name(ret, plan->path, plan->dirfd, &record->lengths.path, &record->object);
	if (plan->path2 != NOWHERE)
		add_name(ret, plan->path2, plan->dirfd2, &record->lengths.path2, &record->object2);
	/* A mount without a source has none. */
	if (plan->text2 != NOWHERE && dpt_value(ret, plan->text2))
		dpt_path_add_raw(ret->draft, &record->lengths.path2, dpt_pointer(ret, plan->text2));
}

static enum dpt_verdict follow_plain(struct dpt_return *ret)
{
	const struct plan *plan = &ret->call->plan;

	/* In the order of the texts. */
	add_names(ret);
	if (plan->fd != NOWHERE)
		add_fd(ret, dpt_value(ret, plan->fd), false);
	if (plan->fd2 != NOWHERE)
		dpt_object_fill_fd(&ret->draft->record.object2, dpt_value(ret, plan->fd2));
	return DPT_KEEP;
}

static enum dpt_verdict follow_open(struct dpt_return *ret)
{
	if (ret->result < 0 || !add_fd(ret, ret->result, true))
		add_names(ret);
	return DPT_KEEP;
}

static enum dpt_verdict follow_chdir(struct dpt_return *ret)
{
	if (ret->result != 0)
		return follow_plain(ret);
	dpt_path_add_working_directory(ret->draft, &ret->draft->record.lengths.path);
	if (ret->call->plan.fd != NOWHERE)
		add_fd(ret, dpt_value(ret, ret->call->plan.fd), false);
	return DPT_KEEP;
}

static enum dpt_verdict follow_pair(struct dpt_return *ret)
{
	struct dpt_record *record = &ret->draft->record;

	if (ret->result == 0 &&
	    dpt_user_get(record->fds, dpt_pointer(ret, ret->call->plan.fd), sizeof(record->fds))) {
		add_fd(ret, record->fds[0], false);
		dpt_object_fill_fd(&record->object2, record->fds[1]);
	}
	return DPT_KEEP;
}

static enum dpt_verdict follow_map(struct dpt_return *ret)
{
	int fd = dpt_value(ret, ret->call->plan.fd);

	/* Memory of its own comes from no file. */
	if (ret->args[3] & MAP_ANONYMOUS || fd < 0)
		return DPT_DROP;
	add_fd(ret, fd, true);
	return DPT_KEEP;
}

static enum dpt_verdict follow_protect(struct dpt_return *ret)
{
	struct dpt_record *record = &ret->draft->record;
	const struct vm_area_struct *area;
	enum dpt_verdict verdict = DPT_DROP;

	if (!(ret->args[2] & PROT_EXEC))
		return DPT_DROP;
	/* Waiting for it is not possible here; a record without its file says more than none. */
	if (!mmap_read_trylock(current->mm))
		return DPT_KEEP;
	area = find_vma(current->mm, ret->args[0]);
	if (area && area->vm_file && area->vm_start <= ret->args[0]) {
		dpt_object_fill(&record->object, area->vm_file);
		dpt_path_add(ret->draft, &record->lengths.path, &area->vm_file->f_path);
		verdict = DPT_KEEP;
	}
	mmap_read_unlock(current->mm);
	return verdict;
}

/* Whom a signal or a trace is for, as the host counts processes: the argument is counted by the caller's namespace. */
static void add_target(struct dpt_return *ret, int pid)
{
	struct task_struct *task;

	/* A group, or everybody. */
	if (pid <= 0)
		return;
	rcu_read_lock();
	task = pid_task(find_vpid(pid), PIDTYPE_PID);
	if (task)
		dpt_identity_fill_child(&ret->draft->record, task);
	rcu_read_unlock();
}

static void add_targets(struct dpt_return *ret)
{
	if (ret->compat)
		return;
	if (ret->number == __NR_kill || ret->number == __NR_tkill)
		add_target(ret, (int)ret->args[0]);
	else if (ret->number == __NR_tgkill || ret->number == __NR_ptrace)
		add_target(ret, (int)ret->args[1]);
}

enum dpt_verdict dpt_call_follow(struct dpt_return *ret)
{
	switch (ret->call->plan.action) {
	case ACTION_OPEN:
		return follow_open(ret);
	case ACTION_PAIR:
		return follow_pair(ret);
	case ACTION_CHDIR:
		return follow_chdir(ret);
	case ACTION_MAP:
		return follow_map(ret);
	case ACTION_PROTECT:
		return follow_protect(ret);
	case ACTION_FAILURE:
		/* Forks return twice, and what happened has a record of its own. */
		return ret->result < 0 ? follow_plain(ret) : DPT_DROP;
	case ACTION_DUP_COMMAND:
		if (ret->args[1] != F_DUPFD && ret->args[1] != F_DUPFD_CLOEXEC)
			return DPT_DROP;
		return follow_plain(ret);
	case ACTION_PLAIN:
		add_targets(ret);
		return follow_plain(ret);
	default:
		return ret->call->plan.action >= ACTION_BIND ? dpt_message_follow(ret) : follow_plain(ret);
	}
}
