/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a call's number and arguments are when it returns, by architecture. */
#ifndef DISPROTRACK_REGISTERS_H
#define DISPROTRACK_REGISTERS_H

#include "read.h"

#if defined(__TARGET_ARCH_x86)
static __always_inline __u32 call_number(struct pt_regs *regs)
{
	return regs->orig_ax;
}

static __always_inline bool is_compat(struct task_struct *task)
{
	return READ(task, thread_info.status) & 2; /* TS_COMPAT */
}

static __always_inline __u64 first_arg(struct pt_regs *regs)
{
	return regs->di;
}

static __always_inline __u64 second_arg(struct pt_regs *regs)
{
	return regs->si;
}

static __always_inline __u64 fifth_arg(struct pt_regs *regs)
{
	return regs->r8;
}

static __always_inline void fill_args(__u64 *args, struct pt_regs *regs, bool compat)
{
	if (compat) {
		args[0] = (__u32)regs->bx;
		args[1] = (__u32)regs->cx;
		args[2] = (__u32)regs->dx;
		args[3] = (__u32)regs->si;
		args[4] = (__u32)regs->di;
		args[5] = (__u32)regs->bp;
		return;
	}
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->r10;
	args[4] = regs->r8;
	args[5] = regs->r9;
}
#elif defined(__TARGET_ARCH_arm64)
static __always_inline __u32 call_number(struct pt_regs *regs)
{
	return regs->syscallno;
}

static __always_inline bool is_compat(struct task_struct *task)
{
	return READ(task, thread_info.flags) & (1 << 22); /* TIF_32BIT */
}

static __always_inline __u64 first_arg(struct pt_regs *regs)
{
	return regs->orig_x0;
}

static __always_inline __u64 second_arg(struct pt_regs *regs)
{
	return regs->regs[1];
}

static __always_inline __u64 fifth_arg(struct pt_regs *regs)
{
	return regs->regs[4];
}

static __always_inline void fill_args(__u64 *args, struct pt_regs *regs, bool compat)
{
	args[0] = regs->orig_x0;
	args[1] = regs->regs[1];
	args[2] = regs->regs[2];
	args[3] = regs->regs[3];
	args[4] = regs->regs[4];
	args[5] = regs->regs[5];
}
#endif

#endif
