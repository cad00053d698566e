/* SPDX-License-Identifier: GPL-2.0-only */
/* The helper's rules in the kernel's list: their key has its pid, and no other rule is touched. */
#ifndef DISPROTRACK_AUDIT_RULES_H
#define DISPROTRACK_AUDIT_RULES_H

#include "options.h"

/* 0, or an errno; what was added before a failure is removed again. */
int audit_rules_add(int fd, const struct options *options);
/* Also those of a helper that was killed. */
void audit_rules_remove(int fd);

#endif
