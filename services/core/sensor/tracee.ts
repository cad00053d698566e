/**
 * Tracee's JSON events: syscalls with their descriptors, as audit has them, and what kernel functions say by name. It
 * must not know what flows where; docs/SENSORS.md has what is read of it.
 */
import type { PathItem, SocketAddress, SystemEvent } from '../event/event.ts';
import { exactWhole, type JsonObject, listOf, member, objectOf, textOf, wholeOf } from './json-member.ts';
import {
  containerName,
  internetAddress,
  type LineContext,
  namedPath,
  openFlagsOf,
  type SensorCall,
  type SensorLine,
  sensorEvent,
  unset,
} from './sensor-event.ts';

export function isTracee(json: JsonObject): boolean {
  return textOf(json.eventName) !== undefined && json.timestamp !== undefined;
}

type Arguments = ReadonlyMap<string, unknown>;
type Call = Pick<SensorCall, 'syscall'> & Partial<SensorCall> & { readonly isNamed?: boolean };

export function readTracee(json: JsonObject, context: LineContext): SensorLine {
  const name = textOf(json.eventName);
  if (name === undefined) return { problem: 'there is no eventName', at: 'eventName' };
  const time = exactWhole(context.text, 'timestamp');
  if (time === undefined) return { problem: 'timestamp is no number of nanoseconds', at: 'timestamp' };
  const pid = wholeOf(json.hostProcessId) ?? wholeOf(json.processId);
  if (pid === undefined || pid < 1) return { problem: 'there is no hostProcessId', at: 'hostProcessId' };
  const result = wholeOf(json.returnValue) ?? 0;
  const call = callOf(name, argumentsOf(json.args), result, json);
  if (call === undefined || typeof call === 'string') return { ignored: call ?? name };
  const { isNamed = false, ...said } = call;
  const isMain = wholeOf(json.hostThreadId) === pid;
  const processStart = isMain ? exactWhole(context.text, 'threadStartTime') : undefined;
  const base = { ...processOf(json, pid), host: context.host, time, serial: context.serial };
  const ended = { exit: result, success: result >= 0 || result < -4_095 };
  return { event: sensorEvent({ ...base, ...ended, ...said }, { isNamed, processStart }) };
}

function processOf(json: JsonObject, pid: number): Omit<SensorCall, 'host' | 'time' | 'serial' | 'syscall'> {
  const name = textOf(member(json.container, 'name')) ?? textOf(json.containerName);
  const id = textOf(member(json.container, 'id')) ?? textOf(json.containerId);
  const pod = textOf(member(json.kubernetes, 'podName')) ?? textOf(json.podName);
  const namespacePid = wholeOf(json.processId);
  return {
    pid,
    ppid: wholeOf(json.hostParentProcessId) ?? 0,
    uid: wholeOf(json.userId) ?? unset,
    comm: textOf(json.processName) ?? '',
    exe: textOf(member(json.executable, 'path')) ?? '',
    container: id === undefined ? undefined : containerName(pod, name ?? id.slice(0, 12)),
    ...(namespacePid === undefined || namespacePid === pid ? {} : { namespacePid }),
  };
}

/** A list of names and values, or (as some exporters flatten it) an object of them. */
function argumentsOf(args: unknown): Arguments {
  const object = objectOf(args);
  if (object !== undefined) return new Map(Object.entries(object));
  return new Map(
    listOf(args).flatMap((arg) => {
      const name = textOf(member(arg, 'name'));
      return name === undefined ? [] : [[name, member(arg, 'value')] as const];
    }),
  );
}

const descriptorCalls = new Set(
  (
    'read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2 close dup dup2 dup3 fcntl socket listen ' +
    'shutdown ftruncate fchmod fchown fallocate sendfile splice tee copy_file_range close_range'
  ).split(' '),
);
const socketCalls = new Set(
  'connect bind accept accept4 sendto sendmsg recvfrom recvmsg security_socket_connect security_socket_bind'.split(
    ' ',
  ),
);
const openCalls = new Set(['open', 'openat', 'openat2', 'creat']);
const pathCalls = new Set(
  'unlink unlinkat chmod fchmodat chown lchown fchownat truncate symlink symlinkat mknod mknodat'.split(' '),
);

/** Undefined, or what it is called, where nothing is made of it. */
function callOf(name: string, args: Arguments, result: number, json: JsonObject): Call | string | undefined {
  if (descriptorCalls.has(name)) return { syscall: name, args: numbersOf(name, args) };
  if (socketCalls.has(name)) return onSocket(name.replace('security_socket_', ''), args);
  if (openCalls.has(name)) return opened(name, args, false);
  if (name === 'security_file_open') return { ...opened('openat', args, true), exit: 0, success: true };
  if (name === 'sched_process_exec' || name === 'execve' || name === 'execveat')
    return executed(name, args, result);
  if (name === 'sched_process_fork') return forked(args);
  if (name === 'sched_process_exit') return exited(args, json);
  if (name === 'exit_group') return { syscall: name, exit: 0, success: true };
  if (name === 'pipe' || name === 'pipe2' || name === 'socketpair') return paired(name, args);
  if (/^(vfs_read|vfs_readv|vfs_write|vfs_writev|magic_write)$/.test(name))
    return transferred(name, args, result);
  const from = textOf(args.get('old_path')) ?? textOf(args.get('oldpath')) ?? textOf(args.get('oldname'));
  const to = textOf(args.get('new_path')) ?? textOf(args.get('newpath')) ?? textOf(args.get('newname'));
  if (
    /^(security_inode_rename|rename|renameat|renameat2)$/.test(name) &&
    from !== undefined &&
    to !== undefined
  )
    return {
      ...onPaths('rename', [
        [from, 'DELETE'],
        [to, 'CREATE'],
      ]),
      isNamed: true,
    };
  const path = textOf(args.get('pathname')) ?? textOf(args.get('path')) ?? textOf(args.get('linkpath'));
  if (name === 'security_inode_unlink' && path !== undefined) return onPaths('unlink', [[path, 'DELETE']]);
  if (!pathCalls.has(name) || path === undefined) return undefined;
  return onPaths(name, [[path, name.startsWith('unlink') ? 'DELETE' : 'NORMAL']]);
}

