/** Flow rules of calls on descriptors whatever they stand for: read, write, copy between, duplicate, close, pipe. */
import { type Descriptor, descriptor, inodeKey } from '../descriptor-table.ts';
import { bootPipeId, pipeId } from '../identity.ts';
import { beginUnit, toldUnit, unitBegan } from '../unit-vertex.ts';
import { gaveOut, tookIn } from './broker-flow.ts';
import { directed } from './direction.ts';
import { type FlowContext, fifoType, typeMask } from './flow-context.ts';
import { written } from './space-flow.ts';

const duplicateFd = 0;
const setFdFlags = 2;
const duplicateFdCloseOnExec = 1030;
const closeOnExec = 0o2000000;

export function read(c: FlowContext): void {
  const d = used(c, c.event.args[0] | 0);
  if (c.event.exit > 0) received(c, d);
  if (d.object === undefined || c.event.exit <= 0) return;
  if (d.kind === 'pipe' && c.process.forkedOnly && (c.event.args[0] | 0) > 2) {
    const connection = onlyConnection(c);
    if (connection !== undefined) serve(c, connection);
    else if (d.inherited) {
      // A worker forked without exec takes its next job.
      c.parts.units.close(c.process.id, d.object, c.time);
      beginUnit(c, { connection: d.object, reason: 'job' });
    }
  }
  if (isPrivatePipe(c, d) && c.parts.units.selfPipes.isOwn(c.process.id, d.object)) return;
  c.outOf(directed(c, d, d.object, false), c.event.exit);
  if (d.accepted !== undefined) tookIn(c, d.object, c.event.exit);
}

export function write(c: FlowContext): void {
  const d = used(c, c.event.args[0] | 0, true);
  if (c.event.exit <= 0) return;
  if (d.object !== undefined) {
    if (d.accepted !== undefined) gaveOut(c, d.object, c.event.exit);
    written(c, directed(c, d, d.object, true), c.event.exit);
    if (isPrivatePipe(c, d)) c.parts.units.selfPipes.wrote(c.process.id, d.object, d.inherited);
  }
  sent(c, d);
}

export function sendfile(c: FlowContext): void {
  copy(c, c.event.args[1] | 0, c.event.args[0] | 0);
}

export function tee(c: FlowContext): void {
  copy(c, c.event.args[0] | 0, c.event.args[1] | 0);
}

/** splice, copy_file_range: from the first descriptor to the third argument's. */
export function splice(c: FlowContext): void {
  copy(c, c.event.args[0] | 0, c.event.args[2] | 0);
}

export function duplicate(c: FlowContext): void {
  const { syscall, args, exit } = c.event;
  const d = c.descriptorOrUnseen(args[0] | 0);
  if (exit === (args[0] | 0)) return;
  if (syscall !== 'dup') dropped(c, exit);
  d.duplicated = true;
  c.setDescriptor(exit, { ...d, closeOnExec: syscall === 'dup3' && (args[2] & closeOnExec) !== 0 });
}

export function fcntl(c: FlowContext): void {
  const { args, exit } = c.event;
  const command = args[1] | 0;
  if (command === duplicateFd || command === duplicateFdCloseOnExec) {
    const d = c.descriptorOrUnseen(args[0] | 0);
    d.duplicated = true;
    c.setDescriptor(exit, { ...d, closeOnExec: command === duplicateFdCloseOnExec });
  } else if (command === setFdFlags) {
    const d = c.descriptor(args[0] | 0);
    if (d === undefined) return;
    d.closeOnExec = (args[2] & 1) !== 0;
    c.parts.processes.descriptors.touch(c.process.table);
  }
}

/** pipe, pipe2 and socketpair: one vertex that both ends share. */
export function pipe(c: FlowContext): void {
  const pair = c.event.fdPair;
  if (pair === undefined) return;
  const flags =
    c.event.syscall === 'pipe2' ? c.event.args[1] : c.event.syscall === 'pipe' ? 0 : c.event.args[1];
  const id = pairId(c);
  c.vertex(id, 'pipe', `${c.event.syscall.replace('2', '')} of ${c.process.comm}`, []);
  const { object, object2 } = c.event.kernel ?? {};
  for (const [fd, end] of [
    [pair[0], object],
    [pair[1], object2],
  ] as const) {
    const isCloseOnExec = (flags & closeOnExec) !== 0;
    const unit = c.currentUnit?.id;
    c.setDescriptor(
      fd,
      descriptor('pipe', { object: id, closeOnExec: isCloseOnExec, unit, inode: inodeKey(end) }),
    );
  }
}

/** By the inode that both ends share, or by both, where the kernel said them; otherwise by the call that made it. */
function pairId(c: FlowContext): string {
  const { bootId, object, object2 } = c.event.kernel ?? {};
  if (bootId === undefined || object === undefined) return pipeId(c.event);
  const { host } = c.process;
  const id = bootPipeId(host, bootId, object.inode);
  if (c.event.syscall !== 'socketpair') return id;
  return c.parts.connections.unix(host, object.inode, object2?.inode ?? 0, id);
}

export function close(c: FlowContext): void {
  dropped(c, c.event.args[0] | 0);
}

const closeRangeCloseOnExec = 4;

