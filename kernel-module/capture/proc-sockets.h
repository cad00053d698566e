/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets of a network namespace by inode, as /proc/PID/net lists them. */
#ifndef DISPROTRACK_PROC_SOCKETS_H
#define DISPROTRACK_PROC_SOCKETS_H

#include <stdbool.h>

#include "../abi.h"

#define UNIX_NAME_BYTES_MAX 108

/* Fills `socket` and, for a unix socket, `name`, of the socket `inode` in the namespace that `pid` is in; reads its
 * lists only where the last call was for another namespace. False where it is not listed. */
bool proc_socket(__u32 pid, __u32 namespace, __u64 inode, struct dpt_socket *socket, char name[UNIX_NAME_BYTES_MAX + 1]);
/* Forgets the lists. */
void proc_sockets_forget(void);

#endif
