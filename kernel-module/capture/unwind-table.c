// SPDX-License-Identifier: GPL-2.0-only
#include "unwind-table.h"

#include <stdlib.h>

#include "frame-section.h"

/* Where functions end before the next begins there is a row more. */
#define RAW_ROWS_MAX (2 * UNWIND_ROWS_MAX)

struct builder {
	const struct elf_object *object;
	struct unwind_row *rows;
	size_t count, room;
};

static bool add(struct builder *builder, uint64_t pc, uint32_t rule)
{
	if (builder->count == builder->room) {
		size_t room = builder->room == 0 ? 4096 : 2 * builder->room;
		struct unwind_row *rows = room <= RAW_ROWS_MAX ? realloc(builder->rows, room * sizeof(*rows)) : NULL;

		if (rows == NULL)
			return false;
		builder->rows = rows;
		builder->room = room;
	}
	builder->rows[builder->count++] = (struct unwind_row){ pc, rule };
	return true;
}

static bool take(void *owner, uint64_t pc, uint32_t rule)
{
	return add(owner, pc, rule);
}

/* Functions that the linker left out are at address zero. */
static bool is_wanted(void *owner, uint64_t pc, uint64_t pc_end)
{
	const struct builder *builder = owner;

	return pc < pc_end && pc >= builder->object->code_from && pc_end <= builder->object->code_until;
}

static bool end(void *owner, uint64_t pc_end)
{
	return add(owner, pc_end, unwind_rule(UNWIND_NONE, 0, 0));
}

/* The end of a function stands before the begin of the next. */
static int compare(const void *a, const void *b)
{
	const struct unwind_row *left = a, *right = b;

	if (left->pc != right->pc)
		return left->pc < right->pc ? -1 : 1;
	if ((left->rule == 0) != (right->rule == 0))
		return left->rule == 0 ? -1 : 1;
	return 0;
}

/* Where functions lie in each other the rows between are anybody's: two rows of one address that differ show it. */
static const char *merge(struct builder *builder)
{
	size_t kept = 0;

	for (size_t i = 0; i < builder->count; i++) {
		struct unwind_row row = builder->rows[i];

		if (kept > 0 && builder->rows[kept - 1].pc == row.pc) {
			if (builder->rows[kept - 1].rule != 0 && builder->rows[kept - 1].rule != row.rule)
				return "functions that overlap";
			kept--;
		}
		if (kept == 0 || builder->rows[kept - 1].rule != row.rule)
			builder->rows[kept++] = row;
	}
	builder->count = kept;
	return kept > UNWIND_ROWS_MAX ? "too many rows" : NULL;
}

const char *unwind_compile(const struct elf_object *object, struct unwind_table *table)
{
	struct frame_section section = { object->frames, object->frames_length, object->frames_address };
	struct builder builder = { .object = object };
	struct function_sink sink = { { &builder, take }, is_wanted, end };
	size_t at = 0;
	const char *problem = read_frame_section(&section, &sink, &at);

	if (problem == NULL && builder.count == 0)
		problem = "no functions";
	if (problem == NULL) {
		qsort(builder.rows, builder.count, sizeof(*builder.rows), compare);
		problem = merge(&builder);
	}
	if (problem != NULL) {
		free(builder.rows);
		return problem;
	}
	*table = (struct unwind_table){ builder.rows, builder.count };
	return NULL;
}
