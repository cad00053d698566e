/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines on standard input that change what is captured while it runs. */
#ifndef DISPROTRACK_CONTROL_H
#define DISPROTRACK_CONTROL_H

#include <stdbool.h>

#include "source.h"

/* Reads what there is and hands whole lines to the source; says on standard error what it can't follow. False where
 * standard input has ended. */
bool control_read(const struct source *source);

#endif
