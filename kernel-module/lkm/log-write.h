/* SPDX-License-Identifier: GPL-2.0-only */
/* Which writes are log writes: below a configured prefix, a tracked container's output, or to a log socket. */
#ifndef DPT_LOG_WRITE_H
#define DPT_LOG_WRITE_H

#include "draft.h"

#define DPT_PREFIXES_MAX 16
#define DPT_PREFIX_BYTES_MAX 128

struct file;

/*
 * Of a write to `fd`, which is `file`, and whose socket the draft has if it is one. Sets the flags and, for a file, the
 * path.
 */
void dpt_log_recognise(struct dpt_draft *draft, long fd, struct file *file);

/* Paths may have changed: what is remembered of them no longer counts. */
void dpt_log_forget(void);

int dpt_log_create(unsigned int cpu);
void dpt_log_destroy(void);

/* Absolute paths, apart by colons; a file's path is one of them or below it. Replaces what there was, or nothing. */
int dpt_prefixes_set(const char *list);
int dpt_prefixes_show(char *page);
bool dpt_prefixes_are_set(void);
/* Nobody looks at them any more. */
void dpt_prefixes_clear(void);

#endif
