/* SPDX-License-Identifier: GPL-2.0-only */
/* What a descriptor of the current task means. */
#ifndef DPT_DESCRIPTOR_H
#define DPT_DESCRIPTOR_H

#include "abi.h"

struct file;

/* To be given back by fput. NULL where there is none. */
struct file *dpt_descriptor_file(long fd);
void dpt_object_fill(struct dpt_object *object, const struct file *file);
/* Nothing where the descriptor means nothing. */
void dpt_object_fill_fd(struct dpt_object *object, long fd);

#endif
