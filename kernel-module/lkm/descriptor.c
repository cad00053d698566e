// SPDX-License-Identifier: GPL-2.0-only
#include "descriptor.h"

#include <linux/file.h>
#include <linux/fs.h>

struct file *dpt_descriptor_file(long fd)
{
	/* Also those that were opened as a path alone. */
	return (int)fd < 0 ? NULL : fget_raw((int)fd);
}

void dpt_object_fill(struct dpt_object *object, const struct file *file)
{
	const struct inode *inode = file_inode(file);

	object->inode = inode->i_ino;
	object->device = inode->i_sb->s_dev;
	object->mode = inode->i_mode;
}

void dpt_object_fill_fd(struct dpt_object *object, long fd)
{
	struct file *file = dpt_descriptor_file(fd);

	if (!file)
		return;
	dpt_object_fill(object, file);
	fput(file);
}
