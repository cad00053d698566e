/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths: of a dentry as its process's root shows it, walked by hand because bpf_d_path is refused to tracepoints, and
 * as a process gave them. It must not know what a path is for.
 */
#ifndef DISPROTRACK_PATH_H
#define DISPROTRACK_PATH_H

#include "scratch.h"

#define PATH_COMPONENTS_MAX 48

static __always_inline __u64 mount_of(struct vfsmount *mount)
{
	return (__u64)mount - bpf_core_field_offset(struct mount, mnt);
}

/* Puts a component and its slash in front of the path. */
static __always_inline int prepend(struct scratch *scratch, struct dentry *dentry)
{
	__u32 length = READ(dentry, d_name.len);
	__u32 start = scratch->path_start;

	if (length > 255 || start < length + 1 || start > PATH_ROOM)
		return -1;
	start = BOUNDED(start - length, PATH_ROOM - 1);
	if (bpf_probe_read_kernel(scratch->path + start, BOUNDED(length, 255), READ(dentry, d_name.name)) != 0)
		return -1;
	start = BOUNDED(start - 1, PATH_ROOM - 1);
	scratch->path[start] = '/';
	scratch->path_start = start;
	return 0;
}

/* From scratch->walk; leaves the path at path_start; 0 where it is whole. Global, so that it is verified once. */
__noinline int walk_path(void)
{
	struct scratch *scratch = this_scratch();
	__u64 dentry_address, mount_address, root_dentry, root_mount;

	if (scratch == NULL)
		return -1;
	dentry_address = scratch->walk.dentry;
	mount_address = scratch->walk.mount;
	root_dentry = scratch->walk.root_dentry;
	root_mount = scratch->walk.root_mount;
	scratch->path_start = PATH_ROOM;
	for (int i = 0; i < PATH_COMPONENTS_MAX; i++) {
		struct dentry *dentry = TYPED(struct dentry, dentry_address);
		struct mount *mount = TYPED(struct mount, mount_address);
		__u64 parent;

		if (dentry_address == root_dentry && mount_address == root_mount)
			return 0;
		if (dentry_address == (__u64)READ(mount, mnt.mnt_root)) {
			parent = (__u64)READ(mount, mnt_parent);
			if (parent == mount_address)
				return 0;
			dentry_address = (__u64)READ(mount, mnt_mountpoint);
			mount_address = parent;
			continue;
		}
		parent = (__u64)READ(dentry, d_parent);
		if (prepend(scratch, dentry) != 0)
			return -1;
		if (parent == dentry_address)
			return 0; /* a file of no directory: a memfd */
		dentry_address = parent;
	}
	return -1;
}

static __always_inline int walk_from(struct scratch *scratch, const struct path *path, struct task_struct *task)
{
	struct fs_struct *fs = READ(task, fs);

	if (fs == NULL)
		return -1;
	/* By way of memory, where a typed pointer becomes a number. */
	scratch->walk.dentry = (__u64)READ(path, dentry);
	scratch->walk.mount = mount_of(READ(path, mnt));
	scratch->walk.root_dentry = (__u64)READ(fs, root.dentry);
	scratch->walk.root_mount = mount_of(READ(fs, root.mnt));
	return walk_path();
}

/* Appends what walk_path found; returns its length. */
static __always_inline __u32 append_walked(struct scratch *scratch)
{
	__u32 start = scratch->path_start;

	if (start >= PATH_ROOM) {
		scratch->path[PATH_ROOM - 1] = '/';
		start = PATH_ROOM - 1;
	}
	start = BOUNDED(start, PATH_ROOM - 1);
	return append(scratch, scratch->path + start, PATH_ROOM - start, PATH_ROOM);
}

/* Appends the path of an open file; returns its length. */
static __always_inline __u32 append_path(struct scratch *scratch, struct task_struct *task, struct file *file)
{
	if (walk_from(scratch, &file->f_path, task) != 0)
		scratch->record.flags |= DPT_FLAG_PATH_CUT;
	return append_walked(scratch);
}

/* Appends the working directory. */
static __always_inline __u32 append_place(struct scratch *scratch, struct task_struct *task)
{
	struct fs_struct *fs = READ(task, fs);

	if (fs == NULL || walk_from(scratch, &fs->pwd, task) != 0) {
		scratch->record.flags |= DPT_FLAG_PATH_CUT;
		return 0;
	}
	return append_walked(scratch);
}

static __always_inline struct file *file_of(struct task_struct *task, __u64 fd)
{
	struct files_struct *files = READ(task, files);
	struct fdtable *table;
	struct hlist_head *place;

	if (files == NULL)
		return NULL;
	table = READ(files, fdt);
	if (fd >= READ(table, max_fds))
		return NULL;
	place = (void *)(READ(table, fd) + fd);
	return (struct file *)READ(TYPED(struct hlist_head, place), first);
}

/* Appends the path that the process gave, made absolute with what it is relative to; returns its length. */
static __noinline int append_given(struct scratch *scratch, struct task_struct *task, __u64 text, int dirfd)
{
	__u32 before = scratch->used;
	__u32 base = 0;
	struct fs_struct *fs = READ(task, fs);
	char first = 0;
	long length;

	if (bpf_probe_read_user(&first, 1, (const void *)text) != 0)
		goto cut;
	if (first != '/') {
		struct file *directory = dirfd == -100 ? NULL : file_of(task, (__u32)dirfd);
		int walked = -1;

		if (directory != NULL)
			walked = walk_from(scratch, &TYPED(struct file, directory)->f_path, task);
		else if (dirfd == -100 && fs != NULL)
			walked = walk_from(scratch, &fs->pwd, task);
		if (walked != 0)
			scratch->record.flags |= DPT_FLAG_PATH_CUT;
		base = walked == 0 ? append_walked(scratch) : 0;
		if (base > 1 && first != 0) {
			scratch->bytes[BOUNDED(scratch->used, TEXT_MASK)] = '/';
			scratch->used++;
			base++;
		}
	}
	if (base > PATH_ROOM - 64)
		goto cut;
	length = append_user_text(scratch, text, PATH_ROOM - base);
	if (length < 0 || length >= PATH_ROOM - 1 - base)
		goto cut;
	return scratch->used - before;
cut:
	scratch->record.flags |= DPT_FLAG_PATH_CUT;
	return scratch->used - before;
}

#endif
