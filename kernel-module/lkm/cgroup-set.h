/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cgroups whose containers are tracked. A process is in one if its cgroup or one above it is in the set; v2 by
 * the inode of the cgroup's directory, v1 by that of the pids controller's.
 */
#ifndef DPT_CGROUP_SET_H
#define DPT_CGROUP_SET_H

#include <linux/types.h>

bool dpt_cgroups_have_current(void);

/*
 * Words apart by commas or spaces: +ID, -ID or ID (the same as +), v1:ID after the sign for one of v1, `all` for every
 * cgroup but the root, `none` to begin anew. Stops at the first wrong word; those before it count.
 */
int dpt_cgroups_change(const char *words);
/* As words, into a page. */
int dpt_cgroups_show(char *page);
void dpt_cgroups_clear(void);

#endif
