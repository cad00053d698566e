/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What to look at when a syscall returns, as data: the loader writes a plan for each number of its architecture, the
 * program follows it. The list of syscalls itself is in syscall-list.h.
 */
#ifndef DISPROTRACK_PLAN_H
#define DISPROTRACK_PLAN_H

#include <linux/types.h>

#define PLAN_SYSCALLS_MAX 512

/* Where a value is. Argument n is n + 1, so that zero is nowhere. */
enum place { NOWHERE = 0, ARG0, ARG1, ARG2, ARG3, ARG4, ARG5, RESULT };

enum action {
	ACTION_NONE = 0, /* not recorded */
	ACTION_PLAIN,
	ACTION_OPEN,        /* fd's path as the kernel has it; where it failed, the given one */
	ACTION_PAIR,        /* two new descriptors, in the array at `fd` */
	ACTION_DUP_COMMAND, /* fcntl: only what duplicates */
	ACTION_MAP,         /* mmap: only of files */
	ACTION_PROTECT,     /* mprotect: only what becomes executable */
	ACTION_FAILURE,     /* success has a record of its own kind */
	ACTION_IO_URING,
	ACTION_CHDIR,       /* the path is where the process is afterwards */
	ACTION_MOVES_NAMES, /* what paths mean afterwards may differ */
	ACTION_ACCEPT,      /* object is the new socket, object2 the listening one */
	/* From here on something of the process's memory belongs to the descriptor. */
	ACTION_BIND,     /* address at ARG1 */
	ACTION_CONNECT,  /* address at ARG1 */
	ACTION_WRITE,    /* bytes at ARG1 */
	ACTION_WRITEV,   /* vectors at ARG1, their number at ARG2 */
	ACTION_SENDTO,   /* bytes at ARG1, address at ARG4 */
	ACTION_SENDMSG,  /* message header at ARG1 */
	ACTION_SENDMMSG, /* as many of them as the result says */
	ACTION_RECVFROM, /* address at ARG4 */
	ACTION_RECVMSG,
	ACTION_RECVMMSG,
};

struct plan {
	__u8 action;
	__u8 fd;     /* place of the descriptor that is `object` */
	__u8 fd2;    /* … `object2` */
	__u8 path;   /* place of the pointer to `path` */
	__u8 dirfd;  /* place of the descriptor that it is relative to; nowhere: the working directory */
	__u8 path2;
	__u8 dirfd2;
	__u8 text2; /* place of a pointer to what goes into path2 as it stands */
};

#endif
