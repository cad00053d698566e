/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the kernel's tracepoints, and holds on to them. */
#ifndef DPT_TRACEPOINT_H
#define DPT_TRACEPOINT_H

int dpt_tracepoints_attach(void);
/* When it returns, no probe runs any more, nor will one. */
void dpt_tracepoints_detach(void);

#endif
