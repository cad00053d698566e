/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths as texts of a draft, as the current task's root shows them. */
#ifndef DPT_PATH_H
#define DPT_PATH_H

#include "draft.h"

struct path;

/* Of something open or mapped. An unlinked file's path is what it was. */
void dpt_path_add(struct dpt_draft *draft, u32 *length, const struct path *path);
void dpt_path_add_working_directory(struct dpt_draft *draft, u32 *length);
/*
 * What a call named: `name` itself where it is absolute, else behind the directory's path. It is not resolved, since
 * that could wait for a disk: links and ".." stand in it as the caller wrote them.
 */
void dpt_path_add_named(struct dpt_draft *draft, u32 *length, int directory, const char __user *name);
/* As above, of a name that the kernel holds. */
void dpt_path_add_kernel_name(struct dpt_draft *draft, u32 *length, const char *name);
/* Any text of the caller's. */
void dpt_path_add_raw(struct dpt_draft *draft, u32 *length, const char __user *text);

#endif
