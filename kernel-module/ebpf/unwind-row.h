/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a caller's registers are found from a callee's, for the addresses from `pc` up to the next row's: one line of what
 * .eh_frame says, in eight bytes. The helper makes the rows and the programs search them. CFA is the stack pointer as
 * it was before the call. It must not know where rows come from nor which object they are of.
 */
#ifndef DISPROTRACK_UNWIND_ROW_H
#define DISPROTRACK_UNWIND_ROW_H

#include <linux/types.h>

struct unwind_row {
	__u32 pc; /* as the object was linked */
	__u32 rule;
};

/* The low bits of a rule. */
enum unwind_kind {
	UNWIND_NONE = 0,   /* nothing is said of these addresses */
	UNWIND_END = 1,    /* the outermost function: it has no caller */
	UNWIND_SP = 2,     /* CFA is the stack pointer plus the offset */
	UNWIND_FP = 3,     /* … the frame pointer plus the offset */
	UNWIND_AT_FP = 4,  /* … stands at the frame pointer plus the offset */
	UNWIND_PLT = 5,    /* … the stack pointer plus 8, and from the offset's place in 16 bytes on plus 16 */
	UNWIND_SIGNAL = 6, /* the kernel put the registers onto the stack */
	UNWIND_OTHER = 7   /* a rule that a row can't say */
};

#define UNWIND_KIND_BITS 4
#define UNWIND_OFFSET_BITS 20
#define UNWIND_OFFSET_MAX ((1 << (UNWIND_OFFSET_BITS - 1)) - 1)
#define UNWIND_WORD_BYTES 8

/* What became of the caller's frame pointer: 0 it is what it was, else how many words below the CFA it stands, or … */
#define UNWIND_FP_WORDS_MAX 253
#define UNWIND_FP_AT_FP 254 /* it stands where the frame pointer points */
#define UNWIND_FP_LOST 255  /* a rule that a row can't say */

/* Where a signal's frame has the registers, from the stack pointer on. */
#define UNWIND_SIGNAL_FP 120
#define UNWIND_SIGNAL_SP 160
#define UNWIND_SIGNAL_PC 168

static inline __u32 unwind_rule(__u32 kind, __s32 words, __u32 fp)
{
	return kind | ((__u32)words & ((1u << UNWIND_OFFSET_BITS) - 1)) << UNWIND_KIND_BITS |
	       fp << (UNWIND_KIND_BITS + UNWIND_OFFSET_BITS);
}

static inline __u32 unwind_kind_of(__u32 rule)
{
	return rule & ((1u << UNWIND_KIND_BITS) - 1);
}

/* In bytes. */
static inline __s64 unwind_offset_of(__u32 rule)
{
	return (__s64)((__s32)(rule << (32 - UNWIND_KIND_BITS - UNWIND_OFFSET_BITS)) >> (32 - UNWIND_OFFSET_BITS)) *
	       UNWIND_WORD_BYTES;
}

static inline __u32 unwind_fp_of(__u32 rule)
{
	return rule >> (UNWIND_KIND_BITS + UNWIND_OFFSET_BITS);
}

#endif
