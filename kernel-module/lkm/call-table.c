// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "call-list.h"
#include "call-number.h"
#include "call.h"

#define ENTRY(call, ...) { .name = #call, .plan = { __VA_ARGS__ } },
static struct dpt_call calls[] = { CALL_LIST(ENTRY) };
#undef ENTRY

#define ENTRY(call, ...) __NR_##call,
static const int native_numbers[] = { CALL_LIST(ENTRY) };
#undef ENTRY

#ifdef DPT_HAS_COMPAT_NUMBERS
#define ENTRY(call, ...) __NR_ia32_##call,
static const int compat_numbers[] = { CALL_LIST(ENTRY) };
#undef ENTRY
#endif

static struct dpt_call *native[PLAN_SYSCALLS_MAX] __read_mostly;
static struct dpt_call *compat[PLAN_SYSCALLS_MAX] __read_mostly;
static DEFINE_MUTEX(skip_lock);

static void number_calls(struct dpt_call **table, const int *numbers)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (numbers[i] >= 0 && numbers[i] < PLAN_SYSCALLS_MAX)
			table[numbers[i]] = &calls[i];
}

void dpt_calls_create(void)
{
	number_calls(native, native_numbers);
#ifdef DPT_HAS_COMPAT_NUMBERS
	number_calls(compat, compat_numbers);
#endif
}

struct dpt_call *dpt_call_find(unsigned int number, bool is_compat)
{
	if (number >= PLAN_SYSCALLS_MAX)
		return NULL;
	return is_compat ? compat[number] : native[number];
}

static struct dpt_call *find_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (strcmp(calls[i].name, name) == 0)
			return &calls[i];
	return NULL;
}

int dpt_calls_skip(const char *names)
{
	bool skipped[ARRAY_SIZE(calls)] = {};
	char *copy = kstrdup(names, GFP_KERNEL), *rest = copy, *name;
	int error = copy ? 0 : -ENOMEM;
	size_t i;

	while (!error && (name = strsep(&rest, ", \n"))) {
		const struct dpt_call *call = find_named(name);

		if (call) {
			skipped[call - calls] = true;
		} else if (*name) {
			pr_err("skipped: no syscall \"%s\" is recorded\n", name);
			error = -EINVAL;
		}
	}
	kfree(copy);
	if (error)
		return error;
	mutex_lock(&skip_lock);
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		WRITE_ONCE(calls[i].skipped, skipped[i]);
	mutex_unlock(&skip_lock);
	return 0;
}

int dpt_calls_show_skipped(char *page)
{
	int bytes = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (READ_ONCE(calls[i].skipped))
			bytes += scnprintf(page + bytes, PAGE_SIZE - bytes, "%s%s", bytes > 0 ? "," : "",
					   calls[i].name);
	return bytes + scnprintf(page + bytes, PAGE_SIZE - bytes, "\n");
}
