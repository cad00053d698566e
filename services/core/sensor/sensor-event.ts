/**
 * A sensor's event as one of ours: what it says, and nothing where it says nothing. It must not know any sensor.
 */
import type { KernelSocket, PathItem, SensorFacts, SocketAddress, SystemEvent } from '../event/event.ts';
import { absolutePath } from '../event/path-record.ts';

/** What every sensor must say, and what some do. */
export interface SensorCall extends Partial<Omit<SystemEvent, 'kind' | 'kernel' | 'sensor'>> {
  readonly host: string;
  readonly serial: number;
  readonly time: bigint;
  readonly syscall: string;
  readonly pid: number;
}

/** What became of one line. */
export type SensorLine =
  | { readonly event: SystemEvent }
  /** It is of a kind that nothing is made of. */
  | { readonly ignored: string }
  /** It can't be what the sensor writes; `at`: the member that is wrong. */
  | { readonly problem: string; readonly at?: string };

/** What a reader of lines is told with each. */
export interface LineContext {
  /** Of lines that name none. */
  readonly host: string;
  /** A number that no other line of the stream has. */
  readonly serial: number;
  readonly text: string;
}

/** The kernel's -1: nobody. */
export const unset = 0xffff_ffff;

/** An event of which nothing is said. */
export const unsaid: Omit<SystemEvent, 'host' | 'serial' | 'time' | 'syscall' | 'pid'> = {
  kind: 'system',
  type: 'SYSCALL',
  arch: '',
  success: true,
  exit: 0,
  args: [0, 0, 0, 0],
  ppid: 0,
  uid: unset,
  auid: unset,
  session: unset,
  comm: '',
  exe: '',
  cwd: undefined,
  paths: [],
  argv: [],
  proctitle: undefined,
  address: undefined,
  fdPair: undefined,
  mmapFd: undefined,
  key: undefined,
  others: [],
  complete: true,
};

export function sensorEvent(call: SensorCall, facts: Partial<SensorFacts> = {}): SystemEvent {
  return {
    ...unsaid,
    ...call,
    sensor: { isNamed: true, processStart: undefined, socket: undefined, ...facts },
  };
}

/** What an event says of its call, and of the connection that it is on. */
export interface NamedCall {
  readonly call: Pick<SensorCall, 'syscall'> & Partial<SensorCall>;
  readonly facts?: { readonly socket: KernelSocket };
}

/** A path as the call names it; without inode, for a name is all that most sensors say. */
export function namedPath(
  name: string,
  cwd: string | undefined,
  nametype: PathItem['nametype'] = 'NORMAL',
  item = 0,
): PathItem {
  const path = absolutePath(name, cwd);
  return { item, name, path, inode: undefined, device: undefined, mode: undefined, nametype };
}

/** Undefined where the text is no address. */
export function internetAddress(
  address: string | undefined,
  port: number | undefined,
): SocketAddress | undefined {
  if (address === undefined || port === undefined || port < 0 || port > 65_535) return undefined;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(mapped)) return { family: 'inet', address: mapped, port };
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(mapped)
    ? { family: 'inet6', address: mapped.toLowerCase(), port }
    : undefined;
}

export function socketOf(
  isDatagram: boolean,
  local: SocketAddress | undefined,
  remote: SocketAddress | undefined,
): KernelSocket {
  return { type: isDatagram ? 2 : 1, protocol: isDatagram ? 17 : 6, local, remote, peerInode: 0 };
}

const openFlags: Readonly<Record<string, number>> = {
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_TRUNC: 0o1000,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
};

/** Flags of an open as names with bars between, or as a number. */
export function openFlagsOf(flags: unknown): number {
  if (typeof flags === 'number') return Number.isSafeInteger(flags) ? flags : 0;
  if (typeof flags !== 'string') return 0;
  if (/^\d+$/.test(flags)) return Number(flags);
  return flags.split('|').reduce((sum, name) => sum | (openFlags[name.trim()] ?? 0), 0);
}

/** What a container of a pod is called: the pods of a host may each have one of the same name. */
export function containerName(pod: string | undefined, container: string | undefined): string | undefined {
  return pod !== undefined && container !== undefined ? `${pod}/${container}` : (container ?? pod);
}

const errnos: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  EAGAIN: 11,
  EACCES: 13,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOSPC: 28,
  EROFS: 30,
  EPIPE: 32,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
  EDQUOT: 122,
};

/** A result as a negative errno: of its name, or -1 (which is EPERM, as good as any) for one that is not known. */
export function errnoOf(name: string): number {
  return -(errnos[name] ?? 1);
}
