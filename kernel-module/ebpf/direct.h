/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The short way: calls that are told by their arguments and their first descriptors, which most calls are, go straight
 * into the ring, and so do lines to a log file. What it leaves goes by the draft: names, log writes of other kinds,
 * addresses that came along, sockets other than the internet's, and a task that its ring's reader does not know yet.
 */
#ifndef DISPROTRACK_DIRECT_H
#define DISPROTRACK_DIRECT_H

#include "identity.h"
#include "log.h"
#include "registers.h"
#include "stack.h"

static __always_inline bool writes(__u8 action)
{
	return action >= ACTION_WRITE && action <= ACTION_SENDMMSG;
}

static __always_inline bool is_direct(const struct plan *plan, struct pt_regs *regs)
{
	if (plan->fd > ARG0 || (plan->fd2 != NOWHERE && plan->fd2 != ARG1) || plan->path != NOWHERE || plan->path2 != NOWHERE ||
	    plan->text2 != NOWHERE)
		return false;
	if (plan->action == ACTION_SENDTO || plan->action == ACTION_RECVFROM)
		return fifth_arg(regs) == 0;
	return plan->action == ACTION_PLAIN || plan->action == ACTION_WRITE || plan->action == ACTION_WRITEV;
}

/* Of what is no file. */
static __always_inline bool may_be_log(struct scratch *scratch, struct task_struct *task, __u64 fd, struct file *file,
				       const struct dpt_object *object, struct sock *sk)
{
	return (sk != NULL && host_order(READ(sk, __sk_common.skc_dport)) == SYSLOG_PORT) ||
	       is_container_stdio(scratch, task, fd, file, object);
}

static __always_inline void write_head(const struct scratch *scratch, struct wire_head *head, __u32 parts, __u32 flags,
				       struct pt_regs *regs, long result)
{
	head->parts = parts;
	head->kind = DPT_SYSCALL;
	head->piece = 0;
	head->flags = flags | (scratch->io_uring ? DPT_FLAG_IO_URING : 0);
	head->syscall = call_number(regs);
	head->result = result;
}

static __always_inline void put_directly(const struct scratch *scratch, struct pt_regs *regs, long result,
					 const struct dpt_object *object, const struct dpt_object *object2,
					 struct sock *sk)
{
	__u32 cpu = bpf_get_smp_processor_id(), used = sizeof(struct wire_head);
	struct cpu_ring *ring = bpf_map_lookup_elem(&cpu_rings, &cpu);
	__u8 *to = ring != NULL ? reserve(ring, cpu, 0) : NULL;
	__u32 parts = 1 << WIRE_ARGS;
	struct wire_head *head = (struct wire_head *)to;

	if (to == NULL)
		return;
	fill_args((__u64 *)(to + used), regs, false);
	used += WIRE_PART_BYTES(args, object);
	if (object->mode != 0) {
		copy_words(to + used, object, sizeof(*object));
		used += sizeof(*object);
		parts |= 1 << WIRE_OBJECT;
	}
	if (object2->mode != 0) {
		copy_words(to + used, object2, sizeof(*object2));
		used += sizeof(*object2);
		parts |= 1 << WIRE_OBJECT2;
	}
	if (sk != NULL) {
		fill_common((struct dpt_socket *)(to + used), sk);
		fill_inet((struct dpt_socket *)(to + used), sk);
		used += sizeof(struct dpt_socket);
		parts |= 1 << WIRE_SOCKET;
	}
	write_head(scratch, head, parts, 0, regs, result);
	head->size = used;
	publish(ring, used);
}

/* A line to the log file that is_log_file has just seen, whose path is at hand. False where it has to go by the draft. */
static __noinline bool put_line(struct scratch *scratch, struct pt_regs *regs, long result, const struct dpt_object *object)
{
	__u32 path = BOUNDED(scratch->file_path_length, FILE_PATH_MAX - 1);
	__u32 cpu = bpf_get_smp_processor_id(), written = BOUNDED(result, 2 * DPT_PAYLOAD_BYTES_MAX - 1);
	struct cpu_ring *ring = bpf_map_lookup_elem(&cpu_rings, &cpu);
	struct dpt_lengths lengths = { .path = path, .payload = written };
	struct wire_head *head;
	__u8 *to;

	if (path == 0 || !settings.payloads || result > DPT_PAYLOAD_BYTES_MAX)
		return false;
	remember_registers(scratch, regs);
	tell_stack(scratch);
	to = ring != NULL ? reserve(ring, cpu, path + written) : NULL;
	if (to == NULL)
		return true;
	head = (struct wire_head *)to;
	write_head(scratch, head, 1 << WIRE_ARGS | 1 << WIRE_OBJECT | 1 << WIRE_WRITTEN | 1 << WIRE_LENGTHS, DPT_FLAG_LOG,
		   regs, result);
	to += sizeof(*head);
	fill_args((__u64 *)to, regs, false);
	to += WIRE_PART_BYTES(args, object);
	copy_words(to, object, sizeof(*object));
	to += sizeof(*object);
	*(__u64 *)to = result;
	to += sizeof(__u64);
	bpf_probe_read_kernel(to + sizeof(lengths), path, scratch->file_path);
	if (bpf_probe_read_user(to + sizeof(lengths) + path, written, (const void *)second_arg(regs)) != 0) {
		head->flags |= DPT_FLAG_PAYLOAD_CUT;
		lengths.payload = 0;
	}
	*(struct dpt_lengths *)to = lengths;
	head->size = (sizeof(*head) + WIRE_PART_BYTES(args, object) + sizeof(*object) + sizeof(__u64) + sizeof(lengths) +
		      path + lengths.payload + 7) & ~7u;
	publish(ring, head->size);
	return true;
}

/* False where the call has to go by the draft. The task is known and wanted. */
static __always_inline bool record_directly(struct scratch *scratch, struct task_struct *task, struct pt_regs *regs,
					    long result, const struct plan *plan)
{
	__u64 fd = first_arg(regs);
	struct dpt_object object = {}, object2 = {};
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
		if (file != NULL && result > 0 && is_type(&object, MODE_REGULAR)) {
			if (is_log_file(scratch, task, file, object.inode))
				return plan->action == ACTION_WRITE && put_line(scratch, regs, result, &object);
		} else if (file != NULL && result > 0 && may_be_log(scratch, task, fd, file, &object, sk)) {
			return false;
		}
		if (settings.only_logs)
			return true;
	}
	if (plan->fd2 != NOWHERE)
		fill_descriptor(&object2, task, second_arg(regs));
	put_directly(scratch, regs, result, &object, &object2, sk);
	return true;
}

#endif
