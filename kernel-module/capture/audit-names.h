/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the kernel's audit messages, as auditd writes them. */
#ifndef DISPROTRACK_AUDIT_NAMES_H
#define DISPROTRACK_AUDIT_NAMES_H

/* NULL where it has none. */
const char *audit_type_name(int type);

#endif
