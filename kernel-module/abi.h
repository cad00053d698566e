/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * The record that every capture source writes and the agent ships: kernel module, eBPF, audit reader and the agent's
 * own looks at the host. A recording is a dpt_file_header and records; a batch is records.
 *
 * All integers are little-endian. A record is a fixed part and, right behind it, its texts in the order of
 * `lengths`; the whole is padded with zeroes to a multiple of eight bytes, and `size` counts all of it. What a source
 * does not know is zero, and for descriptors -1. A reader skips what it does not know by `size`, and refuses another
 * `version`.
 *
 * It must not know how a source learns a thing, nor what the agent does with it.
 */
#ifndef DISPROTRACK_ABI_H
#define DISPROTRACK_ABI_H

#include <linux/types.h>

#define DPT_MAGIC 0x31545044u      /* "DPT1" */
#define DPT_FILE_MAGIC 0x46545044u /* "DPTF" */
#define DPT_ABI_VERSION 1

/* Bounds that every source keeps and every reader may rely on. */
#define DPT_PATH_BYTES_MAX 4096
#define DPT_ARGV_BYTES_MAX 8192
#define DPT_PAYLOAD_BYTES_MAX 4096   /* of one record */
#define DPT_LINE_BYTES_MAX 16384     /* of one write, over records that continue each other */
#define DPT_RECORD_BYTES_MAX 32768
#define DPT_FRAMES_MAX 32            /* of one stack */

/* Of the module's device: takes a pid as the host counts it, gives the CLOCK_BOOTTIME (ns) at which the process began. */
#define DPT_IOCTL_START_OF _IOWR('D', 1, __u64)

enum dpt_kind {
	/* From the kernel. */
	DPT_SYSCALL = 1, /* a syscall returned */
	DPT_FORK = 2,    /* a task was made: `child`; result is its pid in the parent's namespace */
	DPT_EXEC = 3,    /* an image was replaced: exe, argv; `object` is the image, path2 (and `object2`) the script */
	DPT_EXIT = 4,    /* the last task of a thread group ended; result is its status, as wait() gives it */
	DPT_STACK = 5,   /* who called for the log write that is this cpu's next sequence, by this task. payload: a DPT_FRAME
	                  * for each, the innermost first; result: enum dpt_stack_end */
	/* From user space, in the same stream and order. */
	DPT_COUNTERS = 16,   /* of one cpu: sequence = attempts so far, result = records lost so far, args = them by
	                      * enum dpt_loss; also a heartbeat */
	DPT_PROCESS = 17,    /* a process that ran when the capture began: exe, argv */
	DPT_DESCRIPTOR = 18, /* one of its descriptors: args[0], `object` or `socket`, path */
	DPT_CONTAINER = 19,  /* payload: JSON of a container sample */
	DPT_AUDIT_LINE = 20, /* payload: one line of kernel audit, without line end */
	DPT_APP_LOG = 21,    /* payload: bytes read from the log file `path`; args[0] is their offset in the file */
	DPT_NOTE = 22,       /* payload: JSON of a clock step, a rotation, records dropped from the spool */
	DPT_OBJECT = 23      /* what frames mean by the number args[0]: `object`, path; payload: its build id in hex */
};

/* A return address (of the innermost: the address itself) as the object was linked. */
#define DPT_FRAME(number, address) ((__u64)(number) << 40 | ((address) & 0xffffffffffull))

/* Why a stack ends where it does. */
enum dpt_stack_end {
	DPT_STACK_END = 1,        /* the thread's first function */
	DPT_STACK_FULL = 2,       /* DPT_FRAMES_MAX */
	DPT_STACK_PENDING = 3,    /* the code's file was not known yet */
	DPT_STACK_NO_TABLE = 4,   /* it says nothing of its callers */
	DPT_STACK_NO_ROW = 5,     /* it says nothing of this function's */
	DPT_STACK_NO_CODE = 6,    /* what should be an address is in no file's code: that of a JIT, or a walk gone wrong */
	DPT_STACK_UNREADABLE = 7, /* the stack is not in memory */
	DPT_STACK_BUSY = 8,       /* another thread was changing what is mapped */
	DPT_STACK_RULE = 9        /* by a rule that is not followed */
};

/* Why records were lost: index of a counter record's args. */
enum dpt_loss {
	DPT_LOSS_RING = 0,   /* the ring was full */
	DPT_LOSS_SOURCE = 1, /* the source could not make the record */
	DPT_LOSS_READER = 2, /* lost behind the ring: the kernel's audit queue, a record that was torn */
	DPT_LOSSES = 3
};

