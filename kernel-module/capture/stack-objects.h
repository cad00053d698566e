/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives the programs rows for the files whose code they meet, and says in the stream which file is meant by a number:
 * for what runs at the start, what begins to run, and what a walk ended at. It must not know what a stack is for.
 */
#ifndef DISPROTRACK_STACK_OBJECTS_H
#define DISPROTRACK_STACK_OBJECTS_H

#include <stdint.h>


#define STACK_ROWS_MAX (1u << 21)
#define STACK_FILES_MAX 16384
#define STACK_MET_BYTES (64u << 10)

struct ebpf_program;

/* Gives what becomes readable when there is something to load; -1 where there is no memory for that. */
int stack_objects_begin(const struct ebpf_program *program);
/* Loads what was met, the first time all that runs, and writes what its numbers mean. */
void stack_objects_load(int64_t offset_ns);
void stack_objects_end(void);

#endif
