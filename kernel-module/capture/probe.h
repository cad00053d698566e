/* SPDX-License-Identifier: GPL-2.0-only */
/* What this kernel can run, and why not, as JSON for an operator's tool. */
#ifndef DISPROTRACK_PROBE_H
#define DISPROTRACK_PROBE_H

int probe(void);

#endif
