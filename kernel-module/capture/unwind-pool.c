// SPDX-License-Identifier: GPL-2.0-only
#include "unwind-pool.h"

#include <string.h>

struct pooled_table *pool_find(struct unwind_pool *pool, const struct elf_object *object)
{
	for (unsigned int i = 0; object->build_id_length > 0 && i < pool->table_count; i++) {
		struct pooled_table *table = &pool->tables[i];

		if (table->build_id_length == object->build_id_length && table->bias == object->bias &&
		    memcmp(table->build_id, object->build_id, object->build_id_length) == 0)
			return table;
	}
	return NULL;
}

struct pooled_table *pool_add(struct unwind_pool *pool, uint32_t count)
{
	uint32_t first = 0;
	unsigned int at = 0;

	if (pool->table_count == POOL_TABLES_MAX || count > pool->rows_max)
		return NULL;
	while (at < pool->table_count && pool->tables[at].first - first < count) {
		first = pool->tables[at].first + pool->tables[at].count;
		at++;
	}
	if (at == pool->table_count && pool->rows_max - first < count)
		return NULL;
	memmove(&pool->tables[at + 1], &pool->tables[at], (pool->table_count - at) * sizeof(pool->tables[0]));
	pool->table_count++;
	pool->tables[at] = (struct pooled_table){ .first = first, .count = count };
	return &pool->tables[at];
}

struct pooled_table *pool_idlest(struct unwind_pool *pool)
{
	struct pooled_table *idlest = NULL;

	for (unsigned int i = 0; i < pool->table_count; i++)
		if (idlest == NULL || pool->tables[i].epoch < idlest->epoch)
			idlest = &pool->tables[i];
	return idlest;
}

void pool_remove(struct unwind_pool *pool, struct pooled_table *table)
{
	unsigned int at = table - pool->tables;

	pool->table_count--;
	memmove(table, table + 1, (pool->table_count - at) * sizeof(*table));
}
