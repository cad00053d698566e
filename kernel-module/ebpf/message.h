/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that move bytes through a descriptor: addresses that come along, and what was written where that is a log. It
 * must not know syscall numbers.
 */
#ifndef DISPROTRACK_MESSAGE_H
#define DISPROTRACK_MESSAGE_H

#include "direct.h"
#include "payload.h"

#define MESSAGES_MAX 16
#define MESSAGE_STRIDE 64 /* struct mmsghdr */
#define MESSAGE_LENGTH_AT 56

struct message {
	__u64 name;
	__u32 name_length;
	__u64 vectors;
	__u64 vector_count;
};

/* The process's struct msghdr. */
static __always_inline struct message read_message(__u64 at)
{
	struct message message = {};

	bpf_probe_read_user(&message, sizeof(message), (const void *)at);
	return message;
}

/* The address that the process gave, or was given. */
static __always_inline void fill_came_with(struct scratch *scratch, __u8 action)
{
	struct dpt_record *record = &scratch->record;
	struct message message = {};

	switch (action) {
	case ACTION_BIND:
		/* The kernel knows better, such as the port that it chose. */
		if (record->result == 0)
			return;
		/* fall through */
	case ACTION_CONNECT:
		message.name = record->args[1];
		message.name_length = record->args[2];
		break;
	case ACTION_SENDTO:
		message.name = record->args[4];
		message.name_length = record->args[5];
		break;
	case ACTION_RECVFROM:
		message.name = record->args[4];
		if (message.name != 0)
			bpf_probe_read_user(&message.name_length, 4, (const void *)record->args[5]);
		break;
	case ACTION_SENDMSG:
	case ACTION_RECVMSG:
	case ACTION_SENDMMSG:
	case ACTION_RECVMMSG:
		message = read_message(record->args[1]);
		break;
	default:
		return;
	}
	if (message.name != 0 && message.name_length != 0)
		fill_given_address(scratch, action == ACTION_BIND ? &record->socket.local : &record->socket.remote,
				   message.name, message.name_length);
}

/* Whether what was written is a log; sets the flags that say which kind. */
static __always_inline bool is_log(struct scratch *scratch, struct task_struct *task, __u64 fd, struct file *file)
{
	struct dpt_record *record = &scratch->record;

	if (is_type(&record->object, MODE_REGULAR)) {
		if (!is_log_file(scratch, task, file, record->object.inode))
			return false;
	} else if (is_container_stdio(scratch, task, fd, file, &record->object)) {
		record->flags |= DPT_FLAG_CONTAINER_STDIO;
	} else if (is_type(&record->object, MODE_SOCKET) && is_log_socket(scratch)) {
		record->flags |= DPT_FLAG_LOG_SOCKET;
	} else {
		return false;
	}
	record->flags |= DPT_FLAG_LOG;
	return true;
}

static __always_inline __u32 gather_written(struct scratch *scratch, __u8 action, __u32 wanted)
{
	struct dpt_record *record = &scratch->record;
	struct message message;

	switch (action) {
	case ACTION_WRITEV:
		return gather(record->args[1], record->args[2], wanted);
	case ACTION_SENDMSG:
	case ACTION_SENDMMSG:
		message = read_message(record->args[1]);
		return gather(message.vectors, message.vector_count, wanted);
	default:
		return gather_bytes(scratch, record->args[1], wanted);
	}
}

/* Sends the record of a log write of `written` bytes. */
static __always_inline void emit_log(struct scratch *scratch, __u8 action, __u64 written)
{
	__u32 wanted = written < DPT_LINE_BYTES_MAX ? written : DPT_LINE_BYTES_MAX;
	__u32 got = gather_written(scratch, action, wanted);

	if (got < written)
		scratch->record.flags |= DPT_FLAG_PAYLOAD_CUT;
	scratch->record.payload_bytes = written;
	emit_payload(got);
}

/* Every message of a vector is a line of its own, and so a record of its own, whose args[1] is its header. */
static __noinline int emit_messages(struct scratch *scratch)
{
	struct dpt_record *record = &scratch->record;
	struct dpt_lengths lengths = record->lengths;
	__u32 used = scratch->used;
	__u32 written;

	for (int i = 0; i < MESSAGES_MAX && i < record->result; i++) {
		written = 0;
		bpf_probe_read_user(&written, sizeof(written), (const void *)record->args[1] + MESSAGE_LENGTH_AT);
		if (i == MESSAGES_MAX - 1 && record->result > MESSAGES_MAX)
			record->flags |= DPT_FLAG_PAYLOAD_CUT;
		record->lengths = lengths;
		scratch->used = used;
		if (i > 0 && !(record->flags & DPT_FLAG_COMPAT))
			put_stack(scratch);
		emit_log(scratch, ACTION_SENDMMSG, written);
		record->args[1] += MESSAGE_STRIDE;
	}
	return 0;
}

static __always_inline void finish_message(struct scratch *scratch, struct task_struct *task,
					   const struct plan *plan, __u64 fd, struct file *file)
{
	struct dpt_record *record = &scratch->record;
	bool log;

	if (file != NULL && is_type(&record->object, MODE_SOCKET)) {
		fill_socket(scratch, file);
		fill_came_with(scratch, plan->action);
	}
	log = writes(plan->action) && file != NULL && record->result > 0 && is_log(scratch, task, fd, file);
	if (!log) {
		if (!settings.only_logs || !writes(plan->action))
			emit(scratch);
		return;
	}
	if (is_type(&record->object, MODE_REGULAR))
		record->lengths.path = append_log_path(scratch, task, file);
	if (!(record->flags & DPT_FLAG_COMPAT))
		tell_stack(scratch);
	if (!settings.payloads)
		emit(scratch);
	else if (plan->action == ACTION_SENDMMSG)
		emit_messages(scratch);
	else
		emit_log(scratch, plan->action, record->result);
}

#endif
