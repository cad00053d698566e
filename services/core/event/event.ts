/**
 * The system event: one syscall (or one audit-only message) of one host, coalesced from its records.
 * Every capture source ends in this shape. It must not know files, sockets or processes as things that live on:
 * that is the fold's business.
 */

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

export interface SystemEvent {
  readonly kind: 'system';
  readonly host: string;
  /** Order within (host, boot): audit's serial, or the kernel module's merged sequence. */
  readonly serial: number;
  /** ns since the epoch, the kernel's clock at the START of the call (4 ms steps with audit). Not an order: see `serial`. */
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
  /** True where the end was seen (EOE or PROCTITLE) rather than assumed by a bound or the end of input. */
  readonly complete: boolean;
}
