/* SPDX-License-Identifier: GPL-2.0-only */
/* Talking to the kernel's audit system. It must not know rules or records. */
#ifndef DISPROTRACK_AUDIT_NETLINK_H
#define DISPROTRACK_AUDIT_NETLINK_H

#include <linux/audit.h>
#include <linux/netlink.h>
#include <stddef.h>

/* The kernel's longest message. */
#define AUDIT_MESSAGE_BYTES_MAX 8970

struct audit_message {
	struct nlmsghdr header;
	char data[AUDIT_MESSAGE_BYTES_MAX + 1];
};

/* A socket; -1 with errno. `groups` are multicast groups, as bits. */
int audit_open(unsigned int groups);
/* Sends a request and waits for its acknowledgement; 0, or an errno. */
int audit_request(int fd, int type, const void *data, size_t bytes);
/* Sends a request and hands every answer to `each`, until `each` returns 0, the kernel says that there are no more, or
 * a second passed. */
int audit_ask(int fd, int type, int (*each)(const struct audit_message *message, void *context), void *context);
int audit_get_status(int fd, struct audit_status *status);
int audit_set_status(int fd, unsigned int mask, const struct audit_status *status);
/* The next message, if there is one: 1, 0, or -1 with errno. */
int audit_receive(int fd, struct audit_message *message);

#endif
