/**
 * Tetragon's JSON (export-stdout, or its log file): executions, exits, and the kernel functions that tracing policies
 * hook. It must not know what flows where; docs/SENSORS.md has what is read of it.
 */
import type { PathItem, SocketAddress, SystemEvent } from '../event/event.ts';
import { type JsonObject, listOf, member, objectOf, textOf, wholeOf } from './json-member.ts';
import {
  containerName,
  internetAddress,
  type LineContext,
  type NamedCall,
  namedPath,
  type SensorCall,
  type SensorLine,
  sensorEvent,
  socketOf,
  unset,
} from './sensor-event.ts';
import { sensorTime } from './sensor-time.ts';

const kinds = [
  'process_exec',
  'process_exit',
  'process_kprobe',
  'process_lsm',
  'process_tracepoint',
] as const;

export function isTetragon(json: JsonObject): boolean {
  return Object.keys(json).some((name) => name.startsWith('process_')) && textOf(json.time) !== undefined;
}

export function readTetragon(json: JsonObject, context: LineContext): SensorLine {
  const kind = kinds.find((name) => objectOf(json[name]) !== undefined);
  if (kind === undefined) {
    const other =
      Object.keys(json).find((name) => objectOf(json[name]) !== undefined) ?? 'an event of no kind';
    return { ignored: other };
  }
  const time = sensorTime(textOf(json.time));
  if (time === undefined) return { problem: 'time is not RFC 3339', at: 'time' };
  const event = json[kind] as JsonObject;
  const process = processOf(event, textOf(json.node_name) ?? context.host);
  if (process === undefined) return { problem: `${kind}.process has no pid`, at: 'process' };
  const base = { ...process, time, serial: context.serial };
  if (kind === 'process_exec') return { event: executed(base, member(event, 'process')) };
  if (kind === 'process_exit') return { event: sensorEvent({ ...base, syscall: 'exit_group' }) };
  const hook = textOf(event.function_name) ?? textOf(event.event) ?? kind;
  const call = callOf(hook, listOf(event.args), base.cwd);
  if (call === undefined) return { ignored: hook };
  const result = wholeOf(member(event.return, 'int_arg'));
  const failed = result !== undefined && result < 0 && result > -4_096;
  return {
    event: sensorEvent(
      { ...base, ...call.call, ...(failed ? { success: false, exit: result } : {}) },
      call.facts,
    ),
  };
}

type Base = Omit<SensorCall, 'syscall' | 'time' | 'serial'>;

function processOf(event: JsonObject, host: string): Base | undefined {
  const process = event.process;
  const pid = wholeOf(member(process, 'pid'));
  if (pid === undefined || pid < 1) return undefined;
  const parent = wholeOf(member(event.parent, 'pid')) ?? 0;
  const exe = textOf(member(process, 'binary')) ?? '';
  const pod = member(process, 'pod');
  const container = member(pod, 'container');
  const named = containerName(textOf(member(pod, 'name')), textOf(member(container, 'name')));
  const namespacePid = wholeOf(member(container, 'pid'));
  return {
    host,
    pid,
    // An execution in place names itself as its parent.
    ppid: parent === pid ? 0 : parent,
    uid: wholeOf(member(process, 'uid')) ?? unset,
    auid: wholeOf(member(process, 'auid')) ?? unset,
    exe,
    comm: exe.slice(exe.lastIndexOf('/') + 1).slice(0, 15),
    cwd: textOf(member(process, 'cwd')),
    container: named ?? textOf(member(process, 'docker')),
    ...(namespacePid === undefined || namespacePid === pid ? {} : { namespacePid }),
  };
}

function executed(base: Base & { time: bigint; serial: number }, process: unknown): SystemEvent {
  const given = textOf(member(process, 'arguments'));
  const exe = base.exe ?? '';
  return sensorEvent({
    ...base,
    syscall: 'execve',
    argv: [exe, ...(given === undefined ? [] : given.split(' '))],
    paths: exe === '' ? [] : [namedPath(exe, base.cwd)],
  });
}

const may_read = 4;
const may_write = 2;
const maskedFiles = new Set(['security_file_permission', 'file_permission']);
const openedFiles = new Set([
  'security_file_open',
  'file_open',
  'fd_install',
  'security_mmap_file',
  'mmap_file',
]);
const sockets: Readonly<Record<string, string>> = {
  tcp_connect: 'connect',
  security_socket_connect: 'connect',
  socket_connect: 'connect',
  sys_connect: 'connect',
  inet_csk_accept: 'accept',
  tcp_sendmsg: 'sendto',
  udp_sendmsg: 'sendto',
  tcp_recvmsg: 'recvfrom',
  udp_recvmsg: 'recvfrom',
};
const transfers = /^(?:ksys_|vfs_)?(read|write|readv|writev|pread64|pwrite64)$/;
const paths =
  /^(unlink|unlinkat|chmod|fchmodat|chown|fchownat|truncate|symlink|symlinkat|rename|renameat|renameat2)$/;

