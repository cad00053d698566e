/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives the programs rows for the files whose code they meet, and says in the stream which file is meant by a number:
 * for what runs at the start, what begins to run, and what a walk ended at. It must not know what a stack is for.
 */
#ifndef DISPROTRACK_STACK_OBJECTS_H
#define DISPROTRACK_STACK_OBJECTS_H

#include <stdint.h>

#include "../abi.h"
#include "../ebpf/settings.h"
#include "../ebpf/unwind-row.h"

#define STACK_ROWS_MAX (1u << 21)
#define STACK_FILES_MAX 16384

/* The programs' maps: of files, and of rows, which are mapped. */
void stack_objects_begin(int files_fd, struct unwind_row *rows, struct settings *settings);
/* A record on its way out: what it tells the helper alone is taken out of it. */
void stack_objects_see(struct dpt_record *record);
/* Loads what was seen, the first time all that runs, and writes what its numbers mean. */
void stack_objects_load(int64_t offset_ns);

#endif
