/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One stream out of a source's lanes, in the order of time. What is younger than the window waits, since an older
 * record of another lane may still be on its way. It must not know what a source is.
 */
#ifndef DISPROTRACK_MERGE_H
#define DISPROTRACK_MERGE_H

#include <stdbool.h>

#include "source.h"

/* Writes what happened up to `until`; false where the output has ended. */
bool merge_until(const struct source *source, uint64_t until_ns);

#endif
