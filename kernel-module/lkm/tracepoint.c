// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tracepoint.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>
#include <trace/events/syscalls.h>

#include "task-events.h"

static struct probe {
	const char *name;
	void *function;
	struct tracepoint *tracepoint;
	bool attached;
} probes[] = {
	{ "sys_exit", dpt_on_return },
	{ "sched_process_fork", dpt_on_fork },
	{ "sched_process_exec", dpt_on_exec },
	{ "sched_process_exit", dpt_on_exit },
};

/* The registration takes any function: this makes the compiler compare them with what the kernel calls. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_sys_exit(dpt_on_return);
	check_trace_callback_type_sched_process_fork(dpt_on_fork);
	check_trace_callback_type_sched_process_exec(dpt_on_exec);
	check_trace_callback_type_sched_process_exit(dpt_on_exit);
}

static void look_at(struct tracepoint *tracepoint, void *unused)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (strcmp(tracepoint->name, probes[i].name) == 0)
			probes[i].tracepoint = tracepoint;
}

static int attach(struct probe *probe)
{
	int error = probe->tracepoint ? tracepoint_probe_register(probe->tracepoint, probe->function, NULL) : -ENOENT;

	if (error)
		pr_err("can't attach to the tracepoint %s (%d)\n", probe->name, error);
	probe->attached = !error;
	return error;
}

int dpt_tracepoints_attach(void)
{
	size_t i;
	int error = 0;

	for_each_kernel_tracepoint(look_at, NULL);
	for (i = 0; i < ARRAY_SIZE(probes) && !error; i++)
		error = attach(&probes[i]);
	if (error)
		dpt_tracepoints_detach();
	return error;
}

void dpt_tracepoints_detach(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i].attached)
			tracepoint_probe_unregister(probes[i].tracepoint, probes[i].function, NULL);
		probes[i].attached = false;
	}
	tracepoint_synchronize_unregister();
}
