/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading kernel memory. From 6.2 on a pointer can be given its type back and followed by plain loads, an order of
 * magnitude cheaper than a call for each step; before, every step is a bpf_probe_read_kernel. The same sources are
 * compiled both ways, and the loader takes what the kernel accepts.
 */
#ifndef DISPROTRACK_READ_H
#define DISPROTRACK_READ_H

#include "kernel-types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifdef DPT_PLAIN_LOADS
extern void *bpf_rdonly_cast(const void *pointer, __u32 type) __ksym;
#define TYPED(type, pointer) ((type *)bpf_rdonly_cast((const void *)(pointer), bpf_core_type_id_kernel(type)))
#define READ(pointer, ...) ___arrow((pointer), __VA_ARGS__)
#define CURRENT() ((struct task_struct *)bpf_get_current_task_btf())
/* Two words of letters. */
#define READ_TEXT(to, pointer, member)                                       \
	({                                                                   \
		(to)[0] = *(const __u64 *)&(pointer)->member[0];             \
		(to)[1] = *(const __u64 *)&(pointer)->member[8];             \
	})
#else
#define TYPED(type, pointer) ((type *)(pointer))
#define READ(pointer, ...) BPF_CORE_READ((pointer), __VA_ARGS__)
#define CURRENT() ((struct task_struct *)bpf_get_current_task())
#define READ_TEXT(to, pointer, member) bpf_probe_read_kernel(to, 16, &(pointer)->member)
#endif

/* Hides a value's history from the compiler, so that the mask that follows is what the verifier sees. */
#define BOUNDED(value, mask)                    \
	({                                      \
		__u32 _value = (value);         \
		asm volatile("" : "+r"(_value)); \
		_value & (mask);                \
	})

#endif
