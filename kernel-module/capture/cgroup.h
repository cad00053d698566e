/* SPDX-License-Identifier: GPL-2.0-only */
/* Cgroups as they are named on a command line: a directory's path, the inode of a version 2 one, or v1:INODE. */
#ifndef DISPROTRACK_CGROUP_H
#define DISPROTRACK_CGROUP_H

#include <stdbool.h>

#include "options.h"

bool cgroup_parse(const char *text, struct cgroup_id *cgroup);

#endif
