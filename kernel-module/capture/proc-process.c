// SPDX-License-Identifier: GPL-2.0-only
#include "proc-process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc-file.h"

#define KERNEL_THREAD 0x00200000 /* PF_KTHREAD */
#define FILE_BYTES_MAX 16384

static char file[FILE_BYTES_MAX];

static bool fill_from_stat(__u32 tgid, struct dpt_record *record)
{
	unsigned long long start;
	unsigned int ppid, flags;
	char *open_bracket, *close_bracket;
	size_t length;

	if (proc_read(tgid, "stat", file, sizeof(file)) == 0)
		return false;
	open_bracket = strchr(file, '(');
	close_bracket = strrchr(file, ')');
	if (open_bracket == NULL || close_bracket == NULL ||
	    sscanf(close_bracket + 1, " %*c %u %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ppid,
		   &flags, &start) != 3 ||
	    (flags & KERNEL_THREAD))
		return false;
	length = close_bracket - open_bracket - 1;
	memcpy(record->comm, open_bracket + 1, length < sizeof(record->comm) ? length : sizeof(record->comm));
	record->ppid = ppid;
	record->start_ns = start * (1000000000ull / sysconf(_SC_CLK_TCK));
	return true;
}

/* The last number of a line of status: that of the innermost namespace. */
static __u32 last_number(const char *name)
{
	const char *line = strstr(file, name), *end, *at;

	if (line == NULL)
		return 0;
	end = strchr(line + 1, '\n');
	for (at = end != NULL ? end : line + strlen(line); at > line && at[-1] >= '0' && at[-1] <= '9'; at--)
		;
	return strtoul(at, NULL, 10);
}

static void fill_from_status(__u32 tgid, struct dpt_record *record)
{
	const char *uids;

	proc_read(tgid, "status", file, sizeof(file));
	uids = strstr(file, "\nUid:");
	if (uids != NULL)
		sscanf(uids, "\nUid: %u %u", &record->uid, &record->euid);
	record->namespace_tgid = last_number("\nNStgid:");
	record->namespace_tid = last_number("\nNSpid:");
	proc_read(tgid, "loginuid", file, sizeof(file));
	record->login_uid = strtoul(file, NULL, 10);
	proc_read(tgid, "sessionid", file, sizeof(file));
	record->session = strtoul(file, NULL, 10);
}

/* Where hierarchies are mounted is the host's choice; these are the places that hosts choose. */
static __u64 cgroup_inode(const char *const mounts[], const char *path)
{
	char directory[DPT_PATH_BYTES_MAX + 64];
	struct stat status;

	for (; *mounts != NULL; mounts++) {
		snprintf(directory, sizeof(directory), "%s%s", *mounts, path);
		if (stat(directory, &status) == 0)
			return status.st_ino;
	}
	return 0;
}

static const char *const unified_mounts[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup", NULL };
static const char *const pids_mounts[] = { "/sys/fs/cgroup/pids", NULL };

/* The next line of `rest` that is of a hierarchy that counts: its version, and its path in `where`; 0 at the end. */
static int next_cgroup(char **rest, char **where)
{
	char *line, *controllers;

	while ((line = strsep(rest, "\n")) != NULL) {
		controllers = strchr(line, ':');
		*where = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
		if (*where == NULL)
			continue;
		*(*where)++ = 0;
		if (strcmp(controllers, ":pids") == 0)
			return 1;
		if (strcmp(line, "0:") == 0)
			return 2;
	}
	return 0;
}

static void fill_cgroups(__u32 tgid, struct dpt_record *record, char *path)
{
	char *where, *rest = file;
	int version;

	proc_read(tgid, "cgroup", file, sizeof(file));
	while ((version = next_cgroup(&rest, &where)) != 0) {
		if (version == 1)
			record->cgroup_v1 = cgroup_inode(pids_mounts, where);
		else
			record->cgroup_v2 = cgroup_inode(unified_mounts, where);
		if (record->cgroup_v1 == 0 || version == 1)
			snprintf(path, DPT_PATH_BYTES_MAX + 1, "%s", where);
	}
}

static bool is_named(const struct options *options, int version, __u64 inode)
{
	for (unsigned int i = 0; i < options->cgroup_count; i++)
		if (options->cgroups[i].version == version && options->cgroups[i].id == inode)
			return true;
	return false;
}

bool proc_is_tracked(__u32 tgid, const struct options *options)
{
	char *where, *rest = file;
	int version;

	proc_read(tgid, "cgroup", file, sizeof(file));
	while ((version = next_cgroup(&rest, &where)) != 0) {
		if (options->all_cgroups && strcmp(where, "/") != 0)
			return true;
		/* From the cgroup itself up to below the root. */
		for (; where[0] != 0 && where[1] != 0; *strrchr(where, '/') = 0)
			if (is_named(options, version, cgroup_inode(version == 1 ? pids_mounts : unified_mounts, where)))
				return true;
	}
	return false;
}

bool proc_process(__u32 tgid, struct dpt_record *record, struct proc_texts *texts)
{
	texts->cgroup[0] = 0;
	record->tgid = record->tid = tgid;
	if (!fill_from_stat(tgid, record))
		return false;
	fill_from_status(tgid, record);
	fill_cgroups(tgid, record, texts->cgroup);
	record->pid_namespace = proc_inode(tgid, "ns/pid");
	record->mount_namespace = proc_inode(tgid, "ns/mnt");
	record->net_namespace = proc_inode(tgid, "ns/net");
	record->lengths.exe = proc_link(tgid, "exe", texts->exe, sizeof(texts->exe));
	record->lengths.argv = proc_read(tgid, "cmdline", texts->argv, sizeof(texts->argv));
	if (record->lengths.argv == DPT_ARGV_BYTES_MAX)
		record->flags |= DPT_FLAG_ARGV_CUT;
	record->lengths.cgroup = strlen(texts->cgroup);
	return true;
}
