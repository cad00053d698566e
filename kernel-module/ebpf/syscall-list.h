/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every syscall that is recorded, and where its descriptors and paths are. docs/CAPTURE.md and the tests go by this
 * list. A syscall that a machine does not have is left out by its numbers.
 */
#ifndef DISPROTRACK_SYSCALL_LIST_H
#define DISPROTRACK_SYSCALL_LIST_H

#define OPENS(X)                                                                        \
	X(open, .action = ACTION_OPEN, .fd = RESULT, .path = ARG0)                      \
	X(creat, .action = ACTION_OPEN, .fd = RESULT, .path = ARG0)                     \
	X(openat, .action = ACTION_OPEN, .fd = RESULT, .path = ARG1, .dirfd = ARG0)     \
	X(openat2, .action = ACTION_OPEN, .fd = RESULT, .path = ARG1, .dirfd = ARG0)    \
	X(open_by_handle_at, .action = ACTION_OPEN, .fd = RESULT)                       \
	X(memfd_create, .action = ACTION_OPEN, .fd = RESULT)

#define READS(X)                                                  \
	X(read, .action = ACTION_PLAIN, .fd = ARG0)               \
	X(readv, .action = ACTION_PLAIN, .fd = ARG0)              \
	X(pread64, .action = ACTION_PLAIN, .fd = ARG0)            \
	X(preadv, .action = ACTION_PLAIN, .fd = ARG0)             \
	X(preadv2, .action = ACTION_PLAIN, .fd = ARG0)            \
	X(recvfrom, .action = ACTION_RECVFROM, .fd = ARG0)        \
	X(recvmsg, .action = ACTION_RECVMSG, .fd = ARG0)          \
	X(recvmmsg, .action = ACTION_RECVMMSG, .fd = ARG0)

#define WRITES(X)                                                 \
	X(write, .action = ACTION_WRITE, .fd = ARG0)              \
	X(writev, .action = ACTION_WRITEV, .fd = ARG0)            \
	X(pwrite64, .action = ACTION_WRITE, .fd = ARG0)           \
	X(pwritev, .action = ACTION_WRITEV, .fd = ARG0)           \
	X(pwritev2, .action = ACTION_WRITEV, .fd = ARG0)          \
	X(sendto, .action = ACTION_SENDTO, .fd = ARG0)            \
	X(sendmsg, .action = ACTION_SENDMSG, .fd = ARG0)          \
	X(sendmmsg, .action = ACTION_SENDMMSG, .fd = ARG0)        \
	X(vmsplice, .action = ACTION_PLAIN, .fd = ARG0)

#define COPIES(X)                                                               \
	X(sendfile, .action = ACTION_PLAIN, .fd = ARG0, .fd2 = ARG1)            \
	X(splice, .action = ACTION_PLAIN, .fd = ARG0, .fd2 = ARG2)              \
	X(tee, .action = ACTION_PLAIN, .fd = ARG0, .fd2 = ARG1)                 \
	X(copy_file_range, .action = ACTION_PLAIN, .fd = ARG0, .fd2 = ARG2)

#define DESCRIPTORS(X)                                                          \
	X(close, .action = ACTION_PLAIN)                                        \
	X(close_range, .action = ACTION_PLAIN)                                  \
	X(dup, .action = ACTION_PLAIN, .fd = RESULT)                            \
	X(dup2, .action = ACTION_PLAIN, .fd = RESULT)                           \
	X(dup3, .action = ACTION_PLAIN, .fd = RESULT)                           \
	X(fcntl, .action = ACTION_DUP_COMMAND, .fd = RESULT)                    \
	X(pidfd_getfd, .action = ACTION_PLAIN, .fd = RESULT)                    \
	X(pipe, .action = ACTION_PAIR, .fd = ARG0)                              \
	X(pipe2, .action = ACTION_PAIR, .fd = ARG0)                             \
	X(socketpair, .action = ACTION_PAIR, .fd = ARG3)

#define SOCKETS(X)                                                              \
	X(socket, .action = ACTION_PLAIN, .fd = RESULT)                         \
	X(bind, .action = ACTION_BIND, .fd = ARG0)                              \
	X(connect, .action = ACTION_CONNECT, .fd = ARG0)                        \
	X(listen, .action = ACTION_PLAIN, .fd = ARG0)                           \
	X(shutdown, .action = ACTION_PLAIN, .fd = ARG0)                         \
	X(accept, .action = ACTION_ACCEPT, .fd = RESULT, .fd2 = ARG0)           \
	X(accept4, .action = ACTION_ACCEPT, .fd = RESULT, .fd2 = ARG0)