function onPaths(syscall: string, paths: readonly (readonly [string, PathItem['nametype']])[]): Call {
  return { syscall, paths: paths.map(([path, nametype], i) => namedPath(path, undefined, nametype, i)) };
}

function opened(syscall: string, args: Arguments, isNamed: boolean): Call {
  const path = textOf(args.get('pathname')) ?? textOf(args.get('syscall_pathname'));
  const flags = openFlagsOf(args.get('flags'));
  const placed: SystemEvent['args'] = syscall === 'open' ? [0, flags, 0, 0] : [-100, 0, flags, 0];
  return {
    syscall: syscall === 'openat2' ? 'openat' : syscall,
    args: placed,
    paths: path === undefined ? [] : [namedPath(path, undefined)],
    isNamed,
  };
}

function executed(name: string, args: Arguments, result: number): Call | undefined {
  if (result < 0) return undefined;
  const exe = textOf(args.get('pathname')) ?? '';
  const argv = listOf(args.get('argv')).flatMap((each) => (typeof each === 'string' ? [each] : []));
  const interpreter = textOf(args.get('interpreter_pathname'));
  const files = [exe, ...(interpreter === undefined || interpreter === exe ? [] : [interpreter])];
  return {
    syscall: 'execve',
    ...(name === 'sched_process_exec' ? { exe } : {}),
    argv,
    paths: files.flatMap((file, i) => (file === '' ? [] : [namedPath(file, undefined, 'NORMAL', i)])),
  };
}

/** A thread is no child. */
function forked(args: Arguments): Call | string {
  const child = wholeOf(args.get('child_pid')) ?? wholeOf(args.get('child_tid'));
  const parent = wholeOf(args.get('parent_pid')) ?? wholeOf(args.get('parent_tid'));
  return child === undefined || child === parent
    ? 'sched_process_fork of threads'
    : { syscall: 'fork', exit: child, success: true };
}

function exited(args: Arguments, json: JsonObject): Call | undefined {
  const isLast = args.get('process_group_exit') === true;
  const isMain = wholeOf(json.hostThreadId) === wholeOf(json.hostProcessId);
  return isLast || isMain ? { syscall: 'exit_group', exit: 0, success: true } : undefined;
}

function paired(syscall: string, args: Arguments): Call | undefined {
  const pair = args.get('pipefd') ?? args.get('sv') ?? args.get('usockvec');
  const [first, second] = listOf(pair).map(wholeOf);
  if (first === undefined || second === undefined) return undefined;
  return { syscall, fdPair: [first, second], args: [0, wholeOf(args.get('flags')) ?? 0, 0, 0] };
}

function transferred(name: string, args: Arguments, result: number): Call | undefined {
  const path = textOf(args.get('pathname'));
  const bytes = result > 0 ? result : (wholeOf(args.get('bytes')) ?? 0);
  if (path === undefined || !path.startsWith('/')) return undefined;
  const syscall = name.includes('read') ? 'read' : 'write';
  return { ...onPaths(syscall, [[path, 'NORMAL']]), exit: bytes, success: true, isNamed: true };
}

function onSocket(syscall: string, args: Arguments): Call {
  const fd = wholeOf(args.get('sockfd')) ?? wholeOf(args.get('fd')) ?? -1;
  const given = ['remote_addr', 'local_addr', 'addr', 'dest_addr', 'src_addr'].map((name) => args.get(name));
  const address = given.map(addressOf).find((each) => each !== undefined);
  return { syscall, args: [fd, 0, 0, wholeOf(args.get('flags')) ?? 0], address };
}

function addressOf(value: unknown): SocketAddress | undefined {
  const path = textOf(member(value, 'sun_path'));
  if (path !== undefined) return { family: 'unix', path };
  return (
    internetAddress(textOf(member(value, 'sin_addr')), wholeOf(member(value, 'sin_port'))) ??
    internetAddress(textOf(member(value, 'sin6_addr')), wholeOf(member(value, 'sin6_port')))
  );
}

/** The first four, in the order in which a call has them. */
function numbersOf(name: string, args: Arguments): SystemEvent['args'] {
  const socketTypes: Readonly<Record<string, number>> = { SOCK_STREAM: 1, SOCK_DGRAM: 2, SOCK_SEQPACKET: 5 };
  const values = [...args.values()].map((value) => {
    const type =
      typeof value === 'string' && name === 'socket' ? socketTypes[value.split('|')[0]!] : undefined;
    return type ?? wholeOf(value) ?? 0;
  });
  return [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0, values[3] ?? 0];
}
