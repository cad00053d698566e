// SPDX-License-Identifier: GPL-2.0-only
#include "audit-netlink.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BYTES (8 << 20)
#define ANSWER_MS_MAX 1000

int audit_open(unsigned int groups)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT);
	int bytes = RECEIVE_BYTES;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int send_request(int fd, int type, int flags, const void *data, size_t bytes)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct audit_message message = { 0 };

	message.header = (struct nlmsghdr){
		.nlmsg_len = NLMSG_SPACE(bytes),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | flags,
	};
	if (bytes > 0)
		memcpy(message.data, data, bytes);
	if (sendto(fd, &message, message.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return errno;
	return 0;
}

int audit_receive(int fd, struct audit_message *message)
{
	ssize_t bytes = recv(fd, message, sizeof(*message) - 1, MSG_DONTWAIT);

	if (bytes < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if ((size_t)bytes < sizeof(message->header))
		return 0;
	/* The kernel's lengths count the header for answers and not for events. */
	((char *)message)[bytes] = 0;
	message->header.nlmsg_len = bytes;
	return 1;
}

static int wait_for_answer(int fd, struct audit_message *message)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };

	if (poll(&readable, 1, ANSWER_MS_MAX) <= 0)
		return ETIMEDOUT;
	return audit_receive(fd, message) == 1 ? 0 : EIO;
}

static int error_of(const struct audit_message *message)
{
	int error;

	memcpy(&error, message->data, sizeof(error));
	return -error;
}

int audit_request(int fd, int type, const void *data, size_t bytes)
{
	struct audit_message message;
	int error = send_request(fd, type, NLM_F_ACK, data, bytes);

	while (error == 0) {
		error = wait_for_answer(fd, &message);
		if (error == 0 && message.header.nlmsg_type == NLMSG_ERROR)
			return error_of(&message);
	}
	return error;
}

int audit_ask(int fd, int type, int (*each)(const struct audit_message *message, void *context), void *context)
{
	struct audit_message message;
	int error = send_request(fd, type, NLM_F_ACK, NULL, 0);

	while (error == 0) {
		error = wait_for_answer(fd, &message);
		if (error != 0 || message.header.nlmsg_type == NLMSG_DONE)
			return error;
		if (message.header.nlmsg_type == NLMSG_ERROR) {
			if (error_of(&message) != 0)
				return error_of(&message);
			continue;
		}
		if (message.header.nlmsg_type == type && !each(&message, context))
			return 0;
	}
	return error;
}

static int keep_status(const struct audit_message *message, void *status)
{
	memcpy(status, message->data, sizeof(struct audit_status));
	return 0;
}

int audit_get_status(int fd, struct audit_status *status)
{
	memset(status, 0, sizeof(*status));
	return audit_ask(fd, AUDIT_GET, keep_status, status);
}

int audit_set_status(int fd, unsigned int mask, const struct audit_status *status)
{
	struct audit_status wanted = *status;

	wanted.mask = mask;
	return audit_request(fd, AUDIT_SET, &wanted, sizeof(wanted));
}
