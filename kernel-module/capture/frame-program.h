/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the instructions of one function of .eh_frame, and gives a row wherever the rule changes. It must not know where
 * the instructions stand in a section.
 */
#ifndef DISPROTRACK_FRAME_PROGRAM_H
#define DISPROTRACK_FRAME_PROGRAM_H

#include "../ebpf/unwind-row.h"
#include "byte-reader.h"

/* What a CIE says of the functions that refer to it. */
struct frame_common {
	uint64_t code_factor;
	int64_t data_factor;
	uint8_t pointer_encoding;
	bool is_signal;
	bool has_augmentation;
	size_t instructions; /* from here … */
	size_t end;          /* … to here */
};

struct row_sink {
	void *owner;
	/* False where no more are taken. Addresses never decrease within a function. */
	bool (*take)(void *owner, uint64_t pc, uint32_t rule);
};

/* `bytes` are the section's; `own` is at the function's own instructions. False where they are none, or none are taken. */
bool run_frame_program(const uint8_t *bytes, const struct frame_common *common, struct byte_reader *own, uint64_t pc,
		       uint64_t pc_end, const struct row_sink *sink);

#endif
