// SPDX-License-Identifier: GPL-2.0-only
#include "syscalls.h"

#include <string.h>

#include "../ebpf/syscall-list.h"

#define ENTRY(syscall, ...) { .name = #syscall, .plan = { __VA_ARGS__ } },

const struct listed_syscall listed_syscalls[] = { SYSCALL_LIST(ENTRY) };

const unsigned int listed_syscall_count = sizeof(listed_syscalls) / sizeof(listed_syscalls[0]);

int find_syscall(const char *name)
{
	for (unsigned int i = 0; i < listed_syscall_count; i++)
		if (strcmp(listed_syscalls[i].name, name) == 0)
			return i;
	return -1;
}
