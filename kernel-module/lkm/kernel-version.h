/* SPDX-License-Identifier: GPL-2.0-only */
/* Where kernels from 5.10 on differ. Nothing else asks which one it is; Kbuild looks for DPT_HAS_… in the headers. */
#ifndef DPT_KERNEL_VERSION_H
#define DPT_KERNEL_VERSION_H

#include <linux/atomic.h>
#include <linux/fs_struct.h>
#include <linux/net.h>
#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <linux/version.h>

static inline struct socket *dpt_socket_of_file(struct file *file)
{
#ifdef DPT_HAS_PLAIN_SOCK_FROM_FILE
	return sock_from_file(file);
#else
	int error;

	return sock_from_file(file, &error);
#endif
}

static inline void dpt_fs_lock(struct fs_struct *fs)
{
#ifdef DPT_HAS_FS_SEQLOCK
	read_seqlock_excl(&fs->seq);
#else
	spin_lock(&fs->lock);
#endif
}

static inline void dpt_fs_unlock(struct fs_struct *fs)
{
#ifdef DPT_HAS_FS_SEQLOCK
	read_sequnlock_excl(&fs->seq);
#else
	spin_unlock(&fs->lock);
#endif
}

/*
 * The kernel keeps this structure to itself. Its beginning is all that is needed, and has changed once; the tests
 * compare what comes of it with /proc/self/ns/mnt.
 */
struct dpt_mount_namespace {
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	atomic_t count;
#endif
	struct ns_common ns;
};

static inline u32 dpt_mount_namespace_inode(const struct nsproxy *proxy)
{
	const struct dpt_mount_namespace *namespace = (const void *)proxy->mnt_ns;

	return namespace ? namespace->ns.inum : 0;
}

#endif
