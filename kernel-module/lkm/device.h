/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/disprotrack: one reader, whole records. */
#ifndef DPT_DEVICE_H
#define DPT_DEVICE_H

int dpt_device_create(void);
void dpt_device_destroy(void);

#endif
