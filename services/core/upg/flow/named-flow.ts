/**
 * Flow rules of sensors' events that name what a call is on, and not by a descriptor: the object of a read is the path
 * or the ends that the event itself says. It must not know descriptor tables.
 */
import { descriptor } from '../descriptor-table.ts';
import { addressText } from '../identity.ts';
import { beginUnit, toldUnit, unitBegan } from '../unit-vertex.ts';
import { isInternet } from './connection-vertex.ts';
import { datagramFlow, datagramPeer } from './datagram-flow.ts';
import { exactConnection } from './exact-connection.ts';
import { openFlags, target } from './file-flow.ts';
import type { FlowContext } from './flow-context.ts';
import { acceptedConnection, connectTo } from './socket-flow.ts';

const datagramType = 2;
const accessMode = 3;
const truncate = 0o1000;

const calls = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const opening = calls('open openat openat2 creat');
const reading = calls('read readv pread64 preadv preadv2 mmap recvfrom recvmsg recvmmsg');
const writing = calls('write writev pwrite64 pwritev pwritev2 sendto sendmsg sendmmsg ftruncate');
const renaming = calls('rename renameat renameat2');
/** Of them a name says nothing that flows. */
const silent = calls('socket bind listen close dup dup2 dup3 fcntl pipe pipe2 socketpair shutdown');

/** False where the call's ordinary rule asks for no descriptor, and is to be applied. */
export function applyNamed(c: FlowContext): boolean {
  const { syscall, exit } = c.event;
  const bytes = Math.max(0, exit);
  if (opening.has(syscall)) open(c);
  else if (reading.has(syscall)) receive(c, bytes);
  else if (writing.has(syscall)) send(c, bytes);
  else if (syscall === 'connect') connect(c);
  else if (syscall === 'accept' || syscall === 'accept4') accept(c);
  else if (renaming.has(syscall)) rename(c);
  else return silent.has(syscall);
  return true;
}

function receive(c: FlowContext, bytes: number): void {
  const object = touched(c);
  if (object === undefined) return;
  const unit = c.parts.units.received(c.process.id, c.thread, object, c.time);
  if (unit !== undefined) unitBegan(c.parts, c.process, unit);
  c.outOf(object, bytes);
}

function send(c: FlowContext, bytes: number): void {
  const object = touched(c);
  if (object === undefined) return;
  c.parts.units.answered(c.process.id, c.thread, object, c.time);
  c.into(object, bytes);
}

function touched(c: FlowContext): string | undefined {
  const object = connectionOf(c) ?? fileOf(c);
  if (object === undefined) return undefined;
  const changed = c.parts.units.touched(c.process.id, c.thread, object, undefined);
  if (changed !== undefined) toldUnit(c.parts, c.process, changed);
  return object;
}

function open(c: FlowContext): void {
  const file = fileOf(c);
  if (file === undefined) return;
  const flags = openFlags(c);
  const mode = flags & accessMode;
  if (mode !== 1) c.outOf(file);
  if (mode !== 0 || (flags & truncate) !== 0) c.into(file);
}

function connect(c: FlowContext): void {
  const { address } = c.event;
  const d = descriptor('socket', { object: exactConnection(c, 'connect') ?? datagramOf(c) });
  if (d.object === undefined && isInternet(address) && address.port !== 0)
    connectTo(c, d, `inet|${address.port}`, address.address, address.port);
  else if (d.object === undefined && address?.family === 'unix')
    connectTo(c, d, `unix|${c.process.container ?? ''}|${address.path}`, address.path, 0);
  if (d.object !== undefined) c.into(d.object);
}

function accept(c: FlowContext): void {
  const { address, sensor } = c.event;
  const local = isInternet(sensor?.socket?.local) ? sensor.socket.local : undefined;
  const listener = local === undefined ? undefined : descriptor('socket', { local });
  const object = exactConnection(c, 'accept') ?? acceptedConnection(c, listener, address);
  const peer = isInternet(address) ? addressText(address.address, address.port) : undefined;
  beginUnit(c, { connection: object, peer, reason: 'connection' });
  c.outOf(object);
}

/** By its path alone a file has another identity under its new name: what was in the old one goes there. */
function rename(c: FlowContext): void {
  for (const item of c.event.paths) {
    const file = c.file(item);
    if (file === undefined) continue;
    if (item.nametype === 'CREATE') c.into(file.id);
    else c.outOf(file.id);
  }
}

function connectionOf(c: FlowContext): string | undefined {
  return exactConnection(c, undefined) ?? datagramOf(c);
}

function datagramOf(c: FlowContext): string | undefined {
  const { socket } = c.event.sensor!;
  const peer = socket?.remote ?? c.event.address;
  if (socket?.type !== datagramType || !isInternet(peer) || peer.port === 0) return undefined;
  return datagramFlow(c, !reading.has(c.event.syscall)) ?? datagramPeer(c, peer);
}

function fileOf(c: FlowContext): string | undefined {
  const item = target(c.event.paths);
  return item === undefined ? undefined : c.file(item)?.id;
}
