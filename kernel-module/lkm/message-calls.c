// SPDX-License-Identifier: GPL-2.0-only
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/socket.h>
#include <net/compat.h>

#include "call.h"
#include "descriptor.h"
#include "log-write.h"
#include "ring.h"
#include "socket.h"
#include "user-text.h"

/* Of one sendmmsg; more are lost, since nothing else runs on the cpu meanwhile. */
#define MESSAGES_MAX 64

/* What a message header says, whatever the caller's width is. */
struct message {
	const void __user *name;
	u32 name_bytes;
	const void __user *array;
	u32 count;
	u32 sent; /* of sendmmsg */
};

/* Reads the header there; gives where the next of an array stands, or NULL where it can't be read. */
static const void __user *get_message(struct message *message, const void __user *at, bool compat)
{
#ifdef CONFIG_COMPAT
	if (compat) {
		struct compat_mmsghdr header;

		if (!dpt_user_get(&header.msg_hdr, at, sizeof(header.msg_hdr)))
			return NULL;
		if (!dpt_user_get(&header.msg_len, at + sizeof(header.msg_hdr), sizeof(header.msg_len)))
			header.msg_len = 0;
		*message = (struct message){
			.name = compat_ptr(header.msg_hdr.msg_name),
			.name_bytes = header.msg_hdr.msg_namelen,
			.array = compat_ptr(header.msg_hdr.msg_iov),
			.count = header.msg_hdr.msg_iovlen,
			.sent = header.msg_len,
		};
		return at + sizeof(header);
	}
#endif
	{
		struct mmsghdr header;

		if (!dpt_user_get(&header.msg_hdr, at, sizeof(header.msg_hdr)))
			return NULL;
		if (!dpt_user_get(&header.msg_len, at + offsetof(struct mmsghdr, msg_len), sizeof(header.msg_len)))
			header.msg_len = 0;
		*message = (struct message){
			.name = header.msg_hdr.msg_name,
			.name_bytes = header.msg_hdr.msg_namelen,
			.array = header.msg_hdr.msg_iov,
			.count = header.msg_hdr.msg_iovlen,
			.sent = header.msg_len,
		};
		return at + sizeof(header);
	}
}

/* The address that a call brings along, before its socket is asked: a message's own is where it goes. */
static void add_given_remote(struct dpt_return *ret)
{
	struct message message;
	u32 bytes;

	if (ret->result < 0)
		return;
	switch (ret->call->plan.action) {
	case ACTION_SENDTO:
		dpt_socket_add_remote(ret->draft, dpt_pointer(ret, ARG4), ret->args[5]);
		return;
	case ACTION_RECVFROM:
		/* Written by the kernel with the address, 0 where there is none. */
		if (ret->args[4] && dpt_user_get(&bytes, dpt_pointer(ret, ARG5), sizeof(bytes)))
			dpt_socket_add_remote(ret->draft, dpt_pointer(ret, ARG4), bytes);
		return;
	case ACTION_SENDMSG:
	case ACTION_SENDMMSG:
	case ACTION_RECVMSG:
	case ACTION_RECVMMSG:
		if (get_message(&message, dpt_pointer(ret, ARG1), ret->compat))
			dpt_socket_add_remote(ret->draft, message.name, message.name_bytes);
		return;
	}
}

/* What a socket that failed to get an address was to get. */
static void add_given_address(struct dpt_return *ret)
{
	if (ret->call->plan.action == ACTION_BIND)
		dpt_socket_add_local(ret->draft, dpt_pointer(ret, ARG1), ret->args[2]);
	else if (ret->call->plan.action == ACTION_CONNECT)
		dpt_socket_add_remote(ret->draft, dpt_pointer(ret, ARG1), ret->args[2]);
}

static void add_payload(struct dpt_return *ret)
{
	struct message message;

	switch (ret->call->plan.action) {
	case ACTION_WRITE:
	case ACTION_SENDTO:
		ret->payload = dpt_payload_of_buffer(dpt_pointer(ret, ARG1), ret->result);
		return;
	case ACTION_WRITEV:
		ret->payload = dpt_payload_of_array(dpt_pointer(ret, ARG1), ret->args[2], ret->result, ret->compat);
		return;
	case ACTION_SENDMSG:
		if (get_message(&message, dpt_pointer(ret, ARG1), ret->compat))
			ret->payload = dpt_payload_of_array(message.array, message.count, ret->result, ret->compat);
		else
			ret->payload = dpt_payload_of_array(NULL, 0, ret->result, false);
		return;
	case ACTION_SENDMMSG:
		ret->messages = dpt_pointer(ret, ARG1);
		return;
	}
}

enum dpt_verdict dpt_message_follow(struct dpt_return *ret)
{
	struct dpt_record *record = &ret->draft->record;
	long fd = dpt_value(ret, ret->call->plan.fd);
	struct file *file = dpt_descriptor_file(fd);

	if (!file)
		return DPT_KEEP;
	dpt_object_fill(&record->object, file);
	if (S_ISSOCK(record->object.mode)) {
		add_given_remote(ret);
		dpt_socket_add(ret->draft, file);
		add_given_address(ret);
	}
	if (dpt_call_writes(ret->call) && ret->result > 0) {
		dpt_log_recognise(ret->draft, fd, file);
		if (record->flags & DPT_FLAG_LOG)
			add_payload(ret);
	}
	fput(file);
	return DPT_KEEP;
}

void dpt_messages_write(struct dpt_return *ret)
{
	struct dpt_record *record = &ret->draft->record;
	const void __user *at = ret->messages;
	struct message message;
	struct file *file;
	long i;

	for (i = 0; i < ret->result; i++) {
		record->args[1] = (unsigned long)at;
		at = i < MESSAGES_MAX ? get_message(&message, at, ret->compat) : NULL;
		if (!at)
			break;
		dpt_draft_clear_texts(ret->draft);
		memset(&record->socket, 0, sizeof(record->socket));
		dpt_socket_add_remote(ret->draft, message.name, message.name_bytes);
		file = dpt_descriptor_file(ret->args[0]);
		if (file) {
			dpt_socket_add(ret->draft, file);
			fput(file);
		}
		dpt_payload_write(ret->draft,
				  dpt_payload_of_array(message.array, message.count, message.sent, ret->compat));
	}
	for (; i < ret->result; i++)
		dpt_ring_lose(DPT_LOSS_SOURCE);
}
