/* SPDX-License-Identifier: GPL-2.0-only */
/* Both ends of a socket, and the names of unix sockets. */
#ifndef DPT_SOCKET_H
#define DPT_SOCKET_H

#include "draft.h"

struct file;
struct sockaddr_un;

/*
 * The file's socket into the fixed part, and a unix socket's name as path2; nothing where it is none. The remote end
 * stays what it is where there is one.
 */
void dpt_socket_add(struct dpt_draft *draft, struct file *file);
/* The other end as the caller names it, where there is none yet: a message's own before the socket's is asked for. */
void dpt_socket_add_remote(struct dpt_draft *draft, const void __user *address, u32 bytes);
/* This end, where the socket has none: of a bind that failed. */
void dpt_socket_add_local(struct dpt_draft *draft, const void __user *address, u32 bytes);

/* Whether what is sent there is a log: the syslog daemon's or the journal's socket. */
bool dpt_socket_is_log(const struct dpt_draft *draft);

#endif
