/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which events of audit are missing, by their numbers: the kernel numbers them without a hole and does not count all
 * that it throws away. Events come nearly in order. It must not know who reads them.
 */
#ifndef DISPROTRACK_AUDIT_SERIALS_H
#define DISPROTRACK_AUDIT_SERIALS_H

#include <stdint.h>

/* One of the event's messages came. Returns how many events are given up by it: they are older than any that is late. */
uint32_t audit_serial_seen(uint32_t serial);
/* How many are missing below the newest; those are given up. */
uint32_t audit_serials_end(void);

#endif
