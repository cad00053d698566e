// SPDX-License-Identifier: GPL-2.0-only
#include "identity.h"

#include <linux/audit.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "kernel-version.h"

struct cgroup *dpt_cgroup_v2(struct task_struct *task)
{
	return task_dfl_cgroup(task);
}

struct cgroup *dpt_cgroup_v1(struct task_struct *task)
{
#if IS_ENABLED(CONFIG_CGROUP_PIDS)
	struct cgroup *cgroup = task_cgroup(task, pids_cgrp_id);

	return cgroup->root == &cgrp_dfl_root ? NULL : cgroup;
#else
	return NULL;
#endif
}

static void fill_namespaces(struct dpt_record *record)
{
	/* Only the task itself changes it. A task that is at its end has none. */
	const struct nsproxy *proxy = current->nsproxy;
	const struct pid_namespace *pids = task_active_pid_ns(current);

	if (pids)
		record->pid_namespace = pids->ns.inum;
	if (!proxy)
		return;
	record->mount_namespace = dpt_mount_namespace_inode(proxy);
	record->net_namespace = proxy->net_ns->ns.inum;
}

static bool has_io_uring(void)
{
#if IS_ENABLED(CONFIG_IO_URING)
	return current->io_uring || current->group_leader->io_uring;
#else
	return false;
#endif
}

void dpt_identity_fill(struct dpt_record *record)
{
	struct cgroup *v1;

	record->tgid = task_tgid_nr(current);
	record->tid = task_pid_nr(current);
	record->namespace_tgid = task_tgid_vnr(current);
	record->namespace_tid = task_pid_vnr(current);
	record->uid = from_kuid(&init_user_ns, current_uid());
	record->euid = from_kuid(&init_user_ns, current_euid());
	record->login_uid = from_kuid(&init_user_ns, audit_get_loginuid(current));
	record->session = audit_get_sessionid(current);
	fill_namespaces(record);
	if (has_io_uring())
		record->flags |= DPT_FLAG_IO_URING;
	/* Its own name can only be changed by itself, or by another through /proc: half a new name at worst. */
	memcpy(record->comm, current->comm, sizeof(record->comm));

	rcu_read_lock();
	record->ppid = task_tgid_nr(rcu_dereference(current->real_parent));
	record->start_ns = current->group_leader->start_boottime;
	record->cgroup_v2 = cgroup_id(dpt_cgroup_v2(current));
	v1 = dpt_cgroup_v1(current);
	if (v1)
		record->cgroup_v1 = cgroup_id(v1);
	rcu_read_unlock();
}

void dpt_identity_fill_child(struct dpt_record *record, struct task_struct *child)
{
	const struct pid_namespace *pids;

	rcu_read_lock();
	pids = task_active_pid_ns(child);
	record->child_tgid = task_tgid_nr(child);
	record->child_tid = task_pid_nr(child);
	if (pids) {
		record->child_namespace_tgid = task_tgid_nr_ns(child, (struct pid_namespace *)pids);
		record->child_namespace_tid = task_pid_nr_ns(child, (struct pid_namespace *)pids);
	}
	record->child_start_ns = child->group_leader->start_boottime;
	rcu_read_unlock();
}

u64 dpt_identity_start_of(pid_t tgid)
{
	struct task_struct *task;
	u64 start_ns = 0;

	rcu_read_lock();
	task = pid_task(find_pid_ns(tgid, &init_pid_ns), PIDTYPE_TGID);
	if (task)
		start_ns = task->start_boottime;
	rcu_read_unlock();
	return start_ns;
}

void dpt_identity_add_cgroup(struct dpt_draft *draft, struct task_struct *task)
{
	struct cgroup *cgroup;
	char *room = (char *)dpt_draft_room(draft);

	rcu_read_lock();
	cgroup = dpt_cgroup_v1(task);
	if (!cgroup)
		cgroup = dpt_cgroup_v2(task);
	if (cgroup_path(cgroup, room, DPT_PATH_BYTES_MAX) > 0)
		dpt_draft_add(draft, &draft->record.lengths.cgroup, strnlen(room, DPT_PATH_BYTES_MAX));
	rcu_read_unlock();
}
