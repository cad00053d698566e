/* SPDX-License-Identifier: GPL-2.0-only */
/* The helper at work: from a source's start to its last record. It must not know which source it is. */
#ifndef DISPROTRACK_RUN_H
#define DISPROTRACK_RUN_H

#include "source.h"

/* An exit code: 0 when it was told to end, 3 where the source failed. */
int run(const struct source *source, const struct options *options);

#endif
