/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every syscall that the module records: those that all sources do, and names that only the table of 32-bit programs
 * has. `X` takes a name and its plan.
 */
#ifndef DPT_CALL_LIST_H
#define DPT_CALL_LIST_H

#include "../ebpf/syscall-list.h"

/* Beyond the actions of plan.h: the socket call that is meant is the first argument, its own are in memory. */
#define ACTION_SOCKETCALL 128

#define COMPAT_LIST(X)                                            \
	X(sendfile64, .action = ACTION_PLAIN, .fd = ARG0, .fd2 = ARG1) \
	X(fcntl64, .action = ACTION_DUP_COMMAND, .fd = RESULT)    \
	X(truncate64, .action = ACTION_PLAIN, .path = ARG0)       \
	X(ftruncate64, .action = ACTION_PLAIN, .fd = ARG0)        \
	X(chown32, .action = ACTION_PLAIN, .path = ARG0)          \
	X(lchown32, .action = ACTION_PLAIN, .path = ARG0)         \
	X(fchown32, .action = ACTION_PLAIN, .fd = ARG0)           \
	X(mmap2, .action = ACTION_MAP, .fd = ARG4)                \
	X(recvmmsg_time64, .action = ACTION_RECVMMSG, .fd = ARG0) \
	X(socketcall, .action = ACTION_SOCKETCALL)                \
	X(setuid32, .action = ACTION_PLAIN)                       \
	X(setgid32, .action = ACTION_PLAIN)                       \
	X(setreuid32, .action = ACTION_PLAIN)                     \
	X(setregid32, .action = ACTION_PLAIN)                     \
	X(setresuid32, .action = ACTION_PLAIN)                    \
	X(setresgid32, .action = ACTION_PLAIN)                    \
	X(setfsuid32, .action = ACTION_PLAIN)                     \
	X(setfsgid32, .action = ACTION_PLAIN)                     \
	X(setgroups32, .action = ACTION_PLAIN)

#define CALL_LIST(X) SYSCALL_LIST(X) COMPAT_LIST(X)

#endif
