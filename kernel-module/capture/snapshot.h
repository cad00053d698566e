/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was there before the capture: processes and their descriptors. It is taken while records flow already, so that
 * nothing is missed between; a process may then be known twice.
 */
#ifndef DISPROTRACK_SNAPSHOT_H
#define DISPROTRACK_SNAPSHOT_H

#include <stdbool.h>

#include "options.h"
#include "source.h"

/* False where the output has ended. */
bool snapshot_write(const struct source *source, const struct options *options, int64_t offset_ns);

#endif