function callOf(hook: string, args: readonly unknown[], cwd: string | undefined): NamedCall | undefined {
  const name = hook.replace(/^__(?:x64|arm64|ia32)_/, '');
  const socketCall = sockets[name];
  if (socketCall !== undefined) return onSocket(socketCall, args);
  const path = firstText(args, 'file_arg', 'path') ?? firstText(args, 'path_arg', 'path');
  const number = args.map((arg) => wholeOf(member(arg, 'int_arg'))).findLast((each) => each !== undefined);
  if (path !== undefined && maskedFiles.has(name)) {
    const syscall = ((number ?? may_read) & may_write) !== 0 ? 'write' : 'read';
    return onPath(syscall, path, cwd);
  }
  if (path !== undefined && openedFiles.has(name)) return onPath('openat', path, cwd);
  if (path !== undefined && name === 'security_path_truncate') return onPath('truncate', path, cwd);
  if (path !== undefined && /^(?:security_)?path_unlink$/.test(name))
    return onPath('unlink', path, cwd, 'DELETE');
  const syscall = name.replace(/^sys_/, '');
  const transfer = transfers.exec(syscall)?.[1];
  if (transfer !== undefined && path !== undefined) return onPath(transfer, path, cwd);
  const texts = args.flatMap((arg) => textOf(member(arg, 'string_arg')) ?? []);
  const [first, second] = texts;
  if (first === undefined) return undefined;
  if (/^(open|openat|openat2|creat)$/.test(syscall)) {
    const flags = number ?? 0;
    const call = { syscall, paths: [namedPath(first, cwd)], args: placed(syscall, flags) };
    return { call };
  }
  if (!paths.test(syscall)) return undefined;
  if (syscall.startsWith('rename'))
    return second === undefined ? undefined : renamed(syscall, first, second, cwd);
  return onPath(
    syscall,
    second !== undefined && syscall.startsWith('symlink') ? second : first,
    cwd,
    syscall.startsWith('unlink') ? 'DELETE' : 'NORMAL',
  );
}

function placed(syscall: string, flags: number): SystemEvent['args'] {
  return syscall === 'open' ? [0, flags, 0, 0] : [-100, 0, flags, 0];
}

function onPath(
  syscall: string,
  path: string,
  cwd: string | undefined,
  nametype: PathItem['nametype'] = 'NORMAL',
): NamedCall {
  return { call: { syscall, paths: [namedPath(path, cwd, nametype)] } };
}

function renamed(syscall: string, from: string, to: string, cwd: string | undefined): NamedCall {
  return { call: { syscall, paths: [namedPath(from, cwd, 'DELETE'), namedPath(to, cwd, 'CREATE', 1)] } };
}

function onSocket(syscall: string, args: readonly unknown[]): NamedCall | undefined {
  const sock = args.map((arg) => member(arg, 'sock_arg')).find((each) => each !== undefined);
  const number = args
    .map((arg) => wholeOf(member(arg, 'int_arg')) ?? wholeOf(member(arg, 'size_arg')))
    .find((n) => n !== undefined);
  const exit = syscall === 'sendto' ? (number ?? 0) : 0;
  if (sock !== undefined) {
    const end = (side: string): SocketAddress | undefined =>
      internetAddress(textOf(member(sock, `${side}addr`)), wholeOf(member(sock, `${side}port`)));
    const isDatagram = member(sock, 'type') === 'SOCK_DGRAM' || member(sock, 'protocol') === 'IPPROTO_UDP';
    const [local, remote] = [end('s'), end('d')];
    return {
      call: { syscall, exit, address: remote },
      facts: { socket: socketOf(isDatagram, local, remote) },
    };
  }
  const given = args.map((arg) => member(arg, 'sockaddr_arg')).find((each) => each !== undefined);
  const address =
    internetAddress(
      textOf(member(given, 'addr')) ?? textOf(member(given, 'sin_addr')),
      wholeOf(member(given, 'port')) ?? wholeOf(member(given, 'sin_port')),
    ) ?? unixAddress(textOf(member(given, 'path')) ?? textOf(member(given, 'sun_path')));
  return address === undefined ? undefined : { call: { syscall, exit, address } };
}

function unixAddress(path: string | undefined): SocketAddress | undefined {
  return path === undefined ? undefined : { family: 'unix', path };
}

function firstText(args: readonly unknown[], kind: string, name: string): string | undefined {
  return args.map((arg) => textOf(member(member(arg, kind), name))).find((each) => each !== undefined);
}
