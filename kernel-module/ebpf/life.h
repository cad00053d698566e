/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks' lives: fork, exec, exit, as records of their own kinds. It must not know plans. */
#ifndef DISPROTRACK_LIFE_H
#define DISPROTRACK_LIFE_H

#include "identity.h"
#include "object.h"
#include "stack.h"

#define KERNEL_THREAD 0x00200000 /* PF_KTHREAD */

static __always_inline struct kernfs_node *parent_node(struct kernfs_node *node)
{
	struct kernfs_node___rcu *newer = (void *)node;

	if (bpf_core_field_exists(newer->__parent))
		return BPF_CORE_READ(newer, __parent);
	return BPF_CORE_READ(node, parent);
}

/* From the node at scratch->walk.dentry; leaves the cgroup's path at path_start. Global, so that it is verified once. */
__noinline int walk_cgroup(void)
{
	struct scratch *scratch = this_scratch();
	struct kernfs_node *node;

	if (scratch == NULL)
		return -1;
	node = (void *)scratch->walk.dentry;
	scratch->path_start = PATH_ROOM;
	for (int i = 0; i < CGROUP_DEPTH_MAX; i++) {
		struct kernfs_node *parent = parent_node(node);
		const char *name = BPF_CORE_READ(node, name);
		char text[256];
		long length;
		__u32 start = scratch->path_start;

		if (parent == NULL)
			return 0;
		length = bpf_probe_read_kernel_str(text, sizeof(text), name) - 1;
		if (length < 0 || start < length + 1 || start > PATH_ROOM)
			return -1;
		start = BOUNDED(start - length, PATH_ROOM - 1);
		bpf_probe_read_kernel(scratch->path + start, BOUNDED(length, 255), name);
		start = BOUNDED(start - 1, PATH_ROOM - 1);
		scratch->path[start] = '/';
		scratch->path_start = start;
		node = parent;
	}
	return -1;
}

static __always_inline void append_cgroup(struct scratch *scratch, struct task_struct *task)
{
	struct css_set *set = READ(task, cgroups);
	struct cgroup *cgroup = READ(set, dfl_cgrp);

	if (scratch->record.cgroup_v1 != 0)
		cgroup = pids_cgroup(set);
	if (cgroup == NULL)
		return;
	scratch->walk.dentry = (__u64)READ(TYPED(struct cgroup, cgroup), kn);
	if (walk_cgroup() == 0)
		scratch->record.lengths.cgroup = append_walked(scratch);
}

static __always_inline __s64 pid_as_seen_by(struct task_struct *child, struct task_struct *parent)
{
	__u32 level = READ(parent, thread_pid, level);
	struct pid *pid = READ(child, thread_pid);
	int number = 0;

	bpf_probe_read_kernel(&number, sizeof(number),
			      (void *)pid + bpf_core_field_offset(struct pid, numbers) +
				      level * bpf_core_type_size(struct upid) + bpf_core_field_offset(struct upid, nr));
	return number;
}

static __always_inline void record_child(struct scratch *scratch, struct task_struct *parent,
					 struct task_struct *child)
{
	struct dpt_record *record = &scratch->record;

	begin(scratch, DPT_FORK, 0, pid_as_seen_by(child, parent));
	record->child_tgid = READ(child, tgid);
	record->child_tid = READ(child, pid);
	record->child_namespace_tgid = innermost(group_pid(child)).nr;
	record->child_namespace_tid = innermost(READ(child, thread_pid)).nr;
	record->child_start_ns = READ(child, group_leader, start_boottime);
	scratch->parts |= 1 << WIRE_CHILD;
	append_cgroup(scratch, child);
	emit(scratch);
}

static __always_inline int on_child(struct task_struct *parent, struct task_struct *child)
{
	struct scratch *scratch;

	if (READ(child, flags) & KERNEL_THREAD)
		return 0;
	scratch = enter();
	if (scratch == NULL)
		return 0;
	if (identify(scratch, parent))
		record_child(scratch, parent, child);
	leave(scratch);
	return 0;
}

static __always_inline void append_argv(struct scratch *scratch, struct task_struct *task)
{
	unsigned long start = READ(task, mm, arg_start);
	unsigned long length = READ(task, mm, arg_end) - start;
	__u32 used = BOUNDED(scratch->used, TEXT_MASK);

	if (length > DPT_ARGV_BYTES_MAX) {
		scratch->record.flags |= DPT_FLAG_ARGV_CUT;
		length = DPT_ARGV_BYTES_MAX;
	}
	length = BOUNDED(length, 2 * DPT_ARGV_BYTES_MAX - 1);
	if (bpf_probe_read_user(scratch->bytes + used, length, (const void *)start) != 0) {
		scratch->record.flags |= DPT_FLAG_ARGV_CUT;
		return;
	}
	scratch->record.lengths.argv = length;
	scratch->used = used + length;
}

/* The script's path as it was given: its file is closed by now. */
static __always_inline void append_script(struct scratch *scratch, struct task_struct *task, const char *name)
{
	struct dpt_record *record = &scratch->record;
	struct fs_struct *fs = READ(task, fs);
	__u32 used = scratch->used;
	char first = 0;
	long length;

	bpf_probe_read_kernel(&first, 1, name);
	if (first != '/' && fs != NULL && walk_from(scratch, &fs->pwd, task) == 0 && append_walked(scratch) > 1) {
		scratch->bytes[BOUNDED(scratch->used, TEXT_MASK)] = '/';
		scratch->used++;
	}
	length = bpf_probe_read_kernel_str(scratch->bytes + BOUNDED(scratch->used, TEXT_MASK), DPT_PATH_BYTES_MAX, name);
	if (length > 0)
		scratch->used += length - 1;
	record->lengths.path2 = scratch->used - used;
}

static __always_inline void record_image(struct scratch *scratch, struct task_struct *task, struct linux_binprm *image)
{
	struct dpt_record *record = &scratch->record;
	const char *name = READ(image, filename);
	struct file *file = READ(image, file);

	begin(scratch, DPT_EXEC, 0, 0);
	if (name != READ(image, interp))
		append_script(scratch, task, name);
	if (file != NULL) {
		fill_object(&record->object, TYPED(struct file, file));
		record->lengths.exe = append_path(scratch, task, TYPED(struct file, file));
	}
	append_argv(scratch, task);
	append_cgroup(scratch, task);
	emit(scratch);
	tell_image(record->tgid);
}

static __always_inline int on_image(struct task_struct *task, struct linux_binprm *image)
{
	struct scratch *scratch = enter();

	if (scratch == NULL)
		return 0;
	/* What nobody watches, such as the login uid, changes before an image does. */
	scratch->seen.task = 0;
	if (identify(scratch, task))
		record_image(scratch, task, image);
	leave(scratch);
	return 0;
}

/* Two threads that end at once can both be seen as the last one; the end then comes twice. */
static __always_inline int on_end(struct task_struct *task)
{
	__u32 tgid = READ(task, tgid);
	int status = READ(task, signal, group_exit_code);
	struct scratch *scratch;

	if (READ(task, signal, live.counter) != 0)
		return 0;
	bpf_map_delete_elem(&io_uring_users, &tgid);
	scratch = enter();
	if (scratch == NULL)
		return 0;
	if (identify(scratch, task)) {
		begin(scratch, DPT_EXIT, 0, status != 0 ? status : READ(task, exit_code));
		emit(scratch);
	}
	leave(scratch);
	return 0;
}

#endif
