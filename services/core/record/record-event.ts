/**
 * From a record of the kernel to the system event of the same call. The event's paths are those that audit would give,
 * so that one set of flow rules reads both; what only the kernel knows stands in `kernel`. It must not know what a
 * file, socket or process is over time.
 */
import type { AppEntry } from '../app-log/app-entry.ts';
import { architecture } from '../event/architecture.ts';
import type { KernelFacts, KernelObject, KernelSocket, PathItem, SystemEvent } from '../event/event.ts';
import { addressOfRecord } from './record-address.ts';
import { recordFlag, recordKind } from './record-kind.ts';
import { syscallOfRecord } from './record-syscall.ts';
import { place, type RecordView } from './record-view.ts';

export interface RecordContext {
  readonly host: string;
  readonly bootId: string;
  /** ns since the epoch, of the record. */
  readonly time: bigint;
  readonly entries: readonly AppEntry[];
  /** A part of them was not recorded. */
  readonly isCut: boolean;
}

/** `record` is of a kind that an event stands for: a call, fork, exec, exit, or what was there before the capture. */
export function recordEvent(record: RecordView, context: RecordContext): SystemEvent {
  const syscall = syscallOfRecord(record);
  const exit = record.result;
  const args = record.args;
  const [first, second] = record.fds;
  const ends = endsOf(record);
  const kernel = kernelFacts(record, context, ends);
  const call = callOfKind(record.kind, syscall);
  return {
    kind: 'system',
    host: context.host,
    serial: record.sequence * cpus_max + (record.cpu % cpus_max),
    time: context.time,
    syscall: call.name,
    type: call.type,
    arch: architecture(record.arch),
    success: record.kind !== recordKind.syscall || exit >= 0 || isAddressResult(syscall, exit),
    exit: record.kind === recordKind.fork ? record.u32(childPid) : exit,
    args: [args[0]!, args[1]!, args[2]!, args[3]!],
    pid: record.tgid,
    ppid: record.u32(ppid),
    uid: record.u32(uid),
    auid: record.u32(loginUid),
    session: record.u32(session),
    namespacePid: ofNamespace(record.u32(namespacePid), record.tgid),
    comm: record.comm,
    exe: record.text('exe'),
    cwd: undefined,
    paths: pathsOf(call.name, record.text('exe'), ends),
    argv: argumentsOf(record),
    proctitle: undefined,
    address: addressOf(kernel.socket, ends.path2, call.name),
    fdPair: first >= 0 && second >= 0 ? [first, second] : undefined,
    mmapFd: syscall === 'mmap' || syscall === 'mmap2' ? args[4]! | 0 : undefined,
    key: undefined,
    others: [],
    kernel,
    complete: true,
  };
}

/** A pid that only repeats the host's says nothing. */
function ofNamespace(pid: number, hostPid: number): number | undefined {
  return pid === 0 || pid === hostPid ? undefined : pid;
}

interface Ends {
  readonly object: KernelObject | undefined;
  readonly object2: KernelObject | undefined;
  readonly path: string | undefined;
  readonly path2: string | undefined;
}

/** Processors whose sequences are told apart. */
const cpus_max = 4_096;

function callOfKind(kind: number, syscall: string): { name: string; type: string } {
  if (kind === recordKind.exec) return { name: 'execve', type: 'SYSCALL' };
  if (kind === recordKind.exit) return { name: 'exit_group', type: 'SYSCALL' };
  if (kind === recordKind.process) return { name: 'process', type: 'STANDING' };
  if (kind === recordKind.descriptor) return { name: 'descriptor', type: 'STANDING' };
  if (kind === recordKind.fork) return { name: syscall === 'clone' ? syscall : 'fork', type: 'SYSCALL' };
  return { name: syscall, type: 'SYSCALL' };
}

/** A mapping's address may have its top bit set, and is no error for it. */
function isAddressResult(syscall: string, exit: number): boolean {
  return (syscall === 'mmap' || syscall === 'mmap2') && exit < -errno_max;
}

function kernelFacts(record: RecordView, context: RecordContext, ends: Ends): KernelFacts {
  const child = record.u32(childPid);
  const isProcess = record.kind === recordKind.fork && child !== 0 && child !== record.tgid;
  return {
    bootId: context.bootId,
    processStart: record.start_ns,
    cgroups: [record.cgroupV2, record.cgroupV1].filter((id) => id !== 0),
    tid: record.tid,
    pidNamespace: record.u32(pidNamespace),
    mountNamespace: record.u32(mountNamespace),
    netNamespace: record.u32(netNamespace),
    object: ends.object,
    object2: ends.object2,
    socket: socketOf(record),
    child: isProcess
      ? { pid: child, namespacePid: record.u32(childNamespacePid), start: record.child_start_ns }
      : undefined,
    entries: context.entries,
    ioUring: (record.flags & recordFlag.ioUring) !== 0,
    cutLine: context.isCut,
  };
}

