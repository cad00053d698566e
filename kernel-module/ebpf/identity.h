/* SPDX-License-Identifier: GPL-2.0-only */
/* Who acts: the identity part of a record, and whether it is wanted at all. It must not know what the task does. */
#ifndef DISPROTRACK_IDENTITY_H
#define DISPROTRACK_IDENTITY_H

#include "scratch.h"

#define CGROUP_DEPTH_MAX 16

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u8);
} ignored SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct tracked_key);
	__type(value, __u8);
} tracked SEC(".maps");

/* Thread groups that made an io_uring. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} io_uring_users SEC(".maps");

static __always_inline struct upid innermost(struct pid *pid)
{
	struct upid id = {};
	__u32 level = READ(pid, level);

	bpf_probe_read_kernel(&id, bpf_core_type_size(struct upid),
			      (void *)pid + bpf_core_field_offset(struct pid, numbers) +
				      level * bpf_core_type_size(struct upid));
	return id;
}

static __always_inline struct pid *group_pid(struct task_struct *task)
{
	return READ(task, signal, pids[1]); /* PIDTYPE_TGID */
}

static __always_inline struct cgroup *pids_cgroup(struct css_set *set)
{
	struct cgroup_subsys_state *state;
	__u64 offset = bpf_core_field_offset(struct css_set, subsys) +
		       bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id) * sizeof(state);

	if (bpf_probe_read_kernel(&state, sizeof(state), (void *)set + offset) != 0 || state == NULL)
		return NULL;
	return READ(TYPED(struct cgroup_subsys_state, state), cgroup);
}

static __always_inline bool is_tracked(struct cgroup *cgroup, __u64 version)
{
	struct tracked_key key = { .version = version };
	struct cgroup_subsys_state *parent;

	for (int depth = 0; depth < CGROUP_DEPTH_MAX && cgroup != NULL; depth++) {
		key.id = READ(cgroup, kn, id);
		if (bpf_map_lookup_elem(&tracked, &key) != NULL)
			return true;
		parent = READ(cgroup, self.parent);
		if (parent == NULL)
			return false;
		cgroup = READ(TYPED(struct cgroup_subsys_state, parent), cgroup);
	}
	return false;
}

static __always_inline void fill_cgroups(struct scratch *scratch, struct css_set *set)
{
	struct cgroup *unified = READ(set, dfl_cgrp);
	struct cgroup *pids = pids_cgroup(set);

	scratch->record.cgroup_v2 = READ(unified, kn, id);
	scratch->record.cgroup_v1 = 0;
	scratch->tracked = is_tracked(unified, 2) || (settings.all_cgroups && READ(unified, level) > 0);
	if (pids == NULL || READ(pids, root) == READ(unified, root))
		return;
	scratch->record.cgroup_v1 = READ(pids, kn, id);
	if (!scratch->tracked)
		scratch->tracked = is_tracked(pids, 1) || (settings.all_cgroups && READ(pids, level) > 0);
}

static __always_inline void fill_ids(struct dpt_record *record, struct task_struct *task)
{
	struct upid group = innermost(group_pid(task));
	struct upid thread = innermost(READ(task, thread_pid));
	struct nsproxy *spaces = READ(task, nsproxy);

	record->tgid = READ(task, tgid);
	record->tid = READ(task, pid);
	record->namespace_tgid = group.nr;
	record->namespace_tid = thread.nr;
	record->pid_namespace = READ(TYPED(struct pid_namespace, group.ns), ns.inum);
	record->ppid = READ(task, real_parent, tgid);
	record->start_ns = READ(task, group_leader, start_boottime);
	record->uid = READ(task, cred, uid.val);
	record->euid = READ(task, cred, euid.val);
	record->login_uid = READ(task, loginuid.val);
	record->session = READ(task, sessionid);
	record->mount_namespace = 0;
	record->net_namespace = 0;
	if (spaces != NULL) {
		record->mount_namespace = READ(spaces, mnt_ns, ns.inum);
		record->net_namespace = READ(spaces, net_ns, ns.inum);
	}
}

static __noinline int fill_identity(struct scratch *scratch, struct task_struct *task)
{
	__u32 tgid = READ(task, tgid);

	fill_ids(&scratch->record, task);
	fill_cgroups(scratch, READ(task, cgroups));
	scratch->io_uring = bpf_map_lookup_elem(&io_uring_users, &tgid) != NULL || READ(task, io_uring) != NULL;
	scratch->is_told = 0;
	scratch->unwanted = bpf_map_lookup_elem(&ignored, &tgid) != NULL || (settings.only_cgroups && !scratch->tracked);
	return 0;
}

/* Makes the record's identity that of `task`, which is the current one. False where its doings are not wanted. */
static __always_inline bool identify(struct scratch *scratch, struct task_struct *task)
{
	struct seen now = {
		.task = (__u64)task,
		.pid = READ(task, pid),
		.cred = (__u64)READ(task, cred),
		.cgroups = (__u64)READ(task, cgroups),
		.nsproxy = (__u64)READ(task, nsproxy),
		.parent = (__u64)READ(task, real_parent),
		.generation = settings.task_generation,
	};
	struct seen *seen = &scratch->seen;

	READ_TEXT(now.comm, task, comm);
	if (seen->task != now.task || seen->pid != now.pid || seen->cred != now.cred ||
	    seen->cgroups != now.cgroups || seen->nsproxy != now.nsproxy || seen->parent != now.parent ||
	    seen->comm[0] != now.comm[0] || seen->comm[1] != now.comm[1] || seen->generation != now.generation) {
		fill_identity(scratch, task);
		__builtin_memcpy(scratch->record.comm, now.comm, sizeof(now.comm));
		*seen = now;
	}
	return !scratch->unwanted;
}

#endif
