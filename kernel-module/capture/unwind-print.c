// SPDX-License-Identifier: GPL-2.0-only
/* The rows of an object as text, by which they are compared with what others read from it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unwind-table.h"

static int describe_cfa(uint32_t rule, char *to, size_t bytes)
{
	long long offset = unwind_offset_of(rule);

	switch (unwind_kind_of(rule)) {
	case UNWIND_NONE:
		return snprintf(to, bytes, "none");
	case UNWIND_END:
		return snprintf(to, bytes, "end");
	case UNWIND_SP:
		return snprintf(to, bytes, "rsp%+lld", offset);
	case UNWIND_FP:
		return snprintf(to, bytes, "rbp%+lld", offset);
	case UNWIND_AT_FP:
		return snprintf(to, bytes, "*(rbp%+lld)", offset);
	case UNWIND_PLT:
		return snprintf(to, bytes, "plt");
	case UNWIND_SIGNAL:
		return snprintf(to, bytes, "signal");
	default:
		return snprintf(to, bytes, "other");
	}
}

void unwind_describe(uint32_t rule, char *to, size_t bytes)
{
	uint32_t fp = unwind_fp_of(rule);
	int used = describe_cfa(rule, to, bytes);

	if (used < 0 || (size_t)used >= bytes)
		return;
	if (fp == UNWIND_FP_AT_FP)
		snprintf(to + used, bytes - used, " at-rbp");
	else if (fp == UNWIND_FP_LOST)
		snprintf(to + used, bytes - used, " lost");
	else if (fp != 0)
		snprintf(to + used, bytes - used, " c-%u", fp * UNWIND_WORD_BYTES);
	else
		snprintf(to + used, bytes - used, " same");
}

int unwind_print(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct unwind_table table = { 0 };
	struct elf_object object;
	const char *problem = fd < 0 ? "can't be opened" : elf_read(fd, &object);
	char text[64];

	if (problem == NULL) {
		problem = unwind_compile(&object, &table);
		elf_free(&object);
	}
	if (fd >= 0)
		close(fd);
	if (problem != NULL) {
		fprintf(stderr, "disprotrack-capture: %s: %s\n", path, problem);
		return 3;
	}
	for (unsigned int i = 0; i < table.count; i++) {
		unwind_describe(table.rows[i].rule, text, sizeof(text));
		printf("%x %s\n", table.rows[i].pc, text);
	}
	free(table.rows);
	return 0;
}
