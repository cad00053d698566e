/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of an .eh_frame section, one after the other. It must not know what a row is for. */
#ifndef DISPROTRACK_FRAME_SECTION_H
#define DISPROTRACK_FRAME_SECTION_H

#include "frame-program.h"

struct frame_section {
	const uint8_t *bytes;
	size_t length;
	uint64_t address; /* as the object was linked */
};

struct function_sink {
	struct row_sink rows;
	/* Before and after a function's rows. False where no more are taken, or this one is not wanted. */
	bool (*is_wanted)(void *owner, uint64_t pc, uint64_t pc_end);
	bool (*end)(void *owner, uint64_t pc_end);
};

/* NULL, or why not; `*at` is the place in the section that it is about. */
const char *read_frame_section(const struct frame_section *section, const struct function_sink *sink, size_t *at);

#endif
