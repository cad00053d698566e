/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes audit's messages from the kernel as fast as they come, in a thread of its own, and holds them until they are
 * asked for: whoever reads the helper's output may be slow, and what the kernel can't get rid of for half a second it
 * throws away, without counting it unless the machine was booted with audit=1. It must not know what a message says.
 */
#ifndef DISPROTRACK_AUDIT_READER_H
#define DISPROTRACK_AUDIT_READER_H

#include <stdint.h>

#include "audit-netlink.h"

/* Reads `fd` from now on; 0, or an errno. */
int audit_reader_start(int fd);
/* The next message, if there is one: 1, 0, or -1 with errno where `fd` can't be read any more. */
int audit_reader_next(struct audit_message *message);
/* Readable where there may be something since audit_reader_answer. */
int audit_reader_fd(void);
void audit_reader_answer(void);
/* How often the kernel said that it threw something away here. */
uint64_t audit_reader_overruns(void);
/* The thread is gone when it returns. */
void audit_reader_stop(void);

#endif
