/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of one object, in the order of their addresses. It must not know who searches them. */
#ifndef DISPROTRACK_UNWIND_TABLE_H
#define DISPROTRACK_UNWIND_TABLE_H

#include "../ebpf/unwind-row.h"
#include "elf-object.h"

#define UNWIND_ROWS_MAX (1u << 20) /* of one object */

struct unwind_table {
	struct unwind_row *rows; /* to be freed */
	unsigned int count;
};

/* NULL, or why not: then there is nothing to free. */
const char *unwind_compile(const struct elf_object *object, struct unwind_table *table);
/* What a rule says, as readelf would: `rsp+16`, then the frame pointer's place. */
void unwind_describe(uint32_t rule, char *to, size_t bytes);
/* `unwind FILE`: a line for each row. */
int unwind_print(const char *path);

#endif