export function closeRange(c: FlowContext): void {
  const [first, last, flags] = c.event.args;
  const until = last < 0 || last > 0x7fffffff ? 0x7fffffff : last;
  const { descriptors } = c.parts.processes.descriptors.table(c.process.table);
  for (const fd of Object.keys(descriptors).map(Number)) {
    if (fd < first || fd > until) continue;
    if ((flags & closeRangeCloseOnExec) === 0) dropped(c, fd);
    else descriptors[fd]!.closeOnExec = true;
  }
  c.parts.processes.descriptors.touch(c.process.table);
}

const shutReading = 0;

/** shutdown of the connection's sending side is the end of the last answer. */
export function shutdown(c: FlowContext): void {
  const d = used(c, c.event.args[0] | 0);
  if (d.accepted === undefined || d.object === undefined || c.event.args[1] === shutReading) return;
  c.parts.units.finished(c.process.id, d.object);
}

/**
 * The descriptor, having told the units that its connection (or its opener's) is being served. What many write to says
 * nothing of who does; what comes back is for who wrote last.
 */
export function used(c: FlowContext, fd: number, isWriting = false): Descriptor {
  const d = c.descriptorOrUnseen(fd);
  const { units } = c.parts;
  if (d.accepted !== undefined) serve(c, d);
  const opener = isWriting && d.asks === 'many' ? undefined : d.unit;
  const isAnswer = !isWriting && d.asks !== undefined;
  // Who connects to a server of its own process is not whom that serves by it.
  const served = d.asks === undefined ? d.object : undefined;
  const changed = units.touched(c.process.id, c.thread, served, opener, isAnswer);
  if (changed !== undefined) toldUnit(c.parts, c.process, changed);
  return d;
}

/** What the process was made for, where it holds one connection of who made it: what it hears from others is of that. */
function onlyConnection(c: FlowContext): Descriptor | undefined {
  const { descriptors } = c.parts.processes.descriptors.table(c.process.table);
  let only: Descriptor | undefined;
  for (const fd in descriptors) {
    const d = descriptors[fd]!;
    if (d.accepted !== 'elsewhere' || d.object === only?.object) continue;
    if (only !== undefined) return undefined;
    only = d;
  }
  return only;
}

/** A connection that was accepted before the capture, or by the process that this one was made by. */
function serve(c: FlowContext, d: Descriptor): void {
  if (d.object === undefined || c.parts.units.ofConnection(c.process.id, c.thread, d.object) !== undefined)
    return;
  const session = d.accepted === 'elsewhere';
  // What a session accepts is a part of it.
  if (c.currentUnit?.session === true) return;
  const unit = beginUnit(c, { connection: d.object, reason: 'connection', session, guessed: !session });
  d.unit = unit.id;
  c.parts.processes.descriptors.touch(c.process.table);
}

function received(c: FlowContext, d: Descriptor): void {
  const { units } = c.parts;
  const waker = wakerOf(c, d);
  if (waker !== undefined) units.woken(c.process.id, c.thread, waker);
  if (d.accepted === undefined || d.object === undefined) return;
  const unit = units.received(c.process.id, c.thread, d.object, c.time);
  if (unit !== undefined) unitBegan(c.parts, c.process, unit);
}

function sent(c: FlowContext, d: Descriptor): void {
  const { units } = c.parts;
  const waker = wakerOf(c, d);
  if (waker !== undefined) units.woke(c.process.id, c.thread, waker, c.time);
  if (d.object === undefined || d.kind !== 'socket') return;
  if (d.accepted !== undefined) units.answered(c.process.id, c.thread, d.object, c.time);
  else if (d.asks === 'many' || (d.asks === 'one' && !units.isAtWork(c.process.id, d.unit))) {
    const unit = c.currentUnit?.id;
    if (unit === d.unit) return;
    d.unit = unit;
    d.asks = 'many';
    c.parts.processes.descriptors.touch(c.process.table);
  }
}

/** One that no program executed by the process has, by the word of a source that tells threads apart. */
function isPrivatePipe(c: FlowContext, d: Descriptor): boolean {
  const mode = c.event.kernel?.object?.mode ?? 0;
  return d.kind === 'pipe' && d.closeOnExec && (mode & typeMask) === fifoType;
}

/** What a thread may wake another one of its process by: an event counter, or a pipe. */
function wakerOf(c: FlowContext, d: Descriptor): string | undefined {
  if (d.kind === 'pipe') return d.object;
  return d.kind === 'file' && d.object === undefined ? `fd ${c.event.args[0] | 0}` : undefined;
}

function copy(c: FlowContext, from: number, to: number): void {
  if (c.event.exit <= 0) return;
  const source = c.descriptorOrUnseen(from);
  const sink = used(c, to, true);
  if (source.object !== undefined) c.outOf(directed(c, source, source.object, false), c.event.exit);
  if (sink.object !== undefined) written(c, directed(c, sink, sink.object, true), c.event.exit);
  sent(c, sink);
}

function dropped(c: FlowContext, fd: number): void {
  const { descriptors } = c.parts.processes;
  const d = descriptors.close(c.process.table, fd);
  if (d?.object === undefined || d.kind !== 'socket') return;
  if (d.duplicated && descriptors.holds(c.process.table, d)) return;
  if (d.asks === undefined) c.parts.units.close(c.process.id, d.object, c.time);
  if (d.waitsAt !== undefined) c.parts.pairing.withdraw(d.waitsAt, d.object);
}
