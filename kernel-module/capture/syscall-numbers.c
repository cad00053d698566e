// SPDX-License-Identifier: GPL-2.0-only
#include <asm/unistd.h>

#include "../ebpf/syscall-list.h"
#include "syscall-absent.h"
#include "syscalls.h"

#define ENTRY(name, ...) __NR_##name,

const int syscall_numbers[] = { SYSCALL_LIST(ENTRY) };
