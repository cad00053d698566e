/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a task's memory without ever waiting for it: what is not in memory can't be read, and the caller says so in
 * its record. Preemption is off.
 */
#ifndef DPT_USER_TEXT_H
#define DPT_USER_TEXT_H

#include <linux/types.h>

/* Returns how many bytes could be read, from the first on. */
size_t dpt_user_read(void *to, const void __user *from, size_t bytes);
/* Whole or not at all. */
bool dpt_user_get(void *to, const void __user *from, size_t bytes);
/* Returns the length without the zero byte, `max` where there is none within it, or -EFAULT. */
long dpt_user_string(char *to, const char __user *from, long max);

#endif
