/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled programs, in the helper itself. */
#ifndef DISPROTRACK_EBPF_OBJECTS_H
#define DISPROTRACK_EBPF_OBJECTS_H

/* Follows pointers by plain loads: from 6.2 on. */
extern const char ebpf_loads_start[], ebpf_loads_end[];
/* Asks the kernel for every step: everywhere else. */
extern const char ebpf_probes_start[], ebpf_probes_end[];
/* The same with the walk of stacks, from 5.17 on. */
extern const char ebpf_probes_stacks_start[], ebpf_probes_stacks_end[];

#endif
