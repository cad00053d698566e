/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which writes are log writes: to files below configured prefixes, to what a tracked container has on descriptors 1
 * and 2, to sockets of syslog and the journal. It must not know how bytes get to user space.
 */
#ifndef DISPROTRACK_LOG_H
#define DISPROTRACK_LOG_H

#include "socket.h"

#define SYSLOG_PORT 514

struct file_key {
	__u64 dentry;
	__u64 mount;
	__u64 root;
	__u64 inode;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct file_key);
	__type(value, __u64); /* settings.name_generation << 1 | is a log */
} verdicts SEC(".maps");

/* Of the path at path_start, ended by a slash so that a prefix can name a file or a folder. Verified once. */
__noinline int matches_prefix(void)
{
	struct scratch *scratch = this_scratch();
	__u32 start;

	if (scratch == NULL)
		return 0;
	start = BOUNDED(scratch->path_start, PATH_ROOM - 1);
	scratch->path[PATH_ROOM] = '/';
	for (int i = 0; i < PREFIXES_MAX && i < settings.prefix_count; i++) {
		int word = 0;

		for (; word < PREFIX_WORDS; word++) {
			__u64 mask = settings.prefixes[i].masks[word];

			if (mask == 0)
				return 1;
			if ((*(__u64 *)(scratch->path + start + word * 8) & mask) != settings.prefixes[i].words[word])
				break;
		}
		if (word == PREFIX_WORDS)
			return 1;
	}
	return 0;
}

static __always_inline bool judge(struct scratch *scratch, struct file *file, struct task_struct *task)
{
	return walk_from(scratch, &file->f_path, task) == 0 && matches_prefix();
}

/* Remembers the last verdict of this cpu, and many more in a map, until names may mean something else. */
static __noinline bool is_log_file(struct scratch *scratch, struct task_struct *task, struct file *file, __u64 inode)
{
	struct fs_struct *fs = READ(task, fs);
	__u64 generation = settings.name_generation;
	struct file_key key = {
		.dentry = (__u64)READ(file, f_path.dentry),
		.mount = (__u64)READ(file, f_path.mnt),
		.root = fs != NULL ? (__u64)READ(fs, root.dentry) : 0,
		.inode = inode,
	};
	__u64 *known, verdict;

	if (scratch->file_generation == generation && scratch->file_key[0] == key.dentry &&
	    scratch->file_key[1] == key.mount && scratch->file_key[2] == key.root && scratch->file_key[3] == key.inode)
		return scratch->file_is_log;
	known = bpf_map_lookup_elem(&verdicts, &key);
	if (known != NULL && *known >> 1 == generation) {
		verdict = *known;
	} else {
		verdict = generation << 1 | judge(scratch, file, task);
		bpf_map_update_elem(&verdicts, &key, &verdict, BPF_ANY);
	}
	scratch->file_generation = generation;
	__builtin_memcpy(scratch->file_key, &key, sizeof(key));
	scratch->file_is_log = verdict & 1;
	scratch->file_path_length = 0;
	return scratch->file_is_log;
}

/* Appends the path of a log file, which is_log_file has just seen; returns its length. */
static __always_inline __u32 append_log_path(struct scratch *scratch, struct task_struct *task, struct file *file)
{
	__u32 start, length;

	if (scratch->file_path_length != 0)
		return append(scratch, scratch->file_path, scratch->file_path_length, FILE_PATH_MAX);
	length = append_path(scratch, task, file);
	start = BOUNDED(scratch->path_start, PATH_ROOM - 1);
	if (length < FILE_PATH_MAX && !(scratch->record.flags & DPT_FLAG_PATH_CUT) &&
	    bpf_probe_read_kernel(scratch->file_path, BOUNDED(length, FILE_PATH_MAX - 1), scratch->path + start) == 0)
		scratch->file_path_length = length;
	return length;
}

static __always_inline bool is_terminal(const struct dpt_object *object, struct file *file)
{
	__u32 major = READ(file, f_inode, i_rdev) >> 20;

	return is_type(object, MODE_CHARACTER) && (major == 4 || major == 5 || (major >= 136 && major <= 143));
}

static __always_inline bool is_inode_of(struct task_struct *task, __u64 fd, const struct dpt_object *object)
{
	struct file *file = file_of(task, fd);

	return file != NULL && READ(TYPED(struct file, file), f_inode, i_ino) == object->inode;
}

/* The pipe may have been opened anew, as /dev/stdout, and then has another descriptor. */
static __always_inline bool is_container_stdio(const struct scratch *scratch, struct task_struct *task, __u64 fd,
					       struct file *file, const struct dpt_object *object)
{
	if (!scratch->tracked)
		return false;
	if (!is_type(object, MODE_FIFO) && !is_type(object, MODE_SOCKET) && !is_terminal(object, file))
		return false;
	return fd == 1 || fd == 2 || is_inode_of(task, 1, object) || is_inode_of(task, 2, object);
}

/* Compares letter by letter: there is no memcmp to call. */
#define STARTS(name, text)                                         \
	({                                                         \
		const char _text[] = text;                         \
		bool _same = true;                                 \
		_Pragma("clang loop unroll(full)")                 \
		for (int _i = 0; _i < sizeof(_text) - 1; _i++)     \
			_same = _same && (name)[_i] == _text[_i];  \
		_same;                                             \
	})

/* By the name that a unix socket's other end was bound to, which is path2; or by syslog's own port. */
static __noinline bool is_log_socket(struct scratch *scratch)
{
	const struct dpt_address *remote = &scratch->record.socket.remote;
	__u32 length = scratch->record.lengths.path2;
	__u32 start = BOUNDED(scratch->used - length, TEXT_MASK);
	const char *name = (const char *)scratch->bytes + start;
	const char *end;

	if (remote->family == FAMILY_INET || remote->family == FAMILY_INET6)
		return remote->port == SYSLOG_PORT;
	if (remote->family != FAMILY_UNIX || length < 8 || length > UNIX_NAME_MAX)
		return false;
	if (length > 20 && STARTS(name, "/run/systemd/journal"))
		return true;
	end = (const char *)scratch->bytes + BOUNDED(scratch->used - 8, TEXT_MASK);
	return STARTS(end, "/dev/log") || STARTS(end + 1, "/syslog") || (length == 8 && STARTS(name, "/run/log")) ||
	       (length == 12 && STARTS(name, "/var/run/log"));
}

#endif
