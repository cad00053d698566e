// SPDX-License-Identifier: GPL-2.0-only
#include "../ebpf/syscall-list.h"
#include "syscalls.h"

#ifdef __x86_64__
#include <asm/unistd_32.h>

#include "syscall-absent.h"
#define ENTRY(name, ...) __NR_##name,
#else
#define ENTRY(name, ...) -1,
#endif

const int compat_syscall_numbers[] = { SYSCALL_LIST(ENTRY) };
