/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of the calls in call-list.h: -1 where an architecture, or an older kernel's header, has no such call. */
#ifndef DPT_CALL_NUMBER_H
#define DPT_CALL_NUMBER_H

#include <asm/unistd.h>
#if defined(CONFIG_X86_64) && defined(CONFIG_IA32_EMULATION)
#include <asm/unistd_32_ia32.h>
#define DPT_HAS_COMPAT_NUMBERS
#endif

/* The same on every machine, and in its headers since 6.6. */
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_open
#define __NR_open (-1)
#endif
#ifndef __NR_creat
#define __NR_creat (-1)
#endif
#ifndef __NR_dup2
#define __NR_dup2 (-1)
#endif
#ifndef __NR_pipe
#define __NR_pipe (-1)
#endif
#ifndef __NR_fork
#define __NR_fork (-1)
#endif
#ifndef __NR_vfork
#define __NR_vfork (-1)
#endif
#ifndef __NR_rename
#define __NR_rename (-1)
#endif
#ifndef __NR_link
#define __NR_link (-1)
#endif
#ifndef __NR_unlink
#define __NR_unlink (-1)
#endif
#ifndef __NR_symlink
#define __NR_symlink (-1)
#endif
#ifndef __NR_mkdir
#define __NR_mkdir (-1)
#endif
#ifndef __NR_rmdir
#define __NR_rmdir (-1)
#endif
#ifndef __NR_mknod
#define __NR_mknod (-1)
#endif
#ifndef __NR_chmod
#define __NR_chmod (-1)
#endif
#ifndef __NR_chown
#define __NR_chown (-1)
#endif
#ifndef __NR_lchown
#define __NR_lchown (-1)
#endif
#ifndef __NR_sendfile64
#define __NR_sendfile64 (-1)
#endif
#ifndef __NR_fcntl64
#define __NR_fcntl64 (-1)
#endif
#ifndef __NR_truncate64
#define __NR_truncate64 (-1)
#endif
#ifndef __NR_ftruncate64
#define __NR_ftruncate64 (-1)
#endif
#ifndef __NR_chown32
#define __NR_chown32 (-1)
#endif
#ifndef __NR_lchown32
#define __NR_lchown32 (-1)
#endif
#ifndef __NR_fchown32
#define __NR_fchown32 (-1)
#endif
#ifndef __NR_mmap2
#define __NR_mmap2 (-1)
#endif
#ifndef __NR_recvmmsg_time64
#define __NR_recvmmsg_time64 (-1)
#endif
#ifndef __NR_socketcall
#define __NR_socketcall (-1)
#endif
#ifndef __NR_setuid32
#define __NR_setuid32 (-1)
#endif
#ifndef __NR_setgid32
#define __NR_setgid32 (-1)
#endif
#ifndef __NR_setreuid32
#define __NR_setreuid32 (-1)
#endif
#ifndef __NR_setregid32
#define __NR_setregid32 (-1)
#endif
#ifndef __NR_setresuid32
#define __NR_setresuid32 (-1)
#endif
#ifndef __NR_setresgid32
#define __NR_setresgid32 (-1)
#endif
#ifndef __NR_setfsuid32
#define __NR_setfsuid32 (-1)
#endif
#ifndef __NR_setfsgid32
#define __NR_setfsgid32 (-1)
#endif
#ifndef __NR_setgroups32
#define __NR_setgroups32 (-1)
#endif

#ifdef DPT_HAS_COMPAT_NUMBERS
#ifndef __NR_ia32_fchmodat2
#define __NR_ia32_fchmodat2 452
#endif
#ifndef __NR_ia32_accept
#define __NR_ia32_accept (-1)
#endif
#endif

#endif
