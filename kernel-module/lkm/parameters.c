// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "parameters.h"

#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/slab.h>

#include "call.h"
#include "cgroup-set.h"
#include "log-write.h"
#include "ring.h"

#define IGNORED_MAX 64

bool dpt_only_logs, dpt_only_cgroups, dpt_payloads = true;
unsigned int dpt_ring_bytes = 4u << 20;

static u32 ignored[IGNORED_MAX]; /* 0 where there is none */
static unsigned int ignored_end; /* behind the last */
static u32 reader;

bool dpt_is_ignored(u32 tgid)
{
	unsigned int i, end = READ_ONCE(ignored_end);

	if (tgid == READ_ONCE(reader))
		return true;
	for (i = 0; i < end; i++)
		if (READ_ONCE(ignored[i]) == tgid)
			return true;
	return false;
}

void dpt_ignore_reader(u32 tgid)
{
	WRITE_ONCE(reader, tgid);
}

int dpt_parameters_check(void)
{
	if (is_power_of_2(dpt_ring_bytes) && dpt_ring_bytes >= DPT_RING_BYTES_MIN &&
	    dpt_ring_bytes <= DPT_RING_BYTES_MAX)
		return 0;
	pr_err("ring_bytes=%u is not a power of two from %u to %u\n", dpt_ring_bytes, DPT_RING_BYTES_MIN,
	       DPT_RING_BYTES_MAX);
	return -EINVAL;
}

/* The kernel calls these one at a time. */
static int change_ignored(const char *word)
{
	bool minus = *word == '-';
	unsigned int i;
	u32 tgid;

	if (kstrtou32(word + (minus || *word == '+'), 10, &tgid) || tgid == 0) {
		pr_err("ignored: \"%s\" is not +TGID or -TGID\n", word);
		return -EINVAL;
	}
	for (i = 0; i < IGNORED_MAX && ignored[i] != tgid; i++)
		;
	if (minus || i < IGNORED_MAX) {
		if (minus && i < IGNORED_MAX)
			WRITE_ONCE(ignored[i], 0);
		return 0;
	}
	for (i = 0; i < IGNORED_MAX && ignored[i] != 0; i++)
		;
	if (i == IGNORED_MAX) {
		pr_err("ignored: no more than %d processes\n", IGNORED_MAX);
		return -ENOSPC;
	}
	WRITE_ONCE(ignored[i], tgid);
	WRITE_ONCE(ignored_end, max(ignored_end, i + 1));
	return 0;
}

static int set_ignored(const char *text, const struct kernel_param *parameter)
{
	char *copy = kstrdup(text, GFP_KERNEL), *rest = copy, *word;
	int error = copy ? 0 : -ENOMEM;

	while (!error && (word = strsep(&rest, ", \n")))
		if (*word)
			error = change_ignored(word);
	kfree(copy);
	return error;
}

static int get_ignored(char *page, const struct kernel_param *parameter)
{
	unsigned int i;
	int bytes = 0;

	for (i = 0; i < ignored_end; i++)
		if (ignored[i] != 0)
			bytes += scnprintf(page + bytes, PAGE_SIZE - bytes, "%u\n", ignored[i]);
	return bytes;
}

static int set_prefixes(const char *text, const struct kernel_param *parameter)
{
	return dpt_prefixes_set(text);
}

static int get_prefixes(char *page, const struct kernel_param *parameter)
{
	return dpt_prefixes_show(page);
}

static int set_cgroups(const char *text, const struct kernel_param *parameter)
{
	return dpt_cgroups_change(text);
}

static int get_cgroups(char *page, const struct kernel_param *parameter)
{
	return dpt_cgroups_show(page);
}

static int set_skipped(const char *text, const struct kernel_param *parameter)
{
	return dpt_calls_skip(text);
}

static int get_skipped(char *page, const struct kernel_param *parameter)
{
	return dpt_calls_show_skipped(page);
}

/* Called when the module goes, and where it does not even come because another parameter is wrong. */
static void free_prefixes(void *argument)
{
	dpt_prefixes_clear();
}

static void free_cgroups(void *argument)
{
	dpt_cgroups_clear();
}

static const struct kernel_param_ops prefixes_ops = { .set = set_prefixes, .get = get_prefixes, .free = free_prefixes };
static const struct kernel_param_ops cgroups_ops = { .set = set_cgroups, .get = get_cgroups, .free = free_cgroups };
static const struct kernel_param_ops ignored_ops = { .set = set_ignored, .get = get_ignored };
static const struct kernel_param_ops skipped_ops = { .set = set_skipped, .get = get_skipped };

module_param_cb(prefixes, &prefixes_ops, NULL, 0600);
MODULE_PARM_DESC(prefixes, "log files lie below these paths, apart by colons (default /var/log)");
module_param_cb(cgroups, &cgroups_ops, NULL, 0600);
MODULE_PARM_DESC(cgroups, "+ID, -ID, +v1:ID, -v1:ID, all, none: what these write to descriptors 1 and 2 is a log");
module_param_cb(ignored, &ignored_ops, NULL, 0600);
MODULE_PARM_DESC(ignored, "+TGID, -TGID: nothing is recorded of these processes");
module_param_cb(skipped, &skipped_ops, NULL, 0600);
MODULE_PARM_DESC(skipped, "syscalls that are not recorded, but for log writes, by name");
module_param_named(only_logs, dpt_only_logs, bool, 0600);
MODULE_PARM_DESC(only_logs, "of the calls that write, record log writes alone");
module_param_named(only_cgroups, dpt_only_cgroups, bool, 0600);
MODULE_PARM_DESC(only_cgroups, "record nothing of processes outside of the cgroups");
module_param_named(payloads, dpt_payloads, bool, 0600);
MODULE_PARM_DESC(payloads, "record what log writes wrote (default yes)");
module_param_named(ring_bytes, dpt_ring_bytes, uint, 0400);
MODULE_PARM_DESC(ring_bytes, "of each cpu, a power of two (default 4 MiB)");