function endsOf(record: RecordView): Ends {
  const path = record.text('path') || undefined;
  const path2 = record.text('path2') || undefined;
  return {
    object: objectOf(record.object('object'), path),
    object2: objectOf(record.object('object2'), path2),
    path,
    path2,
  };
}

function objectOf(
  { inode, device, mode }: ReturnType<RecordView['object']>,
  path: string | undefined,
): KernelObject | undefined {
  if (inode === 0) return undefined;
  const major = (device >>> 20).toString(16).padStart(2, '0');
  const minor = (device & 0xfffff).toString(16).padStart(2, '0');
  return { inode, device: `${major}:${minor}`, mode, path: path?.startsWith('/') ? path : undefined };
}

function socketOf(record: RecordView): KernelSocket | undefined {
  const type = record.u16(socketType);
  if (type === 0) return undefined;
  return {
    type,
    protocol: record.u16(socketProtocol),
    local: addressOfRecord(record, 'local'),
    remote: addressOfRecord(record, 'remote'),
    peerInode: record.u32(peerInode),
  };
}

/** The address that audit gives for the call: that of the other end, or the own one of bind. */
function addressOf(
  socket: KernelSocket | undefined,
  path2: string | undefined,
  call: string,
): SystemEvent['address'] {
  if (socket === undefined) return undefined;
  const internet = call === 'bind' ? socket.local : socket.remote;
  if (internet !== undefined) return internet;
  // A unix socket's name stands where a second path does.
  return path2 === undefined || !namingCalls.has(call) ? undefined : { family: 'unix', path: path2 };
}

const namingCalls = new Set('bind connect accept accept4 sendto sendmsg sendmmsg descriptor'.split(' '));
const movingCalls = new Set(['rename', 'renameat', 'renameat2', 'link', 'linkat']);
const removingCalls = new Set(['unlink', 'unlinkat', 'rmdir']);
const namedCalls = new Set(
  'open openat openat2 creat truncate chmod fchmodat fchmodat2 chown lchown fchownat symlink symlinkat mknod mknodat mkdir mkdirat setxattr lsetxattr'.split(
    ' ',
  ),
);

/** The PATH items that audit gives for the call. */
function pathsOf(call: string, exe: string, { object, object2, path, path2 }: Ends): PathItem[] {
  if (call === 'execve') {
    const image = path ?? (exe === '' ? undefined : exe);
    // The script comes first, then the image that runs it.
    const script = path2 === undefined ? [] : [item(0, object2, path2, 'NORMAL')];
    return image === undefined ? script : [...script, item(script.length, object, image, 'NORMAL')];
  }
  if (movingCalls.has(call)) {
    if (path === undefined || path2 === undefined) return [];
    const before = item(0, object, path, call.startsWith('link') ? 'NORMAL' : 'DELETE');
    // What stood under the new name before is gone.
    const replaced = object2 !== undefined && object2.inode !== object?.inode;
    return [
      before,
      ...(replaced ? [item(1, object2, path2, 'DELETE')] : []),
      item(2, object, path2, 'CREATE'),
    ];
  }
  if (path === undefined) return [];
  if (removingCalls.has(call)) return [item(0, object, path, 'DELETE')];
  return namedCalls.has(call) ? [item(0, object, path, 'NORMAL')] : [];
}

function item(
  number: number,
  object: KernelObject | undefined,
  path: string | undefined,
  nametype: string,
): PathItem {
  return {
    item: number,
    name: path,
    path: path?.startsWith('/') ? path : undefined,
    inode: object?.inode,
    device: object?.device,
    mode: object?.mode,
    nametype,
  };
}

function argumentsOf(record: RecordView): string[] {
  const text = record.text('argv');
  if (text === '') return [];
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

const errno_max = 4_095;
const ppid = place('ppid');
const uid = place('uid');
const loginUid = place('login_uid');
const session = place('session');
const namespacePid = place('namespace_tgid');
const pidNamespace = place('pid_namespace');
const mountNamespace = place('mount_namespace');
const netNamespace = place('net_namespace');
const childPid = place('child_tgid');
const childNamespacePid = place('child_namespace_tgid');
const socketType = place('socket.type');
const socketProtocol = place('socket.protocol');
const peerInode = place('socket.peer_inode');