enum dpt_flag {
	DPT_FLAG_LOG = 1 << 0,               /* this write is a log write; payload holds what was written */
	DPT_FLAG_CONTINUES = 1 << 1,         /* the next record of this cpu and task has more of the payload */
	DPT_FLAG_PAYLOAD_CUT = 1 << 2,       /* more was written than DPT_LINE_BYTES_MAX, or it could not be read */
	DPT_FLAG_PATH_CUT = 1 << 3,          /* a path is longer than its bound, or could not be read */
	DPT_FLAG_ARGV_CUT = 1 << 4,
	DPT_FLAG_IO_URING = 1 << 5,          /* the process has an io_uring: what it does there makes no syscalls */
	DPT_FLAG_CONTAINER_STDIO = 1 << 6,   /* log write to descriptor 1 or 2 of a tracked container */
	DPT_FLAG_LOG_SOCKET = 1 << 7,        /* log write to /dev/log, the journal's or another syslog socket */
	DPT_FLAG_COMPAT = 1 << 8             /* 32-bit call on a 64-bit kernel: `syscall` counts by its table */
};

/* A file, pipe or socket inode. */
struct dpt_object {
	__u64 inode;
	__u32 device; /* kernel's dev_t: major << 20 | minor */
	__u32 mode;   /* st_mode: type and permissions */
};

struct dpt_address {
	__u16 family; /* AF_*; 0 where there is none */
	__u16 port;   /* host byte order */
	__u32 scope;
	__u8 ip[16]; /* IPv4 in the first four bytes; IPv4-mapped IPv6 is given as IPv4 */
};

struct dpt_socket {
	__u64 cookie; /* sock_gen_cookie where the source can have it */
	struct dpt_address local;
	struct dpt_address remote;
	__u16 type;     /* SOCK_* */
	__u16 protocol; /* IPPROTO_* */
	__u32 peer_inode; /* low half of the inode of a unix socket's other end */
};

/* Lengths in bytes of the texts behind the fixed part, in this order. No text ends in a zero byte. */
struct dpt_lengths {
	__u32 path;      /* absolute, of `object`, as the process's root shows it */
	__u32 path2;     /* of `object2`; a symlink's target; a unix socket's name (abstract: begins with @) */
	__u32 exe;
	__u32 argv;      /* arguments, each ending in a zero byte */
	__u32 cgroup;    /* path of the v2 cgroup (or of the v1 pids cgroup), in exec, fork and process records */
	__u32 payload;
};

struct dpt_record {
	__u32 magic;
	__u16 version;
	__u16 kind;
	__u32 size;   /* of the whole record, a multiple of 8 */
	__u32 flags;
	__u32 cpu;
	__u32 piece;  /* 0, 1, … of a payload that goes on over records; from 1 on payload is the only text */
	__u64 sequence; /* of this cpu, from 1, counts every attempt: a hole is a loss. User space's records have their own. */
	__u64 monotonic_ns; /* CLOCK_MONOTONIC at the return of the call */
	__u64 real_ns;      /* CLOCK_REALTIME then */
	__u64 start_ns;     /* CLOCK_BOOTTIME at which the process (thread group) began */
	__u64 cgroup_v2;    /* inode of the cgroup's directory */
	__u64 cgroup_v1;    /* of the pids controller's, where it is v1 */
	__u32 tgid;
	__u32 tid;
	__u32 namespace_tgid; /* in the task's own pid namespace */
	__u32 namespace_tid;
	__u32 ppid; /* host's */
	__u32 uid;
	__u32 euid;
	__u32 login_uid;
	__u32 session;
	__u32 pid_namespace; /* inode numbers */
	__u32 mount_namespace;
	__u32 net_namespace;
	__u32 syscall; /* number, in the table of `arch` */
	__u32 arch;    /* AUDIT_ARCH_* */
	__s64 result;
	__u64 args[6];
	struct dpt_object object;  /* what the descriptor or first path of the call means */
	struct dpt_object object2; /* of a second path or descriptor: rename, link, sendfile, splice, … */
	struct dpt_socket socket;
	__s32 fds[2]; /* pipe, pipe2, socketpair; else -1 */
	__u32 child_tgid;
	__u32 child_tid;
	__u32 child_namespace_tgid;
	__u32 child_namespace_tid;
	__u64 child_start_ns;
	__u64 payload_bytes; /* what the call wrote in all, over every piece and what was cut */
	__u8 comm[16];       /* ends in a zero byte unless it is full */
	struct dpt_lengths lengths;
};

/* At the head of a recording; 128 bytes. */
struct dpt_file_header {
	__u32 magic;
	__u16 version;
	__u16 record_bytes; /* sizeof(struct dpt_record) */
	__u32 arch;         /* AUDIT_ARCH_* of the host */
	__u32 source;       /* enum dpt_source */
	__u64 real_ns;      /* when the recording began */
	__u64 monotonic_ns;
	__u8 boot_id[40];   /* text, zero-padded */
	__u8 host[56];
};

enum dpt_source {
	DPT_SOURCE_MODULE = 1,
	DPT_SOURCE_EBPF = 2,
	DPT_SOURCE_AUDIT = 3
};

#endif
