// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup.h"

#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static bool of_directory(const char *path, struct cgroup_id *cgroup)
{
	struct statfs system;
	struct stat status;

	if (statfs(path, &system) != 0 || stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
		return false;
	if (system.f_type != CGROUP2_SUPER_MAGIC && system.f_type != CGROUP_SUPER_MAGIC)
		return false;
	*cgroup = (struct cgroup_id){ status.st_ino, system.f_type == CGROUP2_SUPER_MAGIC ? 2 : 1 };
	return true;
}

bool cgroup_parse(const char *text, struct cgroup_id *cgroup)
{
	char *end;

	if (text[0] == '/')
		return of_directory(text, cgroup);
	cgroup->version = strncmp(text, "v1:", 3) == 0 ? 1 : 2;
	if (cgroup->version == 1)
		text += 3;
	cgroup->id = strtoull(text, &end, 10);
	return end != text && *end == 0 && cgroup->id != 0;
}
