// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "cgroup-set.h"

#include <linux/cgroup.h>
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "identity.h"

#define CGROUPS_MAX 4096
#define WORD_BYTES_MAX 32

struct tracked {
	struct hlist_node node;
	struct rcu_head rcu;
	u64 id;
	int version;
};

static DEFINE_HASHTABLE(tracked, 8);
static unsigned int tracked_count;
static bool track_all;
/* Of changes; lookups are under RCU. */
static DEFINE_MUTEX(lock);

static struct tracked *find(u64 id, int version)
{
	struct tracked *entry;

	hash_for_each_possible_rcu(tracked, entry, node, id, lockdep_is_held(&lock))
		if (entry->id == id && entry->version == version)
			return entry;
	return NULL;
}

static bool has_ancestor(struct cgroup *cgroup, int version)
{
	for (; cgroup && cgroup_parent(cgroup); cgroup = cgroup_parent(cgroup))
		if (READ_ONCE(track_all) || find(cgroup_id(cgroup), version))
			return true;
	return false;
}

bool dpt_cgroups_have_current(void)
{
	bool has;

	if (READ_ONCE(tracked_count) == 0 && !READ_ONCE(track_all))
		return false;
	rcu_read_lock();
	has = has_ancestor(dpt_cgroup_v2(current), 2) || has_ancestor(dpt_cgroup_v1(current), 1);
	rcu_read_unlock();
	return has;
}

static int add(u64 id, int version)
{
	struct tracked *entry;

	if (find(id, version))
		return 0;
	if (tracked_count >= CGROUPS_MAX) {
		pr_err("no more than %d cgroups can be tracked\n", CGROUPS_MAX);
		return -ENOSPC;
	}
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->id = id;
	entry->version = version;
	hash_add_rcu(tracked, &entry->node, id);
	WRITE_ONCE(tracked_count, tracked_count + 1);
	return 0;
}

static void remove(struct tracked *entry)
{
	hash_del_rcu(&entry->node);
	kfree_rcu(entry, rcu);
	WRITE_ONCE(tracked_count, tracked_count - 1);
}

static void remove_all(void)
{
	struct hlist_node *next;
	struct tracked *entry;
	int bucket;

	WRITE_ONCE(track_all, false);
	hash_for_each_safe(tracked, bucket, next, entry, node)
		remove(entry);
}

static int change(const char *word)
{
	const char *id_text = word;
	struct tracked *entry;
	bool minus = *word == '-';
	int version = 2;
	u64 id;

	if (strcmp(word, "none") == 0) {
		remove_all();
		return 0;
	}
	if (strcmp(word, "all") == 0) {
		WRITE_ONCE(track_all, true);
		return 0;
	}
	if (minus || *word == '+')
		id_text++;
	if (strncmp(id_text, "v1:", 3) == 0) {
		version = 1;
		id_text += 3;
	}
	if (kstrtou64(id_text, 10, &id) || id == 0) {
		pr_err("cgroups: \"%s\" is not +ID, -ID, +v1:ID, -v1:ID, all or none\n", word);
		return -EINVAL;
	}
	if (!minus)
		return add(id, version);
	entry = find(id, version);
	if (entry)
		remove(entry);
	return 0;
}

int dpt_cgroups_change(const char *words)
{
	char *copy = kstrdup(words, GFP_KERNEL), *rest = copy, *word;
	int error = 0;

	if (!copy)
		return -ENOMEM;
	mutex_lock(&lock);
	while (!error && (word = strsep(&rest, ", \n")))
		if (*word)
			error = change(word);
	mutex_unlock(&lock);
	kfree(copy);
	return error;
}

int dpt_cgroups_show(char *page)
{
	struct tracked *entry;
	int bucket, bytes = 0;

	mutex_lock(&lock);
	if (track_all)
		bytes += scnprintf(page, PAGE_SIZE, "all\n");
	hash_for_each(tracked, bucket, entry, node)
		/* A page is what there is; the count says what is missing. */
		if (bytes + WORD_BYTES_MAX < PAGE_SIZE)
			bytes += scnprintf(page + bytes, PAGE_SIZE - bytes, "%s%llu\n",
					   entry->version == 1 ? "v1:" : "", entry->id);
	mutex_unlock(&lock);
	return bytes;
}

void dpt_cgroups_clear(void)
{
	mutex_lock(&lock);
	remove_all();
	mutex_unlock(&lock);
}
