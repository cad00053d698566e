// SPDX-License-Identifier: GPL-2.0-only
#include "snapshot.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "clock.h"
#include "output.h"
#include "proc-file.h"
#include "proc-process.h"
#include "proc-sockets.h"

#define LINK_BYTES_MAX (DPT_PATH_BYTES_MAX + 1)

static struct proc_texts texts;

static DIR *open_descriptors(__u32 tgid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/fd", tgid);
	return opendir(path);
}

/* -1 where the entry is none. */
static int descriptor_of(const struct dirent *entry)
{
	return isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : -1;
}

static bool has_io_uring(__u32 tgid)
{
	DIR *directory = open_descriptors(tgid);
	struct dirent *entry;
	bool found = false;
	char name[32], link[64];

	while (directory != NULL && !found && (entry = readdir(directory)) != NULL) {
		if (descriptor_of(entry) < 0)
			continue;
		snprintf(name, sizeof(name), "fd/%d", descriptor_of(entry));
		found = proc_link(tgid, name, link, sizeof(link)) > 0 && strcmp(link, "anon_inode:[io_uring]") == 0;
	}
	if (directory != NULL)
		closedir(directory);
	return found;
}

/* What is already known: the network file system behind a descriptor must not be asked. */
static void fill_object(__u32 tgid, const char *name, struct dpt_object *object)
{
	char path[48];
	struct statx status;

	snprintf(path, sizeof(path), "/proc/%u/%s", tgid, name);
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &status) != 0)
		return;
	object->inode = status.stx_ino;
	object->device = status.stx_dev_major << 20 | status.stx_dev_minor;
	object->mode = status.stx_mode;
}

static bool write_descriptor(const struct dpt_record *process, int fd)
{
	struct dpt_record record = *process;
	char name[32], link[LINK_BYTES_MAX], socket_name[UNIX_NAME_BYTES_MAX + 1] = "";
	const void *const parts[6] = { link, socket_name };

	snprintf(name, sizeof(name), "fd/%d", fd);
	memset(&record.lengths, 0, sizeof(record.lengths));
	record.kind = DPT_DESCRIPTOR;
	record.args[0] = fd;
	fill_object(process->tgid, name, &record.object);
	if (S_ISSOCK(record.object.mode)) {
		proc_socket(process->tgid, process->net_namespace, record.object.inode, &record.socket, socket_name);
		record.lengths.path2 = strlen(socket_name);
	}
	record.lengths.path = proc_link(process->tgid, name, link, sizeof(link));
	if (link[0] != '/') /* pipe:[…], socket:[…], anon_inode:… have no path */
		record.lengths.path = 0;
	return output_with_texts(&record, parts);
}

static bool write_descriptors(const struct dpt_record *process)
{
	DIR *directory = open_descriptors(process->tgid);
	struct dirent *entry;
	bool going = true;

	while (directory != NULL && going && (entry = readdir(directory)) != NULL)
		if (descriptor_of(entry) >= 0)
			going = write_descriptor(process, descriptor_of(entry));
	if (directory != NULL)
		closedir(directory);
	return going;
}

static bool write_process(const struct source *source, __u32 tgid, int64_t offset_ns)
{
	struct dpt_record record = own_record(DPT_PROCESS, clock_monotonic_ns(), offset_ns);
	const void *const parts[6] = { NULL, NULL, texts.exe, texts.argv, texts.cgroup };
	uint64_t start;

	if (!proc_process(tgid, &record, &texts))
		return true;
	start = source->start_of != NULL ? source->start_of(tgid) : 0;
	if (start != 0)
		record.start_ns = start;
	if (has_io_uring(tgid))
		record.flags |= DPT_FLAG_IO_URING;
	return output_with_texts(&record, parts) && write_descriptors(&record);
}

bool snapshot_write(const struct source *source, const struct options *options, int64_t offset_ns)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	bool going = true;

	while (directory != NULL && going && (entry = readdir(directory)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    (!options->only_cgroups || proc_is_tracked(atoi(entry->d_name), options)))
			going = write_process(source, atoi(entry->d_name), offset_ns);
	if (directory != NULL)
		closedir(directory);
	proc_sockets_forget();
	return going && output_flush();
}
