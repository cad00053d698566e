// SPDX-License-Identifier: GPL-2.0-only
#include "counters.h"

#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/sysfs.h>

#include "ring.h"

static u64 sum_lost(enum dpt_loss loss)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(&dpt_rings, cpu)->lost[loss]);
	return sum;
}

static ssize_t attempts_show(struct device *device, struct device_attribute *attribute, char *page)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(&dpt_rings, cpu)->sequence);
	return sysfs_emit(page, "%llu\n", sum);
}

static ssize_t lost_ring_show(struct device *device, struct device_attribute *attribute, char *page)
{
	return sysfs_emit(page, "%llu\n", sum_lost(DPT_LOSS_RING));
}

static ssize_t lost_source_show(struct device *device, struct device_attribute *attribute, char *page)
{
	return sysfs_emit(page, "%llu\n", sum_lost(DPT_LOSS_SOURCE));
}

/* A line for each cpu that has a ring: cpu, attempts, lost to a full ring, not made. */
static ssize_t cpus_show(struct device *device, struct device_attribute *attribute, char *page)
{
	unsigned int cpu;
	int bytes = 0;

	for_each_possible_cpu(cpu) {
		const struct dpt_ring *ring = per_cpu_ptr(&dpt_rings, cpu);

		if (smp_load_acquire(&ring->bytes))
			bytes += sysfs_emit_at(page, bytes, "%u %llu %llu %llu\n", cpu, READ_ONCE(ring->sequence),
					       READ_ONCE(ring->lost[DPT_LOSS_RING]),
					       READ_ONCE(ring->lost[DPT_LOSS_SOURCE]));
	}
	return bytes;
}

static DEVICE_ATTR_RO(attempts);
static DEVICE_ATTR_RO(lost_ring);
static DEVICE_ATTR_RO(lost_source);
static DEVICE_ATTR_RO(cpus);

static struct attribute *counter_attributes[] = {
	&dev_attr_attempts.attr,
	&dev_attr_lost_ring.attr,
	&dev_attr_lost_source.attr,
	&dev_attr_cpus.attr,
	NULL,
};

static const struct attribute_group counter_group = { .attrs = counter_attributes };
const struct attribute_group *dpt_counter_groups[] = { &counter_group, NULL };
