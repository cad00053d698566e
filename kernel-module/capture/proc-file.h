/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files and links of /proc. A process may end at any time: then there is nothing, which is no error. */
#ifndef DISPROTRACK_PROC_FILE_H
#define DISPROTRACK_PROC_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Reads at most bytes - 1 of /proc/PID/NAME and ends it with a zero byte; returns how many. */
size_t proc_read(uint32_t pid, const char *name, char *to, size_t bytes);
/* The target of a link, likewise, without the word that says that its file was removed. */
size_t proc_link(uint32_t pid, const char *name, char *to, size_t bytes);
/* The inode of what a link leads to; 0 where there is none. */
uint64_t proc_inode(uint32_t pid, const char *name);

#endif
