/* SPDX-License-Identifier: GPL-2.0-only */
/* What was there before the capture: processes and their descriptors. */
#ifndef DISPROTRACK_SNAPSHOT_H
#define DISPROTRACK_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

/* False where the output has ended. */
bool snapshot_write(int64_t offset_ns);

#endif
