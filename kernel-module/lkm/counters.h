/* SPDX-License-Identifier: GPL-2.0-only */
/* What was tried and what was lost, at /sys/class/misc/disprotrack. */
#ifndef DPT_COUNTERS_H
#define DPT_COUNTERS_H

#include <linux/sysfs.h>

extern const struct attribute_group *dpt_counter_groups[];

#endif