#define PROCESSES(X)                                                                     \
	X(fork, .action = ACTION_FAILURE)                                                \
	X(vfork, .action = ACTION_FAILURE)                                               \
	X(clone, .action = ACTION_FAILURE)                                               \
	X(clone3, .action = ACTION_FAILURE)                                              \
	X(execve, .action = ACTION_FAILURE, .path = ARG0)                                \
	X(execveat, .action = ACTION_FAILURE, .path = ARG1, .dirfd = ARG0)               \
	X(ptrace, .action = ACTION_PLAIN)                                                \
	X(process_vm_readv, .action = ACTION_PLAIN)                                      \
	X(process_vm_writev, .action = ACTION_PLAIN)                                     \
	X(kill, .action = ACTION_PLAIN)                                                  \
	X(tkill, .action = ACTION_PLAIN)                                                 \
	X(tgkill, .action = ACTION_PLAIN)                                                \
	X(pidfd_send_signal, .action = ACTION_PLAIN, .fd = ARG0)                         \
	X(setuid, .action = ACTION_PLAIN)                                                \
	X(setgid, .action = ACTION_PLAIN)                                                \
	X(setreuid, .action = ACTION_PLAIN)                                              \
	X(setregid, .action = ACTION_PLAIN)                                              \
	X(setresuid, .action = ACTION_PLAIN)                                             \
	X(setresgid, .action = ACTION_PLAIN)                                             \
	X(setfsuid, .action = ACTION_PLAIN)                                              \
	X(setfsgid, .action = ACTION_PLAIN)                                              \
	X(setgroups, .action = ACTION_PLAIN)                                             \
	X(unshare, .action = ACTION_PLAIN)                                               \
	X(setns, .action = ACTION_PLAIN, .fd = ARG0)                                     \
	X(chdir, .action = ACTION_CHDIR, .path = ARG0)                                   \
	X(fchdir, .action = ACTION_CHDIR, .fd = ARG0)                                    \
	X(chroot, .action = ACTION_MOVES_NAMES, .path = ARG0)

#define NAMES(X)                                                                                            \
	X(rename, .action = ACTION_MOVES_NAMES, .path = ARG0, .path2 = ARG1)                                \
	X(renameat, .action = ACTION_MOVES_NAMES, .path = ARG1, .dirfd = ARG0, .path2 = ARG3, .dirfd2 = ARG2) \
	X(renameat2, .action = ACTION_MOVES_NAMES, .path = ARG1, .dirfd = ARG0, .path2 = ARG3, .dirfd2 = ARG2) \
	X(link, .action = ACTION_PLAIN, .path = ARG0, .path2 = ARG1)                                        \
	X(linkat, .action = ACTION_PLAIN, .path = ARG1, .dirfd = ARG0, .path2 = ARG3, .dirfd2 = ARG2)       \
	X(unlink, .action = ACTION_MOVES_NAMES, .path = ARG0)                                               \
	X(unlinkat, .action = ACTION_MOVES_NAMES, .path = ARG1, .dirfd = ARG0)                              \
	X(symlink, .action = ACTION_PLAIN, .path = ARG1, .text2 = ARG0)                                     \
	X(symlinkat, .action = ACTION_PLAIN, .path = ARG2, .dirfd = ARG1, .text2 = ARG0)                    \
	X(mkdir, .action = ACTION_PLAIN, .path = ARG0)                                                      \
	X(mkdirat, .action = ACTION_PLAIN, .path = ARG1, .dirfd = ARG0)                                     \
	X(rmdir, .action = ACTION_MOVES_NAMES, .path = ARG0)                                                \
	X(mknod, .action = ACTION_PLAIN, .path = ARG0)                                                      \
	X(mknodat, .action = ACTION_PLAIN, .path = ARG1, .dirfd = ARG0)                                     \
	X(truncate, .action = ACTION_PLAIN, .path = ARG0)                                                   \
	X(ftruncate, .action = ACTION_PLAIN, .fd = ARG0)                                                    \
	X(chmod, .action = ACTION_PLAIN, .path = ARG0)                                                      \
	X(fchmod, .action = ACTION_PLAIN, .fd = ARG0)                                                       \
	X(fchmodat, .action = ACTION_PLAIN, .path = ARG1, .dirfd = ARG0)                                    \
	X(fchmodat2, .action = ACTION_PLAIN, .path = ARG1, .dirfd = ARG0)                                   \
	X(chown, .action = ACTION_PLAIN, .path = ARG0)                                                      \
	X(lchown, .action = ACTION_PLAIN, .path = ARG0)                                                     \
	X(fchown, .action = ACTION_PLAIN, .fd = ARG0)                                                       \
	X(fchownat, .action = ACTION_PLAIN, .path = ARG1, .dirfd = ARG0)

#define SYSTEM(X)                                                                       \
	X(mmap, .action = ACTION_MAP, .fd = ARG4)                                       \
	X(mprotect, .action = ACTION_PROTECT)                                           \
	X(mount, .action = ACTION_MOVES_NAMES, .path = ARG1, .text2 = ARG0)             \
	X(umount2, .action = ACTION_MOVES_NAMES, .path = ARG0)                          \
	X(move_mount, .action = ACTION_MOVES_NAMES, .path = ARG1, .dirfd = ARG0, .path2 = ARG3, .dirfd2 = ARG2) \
	X(pivot_root, .action = ACTION_MOVES_NAMES, .path = ARG0, .path2 = ARG1)        \
	X(init_module, .action = ACTION_PLAIN)                                          \
	X(finit_module, .action = ACTION_PLAIN, .fd = ARG0)                             \
	X(delete_module, .action = ACTION_PLAIN, .text2 = ARG0)                         \
	X(bpf, .action = ACTION_PLAIN)                                                  \
	X(io_uring_setup, .action = ACTION_IO_URING, .fd = RESULT)

#define SYSCALL_LIST(X) OPENS(X) READS(X) WRITES(X) COPIES(X) DESCRIPTORS(X) SOCKETS(X) PROCESSES(X) NAMES(X) SYSTEM(X)

#endif
