/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rows are of the file that is mapped somewhere: what the helper tells the programs of it. A file is known by what
 * changes when another one takes its inode. It must not know rules.
 */
#ifndef DISPROTRACK_UNWIND_OBJECT_H
#define DISPROTRACK_UNWIND_OBJECT_H

#include <linux/types.h>

struct file_identity {
	__u64 inode;
	__u32 device;
	__u32 unused;
	__u64 bytes;
	__s64 changed_s;
};

/* What the programs met and have no rows for: one mapping of a process, or, where `until` is 0, all that it runs. */
struct met_code {
	__u32 tgid;
	__u32 unused;
	__u64 from;
	__u64 until;
	struct file_identity file;
};

struct unwind_object {
	__u32 number; /* by which records name it */
	__u32 first;  /* of its rows */
	__u32 count;  /* 0: it has none */
	__u32 epoch;  /* settings.stack_epoch, as it was last used */
	__u64 bias;   /* an address as linked is so much more than the place in the file */
};

#endif
