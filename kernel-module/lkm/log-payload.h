/* SPDX-License-Identifier: GPL-2.0-only */
/* What a call wrote, read from the caller's buffers one piece after the other. It must not know why it is wanted. */
#ifndef DPT_LOG_PAYLOAD_H
#define DPT_LOG_PAYLOAD_H

#include "draft.h"

/* A buffer, or an array of them, of which the first `left` bytes were written. */
struct dpt_payload {
	const void __user *base; /* of the buffer at hand */
	u64 bytes;               /* of it that are left */
	const void __user *next; /* the rest of the array */
	u32 count;               /* buffers in it */
	bool compat;             /* its elements are a 32-bit program's */
	u64 written;
};

struct dpt_payload dpt_payload_of_buffer(const void __user *base, u64 written);
struct dpt_payload dpt_payload_of_array(const void __user *array, u32 count, u64 written, bool compat);

/* Writes the draft as one record, or as several that continue each other, with as much of the payload as is kept. */
void dpt_payload_write(struct dpt_draft *draft, struct dpt_payload payload);

#endif
