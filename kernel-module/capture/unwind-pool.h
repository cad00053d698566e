/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose rows stand where in the memory that the programs search: a place for a table, or whose table has to go first.
 * It must not know files.
 */
#ifndef DISPROTRACK_UNWIND_POOL_H
#define DISPROTRACK_UNWIND_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "elf-object.h"

#define POOL_TABLES_MAX 1024

struct pooled_table {
	uint8_t build_id[BUILD_ID_BYTES_MAX];
	unsigned int build_id_length;
	uint32_t number;
	uint32_t first, count;
	uint32_t epoch; /* as it was last used */
	uint64_t bias;
};

struct unwind_pool {
	uint32_t rows_max;
	unsigned int table_count;
	struct pooled_table tables[POOL_TABLES_MAX]; /* in the order of `first` */
};

/* NULL where there is none; it stands where it is until the pool changes. */
struct pooled_table *pool_find(struct unwind_pool *pool, const struct elf_object *object);
/* A place for `count` rows. NULL where there is none: then something has to go. */
struct pooled_table *pool_add(struct unwind_pool *pool, uint32_t count);
/* The one that was not used for longest; NULL where there are none. */
struct pooled_table *pool_idlest(struct unwind_pool *pool);
void pool_remove(struct unwind_pool *pool, struct pooled_table *table);

#endif
