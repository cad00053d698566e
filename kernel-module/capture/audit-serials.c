// SPDX-License-Identifier: GPL-2.0-only
#include "audit-serials.h"

#include <stdbool.h>

/* An event that comes behind so many later ones is taken for lost. */
#define LATE_MAX 8192u
/* A jump further than this is another count: the numbers began anew. */
#define JUMP_MAX (1u << 24)

static bool has_begun;
/* Those from `next - LATE_MAX` on are in `seen`, or can still come. */
static uint32_t next;
static bool seen[LATE_MAX];

static void begin(uint32_t serial)
{
	for (uint32_t i = 0; i < LATE_MAX; i++)
		seen[i] = true;
	has_begun = true;
	next = serial;
}

uint32_t audit_serial_seen(uint32_t serial)
{
	uint32_t missing = 0;
	int32_t ahead = serial - next;

	if (!has_begun || ahead > (int32_t)JUMP_MAX || ahead < -(int32_t)JUMP_MAX)
		begin(serial);
	while ((int32_t)(serial - next) >= 0) {
		missing += !seen[next % LATE_MAX];
		seen[next++ % LATE_MAX] = false;
	}
	if (next - serial <= LATE_MAX)
		seen[serial % LATE_MAX] = true;
	return missing;
}

uint32_t audit_serials_end(void)
{
	uint32_t missing = 0;

	for (uint32_t i = 0; i < LATE_MAX; i++) {
		missing += has_begun && !seen[i];
		seen[i] = true;
	}
	return missing;
}
