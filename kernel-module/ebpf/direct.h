/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The short way: calls that are told by their arguments and at most one descriptor, which most calls are, go straight
 * into the ring. What it leaves goes by the draft: names, log writes, addresses that came along, sockets other than the
 * internet's, and a task that its ring's reader does not know. It must not know what a log write is told with.
 */
#ifndef DISPROTRACK_DIRECT_H
#define DISPROTRACK_DIRECT_H

#include "identity.h"
#include "log.h"
#include "registers.h"

static __always_inline bool writes(__u8 action)
{
	return action >= ACTION_WRITE && action <= ACTION_SENDMMSG;
}

static __always_inline bool is_direct(const struct plan *plan, struct pt_regs *regs)
{
	if (plan->fd > ARG0 || plan->fd2 != NOWHERE || plan->path != NOWHERE || plan->path2 != NOWHERE ||
	    plan->text2 != NOWHERE)
		return false;
	if (plan->action == ACTION_SENDTO || plan->action == ACTION_RECVFROM)
		return fifth_arg(regs) == 0;
	return plan->action == ACTION_PLAIN || plan->action == ACTION_WRITE || plan->action == ACTION_WRITEV;
}

static __always_inline bool may_be_log(struct scratch *scratch, struct task_struct *task, __u64 fd, struct file *file,
				       const struct dpt_object *object, struct sock *sk)
{
	if (is_type(object, MODE_REGULAR))
		return is_log_file(scratch, task, file, object->inode);
	return (sk != NULL && host_order(READ(sk, __sk_common.skc_dport)) == SYSLOG_PORT) ||
	       is_container_stdio(scratch, task, fd, file, object);
}

static __always_inline void put_directly(const struct scratch *scratch, struct pt_regs *regs, long result,
					 const struct dpt_object *object, struct sock *sk)
{
	__u32 cpu = bpf_get_smp_processor_id(), used = sizeof(struct wire_head);
	struct cpu_ring *ring = bpf_map_lookup_elem(&cpu_rings, &cpu);
	__u8 *to = ring != NULL ? reserve(ring, cpu, 0) : NULL;
	struct wire_head *head = (struct wire_head *)to;

	if (to == NULL)
		return;
	fill_args((__u64 *)(to + used), regs, false);
	used += WIRE_PART_BYTES(args, object);
	head->parts = 1 << WIRE_ARGS;
	if (object->mode != 0) {
		copy_words(to + used, object, sizeof(*object));
		used += sizeof(*object);
		head->parts = 1 << WIRE_ARGS | 1 << WIRE_OBJECT;
	}
	if (sk != NULL) {
		fill_common((struct dpt_socket *)(to + used), sk);
		fill_inet((struct dpt_socket *)(to + used), sk);
		used += sizeof(struct dpt_socket);
		head->parts = 1 << WIRE_ARGS | 1 << WIRE_OBJECT | 1 << WIRE_SOCKET;
	}
	head->size = used;
	head->kind = DPT_SYSCALL;
	head->piece = 0;
	head->flags = scratch->io_uring ? DPT_FLAG_IO_URING : 0;
	head->syscall = call_number(regs);
	head->result = result;
	publish(ring, used);
}

/* False where the call has to go by the draft. The task is known and wanted. */
static __always_inline bool record_directly(struct scratch *scratch, struct task_struct *task, struct pt_regs *regs,
					    long result, const struct plan *plan)
{
	__u64 fd = first_arg(regs);
	struct dpt_object object = {};
	struct file *file = NULL;
	struct sock *sk = NULL;

	if (!scratch->is_told || !is_direct(plan, regs))
		return false;
	if (plan->fd != NOWHERE && (__s64)fd >= 0)
		file = fill_descriptor(&object, task, fd);
	if (file != NULL && is_type(&object, MODE_SOCKET)) {
		sk = sock_of(file);
		if (sk == NULL || !is_inet(sk))
			return false;
	}
	if (writes(plan->action)) {
		if (file != NULL && result > 0 && may_be_log(scratch, task, fd, file, &object, sk))
			return false;
		if (settings.only_logs)
			return true;
	}
	put_directly(scratch, regs, result, &object, sk);
	return true;
}

#endif
