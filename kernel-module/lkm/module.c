// SPDX-License-Identifier: GPL-2.0-only
/*
 * DisProTrack's kernel module: what processes do, and every log line as it is written, as the records of abi.h. It
 * listens at tracepoints and changes nothing; whatever it can't keep up with is lost and counted.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/module.h>

#include "call.h"
#include "device.h"
#include "draft.h"
#include "log-write.h"
#include "parameters.h"
#include "ring.h"
#include "tracepoint.h"

#if !IS_ENABLED(CONFIG_64BIT) || !IS_ENABLED(CONFIG_CGROUPS)
#error "DisProTrack needs a 64-bit kernel with cgroups"
#endif
/* There, what d_path and the sockets lock can sleep. */
#if IS_ENABLED(CONFIG_PREEMPT_RT)
#error "DisProTrack does not run on PREEMPT_RT kernels"
#endif

static int hotplug_state;

static int prepare_cpu(unsigned int cpu)
{
	int error = dpt_ring_create(cpu, dpt_ring_bytes);

	if (!error)
		error = dpt_draft_create(cpu);
	if (!error)
		error = dpt_log_create(cpu);
	return error;
}

static void free_cpus(void)
{
	dpt_rings_destroy();
	dpt_drafts_destroy();
	dpt_log_destroy();
}

static void forget_cpus(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
	free_cpus();
}

static int prepare_cpus(void)
{
	unsigned int cpu;
	int error = 0;

	/* Kernels before 6.1 don't call a callback of this kind for cpus that are there. */
	hotplug_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "disprotrack:prepare", prepare_cpu, NULL);
	if (hotplug_state < 0)
		return hotplug_state;
	cpus_read_lock();
	for_each_online_cpu(cpu)
		if (!error)
			error = prepare_cpu(cpu);
	cpus_read_unlock();
	if (error) {
		pr_err("no memory for a ring of %u bytes on each cpu\n", dpt_ring_bytes);
		forget_cpus();
	}
	return error;
}

static int __init start(void)
{
	int error = dpt_parameters_check();

	if (!error && !dpt_prefixes_are_set())
		error = dpt_prefixes_set("/var/log");
	if (error)
		return error;
	dpt_calls_create();
	error = prepare_cpus();
	if (error)
		return error;
	error = dpt_device_create();
	if (error)
		goto no_device;
	error = dpt_tracepoints_attach();
	if (error)
		goto no_tracepoints;
	return 0;

no_tracepoints:
	dpt_device_destroy();
no_device:
	forget_cpus();
	return error;
}

static void __exit stop(void)
{
	dpt_tracepoints_detach();
	dpt_device_destroy();
	forget_cpus();
}

module_init(start);
module_exit(stop);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Provenance records of processes and log writes");
MODULE_VERSION("0.1.0");
