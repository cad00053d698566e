/* SPDX-License-Identifier: GPL-2.0-only */
/* The syscalls that are recorded: names, plans, and their numbers on this machine. */
#ifndef DISPROTRACK_SYSCALLS_H
#define DISPROTRACK_SYSCALLS_H

#include <linux/types.h>

#include "../ebpf/plan.h"

struct listed_syscall {
	const char *name;
	struct plan plan;
};

extern const struct listed_syscall listed_syscalls[];
extern const unsigned int listed_syscall_count;

/* Of the same index; -1 where this machine has none. */
extern const int syscall_numbers[];
/* In the table of 32-bit programs. */
extern const int compat_syscall_numbers[];

/* The index, or -1 where it is not in the list. */
int find_syscall(const char *name);

#endif
