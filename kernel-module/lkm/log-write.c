// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "log-write.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/major.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "cgroup-set.h"
#include "descriptor.h"
#include "path.h"
#include "socket.h"

struct prefixes {
	struct rcu_head rcu;
	unsigned int count;
	char text[DPT_PREFIXES_MAX][DPT_PREFIX_BYTES_MAX];
	u32 bytes[DPT_PREFIXES_MAX];
};

/* What is known of a file that is no log: finding a path costs more than all the rest. */
struct remembered {
	const struct inode *inode;
	const struct dentry *dentry;
	const struct vfsmount *mount;
	const struct dentry *root; /* of the process: the path is as it sees it */
	unsigned long number;
	u32 generation; /* another file's where the inode number is used again */
	int epoch;
};

#define REMEMBERED 256

static struct prefixes __rcu *prefixes;
static DEFINE_MUTEX(prefixes_lock);
static atomic_t epoch = ATOMIC_INIT(1);
static DEFINE_PER_CPU(struct remembered *, not_logs);

void dpt_log_forget(void)
{
	atomic_inc(&epoch);
}

int dpt_log_create(unsigned int cpu)
{
	struct remembered **entries = per_cpu_ptr(&not_logs, cpu);

	if (!*entries)
		*entries = vzalloc_node(array_size(REMEMBERED, sizeof(**entries)), cpu_to_node(cpu));
	return *entries ? 0 : -ENOMEM;
}

void dpt_log_destroy(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		vfree(per_cpu(not_logs, cpu));
		per_cpu(not_logs, cpu) = NULL;
	}
}

static bool below_prefix(const u8 *path, u32 bytes)
{
	const struct prefixes *list;
	bool below = false;
	unsigned int i;

	rcu_read_lock();
	list = rcu_dereference(prefixes);
	for (i = 0; list && i < list->count && !below; i++) {
		u32 prefix = list->bytes[i];

		below = bytes >= prefix && memcmp(path, list->text[i], prefix) == 0 &&
			(bytes == prefix || path[prefix] == '/');
	}
	rcu_read_unlock();
	return below;
}

static struct remembered remember(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return (struct remembered){
		.inode = inode,
		.dentry = file->f_path.dentry,
		.mount = file->f_path.mnt,
		.root = current->fs ? READ_ONCE(current->fs->root.dentry) : NULL,
		.number = inode->i_ino,
		.generation = inode->i_generation,
		.epoch = atomic_read(&epoch),
	};
}

static bool is_same(const struct remembered *a, const struct remembered *b)
{
	return a->inode == b->inode && a->dentry == b->dentry && a->mount == b->mount && a->root == b->root &&
	       a->number == b->number && a->generation == b->generation && a->epoch == b->epoch;
}

static void recognise_file(struct dpt_draft *draft, struct file *file)
{
	struct remembered now = remember(file);
	struct remembered *known = this_cpu_read(not_logs) + now.number % REMEMBERED;
	u32 *length = &draft->record.lengths.path;

	if (is_same(known, &now))
		return;
	dpt_path_add(draft, length, &file->f_path);
	if (below_prefix(draft->text, *length)) {
		draft->record.flags |= DPT_FLAG_LOG;
		return;
	}
	draft->record.flags &= ~DPT_FLAG_PATH_CUT;
	dpt_draft_clear_texts(draft);
	*known = now;
}

static bool is_inode_of(long fd, const struct inode *inode)
{
	struct file *file = dpt_descriptor_file(fd);
	bool same = file && file_inode(file) == inode;

	if (file)
		fput(file);
	return same;
}

/* What a container runtime gives a container for its output. */
static bool can_be_output(const struct inode *inode)
{
	unsigned int major = imajor(inode);

	if (S_ISCHR(inode->i_mode))
		return major == TTY_MAJOR || major == TTYAUX_MAJOR ||
		       (major >= UNIX98_PTY_MASTER_MAJOR && major < UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT);
	return S_ISFIFO(inode->i_mode) || S_ISSOCK(inode->i_mode);
}

/* A program that opens /dev/stdout, or /proc/self/fd/2, has another descriptor of the same pipe. */
static bool is_output(long fd, const struct inode *inode)
{
	return fd == 1 || fd == 2 || is_inode_of(1, inode) || is_inode_of(2, inode);
}

void dpt_log_recognise(struct dpt_draft *draft, long fd, struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (S_ISREG(inode->i_mode)) {
		recognise_file(draft, file);
	} else if (can_be_output(inode) && dpt_cgroups_have_current() && is_output(fd, inode)) {
		draft->record.flags |= DPT_FLAG_LOG | DPT_FLAG_CONTAINER_STDIO;
	} else if (S_ISSOCK(inode->i_mode) && dpt_socket_is_log(draft)) {
		draft->record.flags |= DPT_FLAG_LOG | DPT_FLAG_LOG_SOCKET;
	}
}

static int add_prefix(struct prefixes *list, const char *word)
{
	size_t bytes = strlen(word);

	while (bytes > 0 && word[bytes - 1] == '/')
		bytes--;
	if (word[0] != '/') {
		pr_err("prefixes: \"%s\" is not an absolute path\n", word);
		return -EINVAL;
	}
	if (bytes >= DPT_PREFIX_BYTES_MAX) {
		pr_err("prefixes: a prefix has at most %d bytes\n", DPT_PREFIX_BYTES_MAX - 1);
		return -EINVAL;
	}
	if (list->count == DPT_PREFIXES_MAX) {
		pr_err("prefixes: there are at most %d\n", DPT_PREFIXES_MAX);
		return -EINVAL;
	}
	memcpy(list->text[list->count], word, bytes);
	list->bytes[list->count++] = bytes;
	return 0;
}

int dpt_prefixes_set(const char *words)
{
	struct prefixes *list = kzalloc(sizeof(*list), GFP_KERNEL), *before;
	char *copy = kstrdup(words, GFP_KERNEL), *rest = copy, *word;
	int error = list && copy ? 0 : -ENOMEM;

	while (!error && (word = strsep(&rest, ":\n")))
		if (*word)
			error = add_prefix(list, word);
	kfree(copy);
	if (error) {
		kfree(list);
		return error;
	}
	mutex_lock(&prefixes_lock);
	before = rcu_dereference_protected(prefixes, lockdep_is_held(&prefixes_lock));
	rcu_assign_pointer(prefixes, list);
	mutex_unlock(&prefixes_lock);
	dpt_log_forget();
	if (before)
		kfree_rcu(before, rcu);
	return 0;
}

void dpt_prefixes_clear(void)
{
	kfree(rcu_dereference_protected(prefixes, true));
	RCU_INIT_POINTER(prefixes, NULL);
}

bool dpt_prefixes_are_set(void)
{
	return rcu_access_pointer(prefixes);
}

int dpt_prefixes_show(char *page)
{
	const struct prefixes *list;
	unsigned int i;
	int bytes = 0;

	rcu_read_lock();
	list = rcu_dereference(prefixes);
	for (i = 0; list && i < list->count; i++)
		bytes += scnprintf(page + bytes, PAGE_SIZE - bytes, "%s%s", i > 0 ? ":" : "",
				   list->bytes[i] > 0 ? list->text[i] : "/");
	rcu_read_unlock();
	return bytes + scnprintf(page + bytes, PAGE_SIZE - bytes, "\n");
}
