// SPDX-License-Identifier: GPL-2.0-only
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <net/compat.h>

#include "call-number.h"
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

static const void __user *pointer_arg(const struct dpt_return *ret, int i)
{
	return (const void __user *)dpt_arg(ret, i);
}

static void add_socket(struct dpt_return *ret, long fd)
{
	struct file *file = dpt_descriptor_file(fd);

	if (!file)
		return;
	dpt_object_fill(&ret->draft->record.object, file);
	dpt_socket_add(ret->draft, file);
	fput(file);
}

/* Reads the header at place `i`; gives where the next of an array stands, or NULL where it can't be read. */
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

enum dpt_verdict dpt_fill_socket(struct dpt_return *ret)
{
	if (ret->result >= 0)
		add_socket(ret, ret->result);
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_socketpair(struct dpt_return *ret)
{
	struct dpt_record *record = &ret->draft->record;

	if (ret->result < 0)
		return DPT_KEEP;
	if (dpt_user_get(record->fds, pointer_arg(ret, 0), sizeof(record->fds))) {
		add_socket(ret, record->fds[0]);
		dpt_object_fill_fd(&record->object2, record->fds[1]);
	}
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_bind(struct dpt_return *ret)
{
	add_socket(ret, dpt_arg(ret, 0));
	dpt_socket_add_local(ret->draft, pointer_arg(ret, 1), dpt_arg(ret, 2));
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_connect(struct dpt_return *ret)
{
	add_socket(ret, dpt_arg(ret, 0));
	dpt_socket_add_remote(ret->draft, pointer_arg(ret, 1), dpt_arg(ret, 2));
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_accept(struct dpt_return *ret)
{
	if (ret->result >= 0)
		add_socket(ret, ret->result);
	dpt_object_fill_fd(&ret->draft->record.object2, dpt_arg(ret, 0));
	return DPT_KEEP;
}

static void recognise_log(struct dpt_return *ret, struct dpt_payload payload)
{
	if (ret->result <= 0)
		return;
	dpt_log_recognise_send(ret->draft);
	ret->payload = payload;
}

enum dpt_verdict dpt_fill_sendto(struct dpt_return *ret)
{
	dpt_socket_add_remote(ret->draft, pointer_arg(ret, 2), dpt_arg(ret, 3));
	add_socket(ret, dpt_arg(ret, 0));
	recognise_log(ret, dpt_payload_of_buffer(pointer_arg(ret, 1), ret->result));
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_recvfrom(struct dpt_return *ret)
{
	u32 bytes;

	/* Written by the kernel with the address, 0 where there is none. */
	if (ret->result >= 0 && dpt_arg(ret, 1) && dpt_user_get(&bytes, pointer_arg(ret, 2), sizeof(bytes)))
		dpt_socket_add_remote(ret->draft, pointer_arg(ret, 1), bytes);
	add_socket(ret, dpt_arg(ret, 0));
	return DPT_KEEP;
}

/* Of sendmsg, recvmsg and the first of their arrays. */
static bool add_message(struct dpt_return *ret, struct message *message)
{
	bool known = get_message(message, pointer_arg(ret, 1), ret->compat);

	if (known && ret->result >= 0)
		dpt_socket_add_remote(ret->draft, message->name, message->name_bytes);
	add_socket(ret, dpt_arg(ret, 0));
	return known;
}

enum dpt_verdict dpt_fill_sendmsg(struct dpt_return *ret)
{
	struct message message;

	if (add_message(ret, &message))
		recognise_log(ret, dpt_payload_of_array(message.array, message.count, ret->result, ret->compat));
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_recvmsg(struct dpt_return *ret)
{
	struct message message;

	add_message(ret, &message);
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_sendmmsg(struct dpt_return *ret)
{
	struct message message;

	if (!add_message(ret, &message) || ret->result <= 0)
		return DPT_KEEP;
	dpt_log_recognise_send(ret->draft);
	ret->messages = pointer_arg(ret, 1);
	return DPT_KEEP;
}

void dpt_messages_write(struct dpt_return *ret)
{
	const void __user *at = ret->messages;
	struct message message;
	long i;

	for (i = 0; i < ret->result; i++) {
		at = i < MESSAGES_MAX ? get_message(&message, at, ret->compat) : NULL;
		if (!at)
			break;
		dpt_draft_clear_texts(ret->draft);
		memset(&ret->draft->record.socket, 0, sizeof(ret->draft->record.socket));
		dpt_socket_add_remote(ret->draft, message.name, message.name_bytes);
		add_socket(ret, dpt_arg(ret, 0));
		dpt_payload_write(ret->draft,
				  dpt_payload_of_array(message.array, message.count, message.sent, ret->compat));
	}
	for (; i < ret->result; i++)
		dpt_ring_lose(DPT_LOSS_SOURCE);
}

#ifdef DPT_HAS_COMPAT_NUMBERS
/* A 32-bit call of old that is one of these; it is recorded as the one that it makes, with that one's arguments. */
static const struct {
	int number;
	u8 arguments;
} socketcalls[] = {
	[SYS_SOCKET] = { __NR_ia32_socket, 3 },
	[SYS_BIND] = { __NR_ia32_bind, 3 },
	[SYS_CONNECT] = { __NR_ia32_connect, 3 },
	[SYS_LISTEN] = { __NR_ia32_listen, 2 },
	[SYS_ACCEPT] = { __NR_ia32_accept4, 3 },
	[SYS_SOCKETPAIR] = { __NR_ia32_socketpair, 4 },
	[SYS_SEND] = { __NR_ia32_sendto, 4 },
	[SYS_RECV] = { __NR_ia32_recvfrom, 4 },
	[SYS_SENDTO] = { __NR_ia32_sendto, 6 },
	[SYS_RECVFROM] = { __NR_ia32_recvfrom, 6 },
	[SYS_SENDMSG] = { __NR_ia32_sendmsg, 3 },
	[SYS_RECVMSG] = { __NR_ia32_recvmsg, 3 },
	[SYS_ACCEPT4] = { __NR_ia32_accept4, 4 },
	[SYS_RECVMMSG] = { __NR_ia32_recvmmsg, 5 },
	[SYS_SENDMMSG] = { __NR_ia32_sendmmsg, 4 },
};

enum dpt_verdict dpt_fill_socketcall(struct dpt_return *ret)
{
	unsigned long call = dpt_arg(ret, 0);
	const void __user *from = pointer_arg(ret, 1);
	u32 arguments[6] = {};
	int i;

	if (call >= ARRAY_SIZE(socketcalls) || socketcalls[call].arguments == 0)
		return DPT_DROP;
	if (!dpt_user_get(arguments, from, socketcalls[call].arguments * sizeof(u32)))
		return DPT_KEEP;
	for (i = 0; i < 6; i++)
		ret->args[i] = arguments[i];
	ret->number = socketcalls[call].number;
	ret->call = dpt_call_find(ret->number, true);
	return ret->call->fill(ret);
}
#else
enum dpt_verdict dpt_fill_socketcall(struct dpt_return *ret)
{
	return DPT_KEEP;
}
#endif
