/**
 * Falco's alerts as JSON lines: what rules print of the events that they match, and the fields that append_output adds
 * to all of them. It must not know rules; docs/SENSORS.md has the fields that are read.
 */
import type { SocketAddress } from '../event/event.ts';
import { type JsonObject, objectOf, textOf, wholeOf } from './json-member.ts';
import {
  containerName,
  errnoOf,
  internetAddress,
  type LineContext,
  type NamedCall,
  namedPath,
  openFlagsOf,
  type SensorCall,
  type SensorLine,
  sensorEvent,
  socketOf,
  unset,
} from './sensor-event.ts';
import { sensorTime } from './sensor-time.ts';

export function isFalco(json: JsonObject): boolean {
  return objectOf(json.output_fields) !== undefined && textOf(json.rule) !== undefined;
}

export function readFalco(json: JsonObject, context: LineContext): SensorLine {
  const fields = objectOf(json.output_fields);
  if (fields === undefined) return { problem: 'there are no output_fields: set json_output to true' };
  const source = textOf(json.source) ?? 'syscall';
  if (source !== 'syscall') return { ignored: `source ${source}` };
  const time = sensorTime(textOf(json.time) ?? textOf(fields['evt.time.iso8601']));
  if (time === undefined) return { problem: 'time is not RFC 3339', at: 'time' };
  const pid = wholeOf(fields['proc.pid']);
  if (pid === undefined || pid < 1)
    return { problem: 'output_fields has no proc.pid: add it with append_output', at: 'output_fields' };
  const type = textOf(fields['evt.type']);
  if (type === undefined)
    return { problem: 'output_fields has no evt.type: add it with append_output', at: 'output_fields' };
  const call = callOf(type, fields);
  if (call === undefined) return { ignored: type };
  const start = wholeOfLong(fields['proc.pid.ts']);
  const base = processOf(fields, pid, textOf(json.hostname) ?? context.host);
  const result = resultOf(fields);
  return {
    event: sensorEvent(
      { ...base, time, serial: context.serial, exit: result, success: result >= 0, ...call.call },
      { ...call.facts, processStart: start },
    ),
  };
}

function processOf(
  fields: JsonObject,
  pid: number,
  host: string,
): Omit<SensorCall, 'syscall' | 'time' | 'serial'> {
  const id = textOf(fields['container.id']);
  const isHost = id === 'host' || id === undefined;
  const name = textOf(fields['k8s.container.name']) ?? textOf(fields['container.name']) ?? id;
  const namespacePid = wholeOf(fields['proc.vpid']);
  return {
    host,
    pid,
    ppid: wholeOf(fields['proc.ppid']) ?? 0,
    uid: wholeOf(fields['user.uid']) ?? unset,
    auid: wholeOf(fields['user.loginuid']) ?? unset,
    exe: textOf(fields['proc.exepath']) ?? '',
    comm: textOf(fields['proc.name']) ?? '',
    cwd: textOf(fields['proc.cwd']),
    container: isHost ? undefined : containerName(textOf(fields['k8s.pod.name']), name),
    ...(namespacePid === undefined || namespacePid === pid ? {} : { namespacePid }),
  };
}

const fileCalls = new Set(
  'read readv pread64 pread preadv write writev pwrite64 pwrite pwritev ftruncate mmap mmap2'.split(' '),
);
const socketCalls = new Set('connect accept accept4 sendto sendmsg recvfrom recvmsg'.split(' '));
const pathCalls = new Set(
  'unlink unlinkat chmod fchmodat chown lchown fchownat truncate symlink symlinkat mknod mknodat setxattr'.split(
    ' ',
  ),
);
/** Falco drops the number of bits. */
const kernelNames: Readonly<Record<string, string>> = { pread: 'pread64', pwrite: 'pwrite64', mmap2: 'mmap' };

