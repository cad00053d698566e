/* SPDX-License-Identifier: GPL-2.0-only */
/* What a descriptor means: inode, device, mode. It must not know which call asks. */
#ifndef DISPROTRACK_OBJECT_H
#define DISPROTRACK_OBJECT_H

#include "path.h"

#define MODE_TYPE 0170000
#define MODE_SOCKET 0140000
#define MODE_REGULAR 0100000
#define MODE_CHARACTER 0020000
#define MODE_FIFO 0010000

static __always_inline void fill_object(struct dpt_object *object, struct file *file)
{
	struct inode *inode = READ(file, f_inode);
	__u64 device = READ(inode, i_sb, s_dev), mode = READ(inode, i_mode);

	object->inode = READ(inode, i_ino);
	((__u64 *)object)[1] = device | mode << 32;
}

/* NULL where the descriptor is not open (any more). */
static __always_inline struct file *fill_descriptor(struct dpt_object *object, struct task_struct *task, __u64 fd)
{
	struct file *file = file_of(task, (__u32)fd);

	if (file == NULL)
		return NULL;
	file = TYPED(struct file, file);
	fill_object(object, file);
	return file;
}

static __always_inline bool is_type(const struct dpt_object *object, __u32 type)
{
	return (object->mode & MODE_TYPE) == type;
}

#endif
