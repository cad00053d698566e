/**
 * The system event: one syscall (or one audit-only message) of one host, coalesced from its records.
 * Every capture source ends in this shape. It must not know files, sockets or processes as things that live on:
 * that is the fold's business.
 */

import type { AppEntry } from '../app-log/app-entry.ts';

/** One PATH record. `path` is absolute where name and cwd allow it. Device is `major:minor` in hex as audit prints it. */
export interface PathItem {
  readonly item: number;
  readonly name: string | undefined;
  readonly path: string | undefined;
  readonly inode: number | undefined;
  readonly device: string | undefined;
  readonly mode: number | undefined;
  readonly nametype: string;
}

/** A decoded SOCKADDR. IPv4-mapped IPv6 addresses are given as IPv4. An abstract unix name begins with `@`. */
export type SocketAddress =
  | { readonly family: 'inet' | 'inet6'; readonly address: string; readonly port: number }
  | { readonly family: 'unix'; readonly path: string }
  | { readonly family: 'netlink'; readonly port: number; readonly groups: number }
  | { readonly family: 'other'; readonly number: number; readonly raw: string };

/** A record that no field of the event stands for, kept as it came (without prefix). */
export interface OtherRecord {
  readonly type: string;
  readonly text: string;
}

/** A file, pipe or socket inode as the kernel had it at the call. Device as in PathItem. */
export interface KernelObject {
  readonly inode: number;
  readonly device: string;
  /** Type and permissions. */
  readonly mode: number;
  /** As the process's root shows it; undefined where the object has no name. */
  readonly path: string | undefined;
}

/** A socket with both its ends, as far as it had them. */
export interface KernelSocket {
  /** SOCK_* and IPPROTO_*. */
  readonly type: number;
  readonly protocol: number;
  readonly local: SocketAddress | undefined;
  readonly remote: SocketAddress | undefined;
  /** Low half of the inode of a unix socket's other end; 0 where it has none yet. */
  readonly peerInode: number;
}

/** What a source in the kernel knows and audit does not. */
export interface KernelFacts {
  /** Of the boot that the event is of. */
  readonly bootId: string;
  /** CLOCK_BOOTTIME at which the process began (ns): with pid and boot it is the process, whatever was seen of it. */
  readonly processStart: bigint;
  /** Inodes of its cgroups, v2 first; what a container sample names a container by. */
  readonly cgroups: readonly number[];
  /** The thread that made the call. */
  readonly tid: number;
  readonly pidNamespace: number;
  readonly mountNamespace: number;
  readonly netNamespace: number;
  /** What the first and the second descriptor (or path) of the call meant. */
  readonly object: KernelObject | undefined;
  readonly object2: KernelObject | undefined;
  readonly socket: KernelSocket | undefined;
  /** The process that a fork made; undefined for a thread. */
  readonly child: { readonly pid: number; readonly namespacePid: number; readonly start: bigint } | undefined;
  /** Log entries that this very call wrote. */
  readonly entries: readonly AppEntry[];
  /** The process has an io_uring: what it does there makes no calls. */
  readonly ioUring: boolean;
  /** Of what it wrote to a log a part was not recorded. */
  readonly cutLine: boolean;
}

/** What a sensor that is not ours says of an event, beside what audit would. */
export interface SensorFacts {
  /** What the call is on is named by the event itself; its descriptors, where it has any, stand for nothing. */
  readonly isNamed: boolean;
  /** ns since the epoch at which the process began, where it says so. */
  readonly processStart: bigint | undefined;
  /** With its ends, as far as it says them. */
  readonly socket: KernelSocket | undefined;
}

export interface SystemEvent {
  readonly kind: 'system';
  readonly host: string;
  /**
   * Audit's serial, the order within (host, boot). With `kernel` or `sensor`, a number that no other event of its time
   * has.
   */
  readonly serial: number;
  /**
   * ns since the epoch: with audit, of the START of the call in 4 ms steps, and no order (see `serial`); with `kernel`,
   * of its return.
   */
  readonly time: bigint;
  /** The syscall's name (`openat`, `connect`, …), `''` for an event without a SYSCALL record. `syscall_N` where unknown. */
  readonly syscall: string;
  /** The type of the first record: `SYSCALL`, `USER_LOGIN`, `SYSTEM_BOOT`, … */
  readonly type: string;
  readonly arch: string;
  readonly success: boolean;
  /** Signed return value (negative errno on failure). */
  readonly exit: number;
  /** a0…a3; values with the top bit set come as negative numbers (AT_FDCWD is -100 after `| 0`). */
  readonly args: readonly [number, number, number, number];
  /** Host thread-group id; 0 where the event names none. */
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly auid: number;
  readonly session: number;
  /** Namespace pid and container, where the source knows them (audit does not). */
  readonly namespacePid?: number | undefined;
  readonly container?: string | undefined;
  readonly comm: string;
  readonly exe: string;
  readonly cwd: string | undefined;
  readonly paths: readonly PathItem[];
  /** EXECVE's arguments, whole; empty for any other call. */
  readonly argv: readonly string[];
  readonly proctitle: string | undefined;
  readonly address: SocketAddress | undefined;
  /** FD_PAIR of pipe, pipe2 and socketpair. */
  readonly fdPair: readonly [number, number] | undefined;
  /** MMAP's descriptor. */
  readonly mmapFd: number | undefined;
  readonly key: string | undefined;
  readonly others: readonly OtherRecord[];
  readonly kernel?: KernelFacts | undefined;
  readonly sensor?: SensorFacts | undefined;
  /** True where the end was seen (EOE or PROCTITLE) rather than assumed by a bound or the end of input. */
  readonly complete: boolean;
}