function callOf(type: string, fields: JsonObject): NamedCall | undefined {
  const cwd = textOf(fields['proc.cwd']);
  const name = textOf(fields['fd.name']);
  const syscall = kernelNames[type] ?? type;
  if (type === 'execve' || type === 'execveat') return executed(type, fields);
  if (type === 'procexit') return { call: { syscall: 'exit_group', exit: 0, success: true } };
  if (/^(open|openat|openat2|creat|open_by_handle_at)$/.test(type)) return opened(type, name, cwd, fields);
  const isSocket = textOf(fields['fd.type'])?.startsWith('ipv') ?? name?.includes('->') ?? false;
  if (socketCalls.has(type)) return onSocket(type, fields);
  if (fileCalls.has(type) && isSocket)
    return onSocket(syscall.startsWith('read') ? 'recvfrom' : 'sendto', fields);
  if (fileCalls.has(type) && name?.startsWith('/'))
    return { call: { syscall, paths: [namedPath(name, cwd)] } };
  const path =
    textOf(fields['fs.path.name']) ??
    textOf(fields['evt.arg.path']) ??
    textOf(fields['evt.arg.name']) ??
    name;
  const target = textOf(fields['fs.path.target']) ?? textOf(fields['evt.arg.newpath']);
  if (/^rename(at|at2)?$/.test(type)) {
    const source = textOf(fields['fs.path.source']) ?? textOf(fields['evt.arg.oldpath']);
    if (source === undefined || target === undefined) return undefined;
    return {
      call: { syscall, paths: [namedPath(source, cwd, 'DELETE'), namedPath(target, cwd, 'CREATE', 1)] },
    };
  }
  if (!pathCalls.has(type) || path === undefined) return undefined;
  return {
    call: { syscall, paths: [namedPath(path, cwd, type.startsWith('unlink') ? 'DELETE' : 'NORMAL')] },
  };
}

function executed(type: string, fields: JsonObject): NamedCall {
  const exe = textOf(fields['proc.exepath']) ?? textOf(fields['evt.arg.exe']);
  const argv = [textOf(fields['proc.exe']) ?? exe ?? '', ...(textOf(fields['proc.args'])?.split(' ') ?? [])];
  const line = textOf(fields['proc.cmdline']);
  return {
    call: {
      syscall: type,
      argv: fields['proc.args'] === undefined && line !== undefined ? line.split(' ') : argv,
      paths: exe === undefined ? [] : [namedPath(exe, textOf(fields['proc.cwd']))],
    },
  };
}

function opened(
  type: string,
  name: string | undefined,
  cwd: string | undefined,
  fields: JsonObject,
): NamedCall | undefined {
  const path = name ?? textOf(fields['fs.path.name']) ?? textOf(fields['evt.arg.name']);
  if (path === undefined) return undefined;
  const syscall = type === 'open_by_handle_at' ? 'openat' : type === 'creat' ? 'openat' : type;
  const given = openFlagsOf(fields['evt.arg.flags']);
  const writes = fields['evt.is_open_write'] === true || type === 'creat';
  const reads = fields['evt.is_open_read'] === true;
  const flags = writes ? (given & ~3) | (reads ? 2 : 1) : given;
  const others = syscall === 'openat2' ? [{ type: 'OPENAT2', text: `oflag=${flags.toString(8)}` }] : [];
  const args = syscall === 'open' ? ([0, flags, 0, 0] as const) : ([-100, 0, flags, 0] as const);
  return { call: { syscall, args, others, paths: [namedPath(path, cwd)] } };
}

function onSocket(syscall: string, fields: JsonObject): NamedCall | undefined {
  const isDatagram = textOf(fields['fd.l4proto']) === 'udp';
  const { local, remote } = endsOf(fields, syscall);
  const name = textOf(fields['fd.name']);
  if (remote === undefined) {
    const path = name?.replace(/^.*->/, '').trim();
    if (!path?.startsWith('/')) return undefined;
    return { call: { syscall, address: { family: 'unix', path } } };
  }
  return { call: { syscall, address: remote }, facts: { socket: socketOf(isDatagram, local, remote) } };
}

/** By local and remote end where they are said; otherwise by client and server, as the call's side has them. */
function endsOf(fields: JsonObject, syscall: string) {
  const end = (side: string): SocketAddress | undefined =>
    internetAddress(textOf(fields[`fd.${side}ip`]), wholeOf(fields[`fd.${side}port`]));
  const [local, remote] = [end('l'), end('r')];
  if (remote !== undefined) return { local, remote };
  const tuple = /^(.+):(\d+)->(.+):(\d+)$/.exec(textOf(fields['fd.name']) ?? '');
  const client = end('c') ?? internetAddress(tuple?.[1], wholeOf(tuple?.[2]));
  const server = end('s') ?? internetAddress(tuple?.[3], wholeOf(tuple?.[4]));
  const isServer = syscall.startsWith('accept');
  return isServer ? { local: server, remote: client } : { local: client, remote: server };
}

/** Without any, the rule matched a call that was made. */
function resultOf(fields: JsonObject): number {
  const raw = wholeOf(fields['evt.rawres']);
  if (raw !== undefined) return raw;
  const name = textOf(fields['evt.res']) ?? 'SUCCESS';
  const number = wholeOf(name);
  if (number !== undefined) return number;
  return /^E[A-Z0-9]+$/.test(name) ? errnoOf(name) : 0;
}

/** ns since the epoch: JSON rounds them, the same each time. */
function wholeOfLong(value: unknown): bigint | undefined {
  if (typeof value === 'string' && /^\d{1,19}$/.test(value)) return BigInt(value);
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? BigInt(value) : undefined;
}
