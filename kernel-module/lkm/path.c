// SPDX-License-Identifier: GPL-2.0-only
#include "path.h"

#include <linux/dcache.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/path.h>
#include <linux/sched.h>

#include "kernel-version.h"
#include "user-text.h"

static const char deleted[] = " (deleted)";

/* d_path says so of what is unlinked, and of what never had a directory: a memfd. */
static bool has_suffix(const struct dentry *dentry)
{
	return d_unlinked(dentry) || (dentry->d_op && dentry->d_op->d_dname);
}

void dpt_path_add(struct dpt_draft *draft, u32 *length, const struct path *path)
{
	char *room = (char *)dpt_draft_room(draft);
	char *text;
	size_t bytes;

	/* Without a root there is nothing to show it. */
	text = current->fs ? d_path(path, room, DPT_PATH_BYTES_MAX) : ERR_PTR(-ENOENT);
	if (IS_ERR(text)) {
		draft->record.flags |= DPT_FLAG_PATH_CUT;
		return;
	}
	bytes = strnlen(text, room + DPT_PATH_BYTES_MAX - text);
	if (has_suffix(path->dentry) && bytes > sizeof(deleted) - 1 &&
	    memcmp(text + bytes - (sizeof(deleted) - 1), deleted, sizeof(deleted) - 1) == 0)
		bytes -= sizeof(deleted) - 1;
	memmove(room, text, bytes);
	dpt_draft_add(draft, length, bytes);
}

void dpt_path_add_working_directory(struct dpt_draft *draft, u32 *length)
{
	if (!current->fs)
		return;
	/* Letting go of a reference could sleep; the lock is a spinlock, and d_path does not take it. */
	dpt_fs_lock(current->fs);
	dpt_path_add(draft, length, &current->fs->pwd);
	dpt_fs_unlock(current->fs);
}

static void add_directory(struct dpt_draft *draft, u32 *length, int directory)
{
	u32 before = *length;

	if (directory == AT_FDCWD) {
		dpt_path_add_working_directory(draft, length);
	} else {
		struct file *file = fget_raw(directory);

		if (!file) {
			draft->record.flags |= DPT_FLAG_PATH_CUT;
			return;
		}
		dpt_path_add(draft, length, &file->f_path);
		fput(file);
	}
	/* The root's own path ends in one. */
	if (*length > before && draft->text[draft->used - 1] != '/' && *length < DPT_PATH_BYTES_MAX) {
		*dpt_draft_room(draft) = '/';
		dpt_draft_add(draft, length, 1);
	}
}

void dpt_path_add_raw(struct dpt_draft *draft, u32 *length, const char __user *text)
{
	long max = DPT_PATH_BYTES_MAX - *length;
	long bytes = dpt_user_string((char *)dpt_draft_room(draft), text, max);

	if (bytes < 0 || bytes == max)
		draft->record.flags |= DPT_FLAG_PATH_CUT;
	if (bytes > 0)
		dpt_draft_add(draft, length, bytes);
}

void dpt_path_add_named(struct dpt_draft *draft, u32 *length, int directory, const char __user *name)
{
	char first;

	if (!dpt_user_get(&first, name, 1)) {
		draft->record.flags |= DPT_FLAG_PATH_CUT;
		return;
	}
	if (first != '/')
		add_directory(draft, length, directory);
	dpt_path_add_raw(draft, length, name);
}

void dpt_path_add_kernel_name(struct dpt_draft *draft, u32 *length, const char *name)
{
	u32 bytes;

	if (name[0] != '/')
		add_directory(draft, length, AT_FDCWD);
	bytes = strnlen(name, DPT_PATH_BYTES_MAX - *length);
	memcpy(dpt_draft_room(draft), name, bytes);
	dpt_draft_add(draft, length, bytes);
}
