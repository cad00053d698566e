/** Flow rules of calls that name files by path, and of descriptors on files. */
import type { KernelObject, PathItem } from '../../event/event.ts';
import { descriptor, inodeKey } from '../descriptor-table.ts';
import { memoryFileId } from '../identity.ts';
import { type FlowContext, regularType, typeMask } from './flow-context.ts';

const accessMode = 3;
const writeOnly = 1;
const readWrite = 2;
const truncate = 0o1000;
const closeOnExec = 0o2000000;
const pathOnly = 0o10000000;
const mapShared = 1;
const protectWrite = 2;

/** open, openat, openat2, creat: reading brings the file's content in, writing takes the opener's to it. */
export function open(c: FlowContext): void {
  const { event } = c;
  const item = target(event.paths);
  const flags = openFlags(c);
  const mode = flags & accessMode;
  const file = item === undefined ? undefined : c.file(item);
  const path = item?.path ?? item?.name;
  if (path !== undefined) c.parts.units.opens(c.process.id, c.thread, path);
  if (file !== undefined && (flags & truncate) !== 0) cut(c, file.id, item!);
  c.setDescriptor(
    event.exit,
    descriptor(file?.kind ?? 'file', {
      object: file?.id,
      closeOnExec: (flags & closeOnExec) !== 0,
      unit: c.currentUnit?.id,
      path,
      inode: event.kernel === undefined ? undefined : inodeKey(item),
    }),
  );
  if (file === undefined || (flags & pathOnly) !== 0) return;
  if (path !== undefined && path === c.process.script) runScript(c, file.id);
  if (mode !== writeOnly) c.outOf(file.id);
  if (mode === writeOnly || mode === readWrite || (flags & truncate) !== 0) c.into(file.id);
}

export function memfdCreate(c: FlowContext): void {
  const seen = c.event.kernel?.object;
  const known = seen === undefined ? undefined : c.file(objectItem(seen))?.id;
  const id = known ?? memoryFileId(c.event);
  if (known === undefined) c.vertex(id, 'file', 'memfd', []);
  const closeOnExec = (c.event.args[1] & 1) !== 0;
  c.setDescriptor(c.event.exit, descriptor('file', { object: id, closeOnExec, inode: inodeKey(seen) }));
}

/** rename*: the file keeps its identity and gains a name; the file that stood there before loses its own. */
export function rename(c: FlowContext): void {
  const items = c.event.paths.filter((p) => p.nametype !== 'PARENT');
  const created = items.filter((p) => p.nametype === 'CREATE');
  const deleted = items.filter((p) => p.nametype === 'DELETE');
  for (const item of created) {
    const file = c.file(item);
    if (file !== undefined) changed(c, file.id);
  }
  for (const item of deleted) {
    if (created.some((p) => p.inode === item.inode && p.device === item.device)) continue;
    const file = c.file(item);
    if (file !== undefined) changed(c, file.id);
    c.parts.files.deleted(c.process.host, item);
  }
}

export function link(c: FlowContext): void {
  const item = c.event.paths.find((p) => p.nametype === 'CREATE');
  if (item === undefined) return;
  const file = c.file(item);
  if (file === undefined) return;
  c.parts.files.linked(c.process.host, item);
  changed(c, file.id);
}

export function unlink(c: FlowContext): void {
  for (const item of c.event.paths) {
    if (item.nametype !== 'DELETE') continue;
    const file = c.file(item);
    if (file === undefined) continue;
    changed(c, file.id);
    c.parts.files.deleted(c.process.host, item);
  }
}

/** chmod, chown, truncate, symlink, mknod …: the caller changes the file that the call names. */
export function changePath(c: FlowContext): void {
  const item = target(c.event.paths);
  const file = item === undefined ? undefined : c.file(item);
  if (file === undefined) return;
  if (c.event.syscall === 'truncate') c.into(file.id);
  else changed(c, file.id);
}

/** fchmod, fchown, fsetxattr: the same by descriptor. */
export function changeDescriptor(c: FlowContext): void {
  const object = c.descriptorOrUnseen(c.event.args[0] | 0).object;
  if (object !== undefined) changed(c, object);
}

/** ftruncate, fallocate. */
export function resize(c: FlowContext): void {
  const { object } = c.descriptorOrUnseen(c.event.args[0] | 0);
  const seen = c.event.kernel?.object;
  if (object === undefined) return;
  if (c.event.syscall === 'ftruncate' && c.event.args[1] === 0 && seen !== undefined)
    cut(c, object, objectItem(seen));
  c.into(object);
}

/** A mapped file is read; a shared writable mapping is written as well. */
export function mmap(c: FlowContext): void {
  const fd = c.event.mmapFd;
  if (fd === undefined || fd < 0) return;
  const d = c.descriptor(fd);
  if (d?.object === undefined) return;
  c.outOf(d.object);
  if ((c.event.args[3] & mapShared) !== 0 && (c.event.args[2] & protectWrite) !== 0) changed(c, d.object);
}

/** The object as a call by path would name it. */
export function objectItem({ path, inode, device, mode }: KernelObject): PathItem {
  return { item: 0, name: path, path, inode, device, mode, nametype: 'NORMAL' };
}

/** Something of the file that outlives what it holds, or a way to write it that is not seen. */
function changed(c: FlowContext, file: string): void {
  c.parts.versions.pin(file);
  c.into(file);
}

/**
 * A regular file was cut to nothing. Where not every write is recorded, whoever still has it open may go on to write.
 */
function cut(c: FlowContext, file: string, item: PathItem): void {
  if (((item.mode ?? 0) & typeMask) !== regularType) return;
  const isHeld = () => c.event.kernel === undefined && c.parts.processes.descriptors.isHeld(file);
  if (c.parts.versions.cut(file, c.actor, isHeld)) c.file(item);
}

/** The interpreter opens what was executed. */
function runScript(c: FlowContext, file: string): void {
  c.outOf(file, 0, 'execve');
  c.process.script = undefined;
  c.parts.processes.touch(c.process);
}

/** The item that the call is about: the last that is no parent folder. */
export function target(paths: readonly PathItem[]): PathItem | undefined {
  return paths.findLast((p) => p.nametype !== 'PARENT');
}

export function openFlags(c: FlowContext): number {
  const { syscall, args, paths } = c.event;
  if (syscall === 'open') return args[1];
  if (syscall === 'openat') return args[2];
  if (syscall === 'creat') return writeOnly | truncate;
  // openat2 passes its flags in memory: newer kernels record them, in octal.
  const record = c.event.others.find((other) => other.type === 'OPENAT2');
  const written = record === undefined ? null : /\boflag=([0-7]+)/.exec(record.text);
  if (written !== null) return Number.parseInt(written[1]!, 8);
  // A file that it made is there to be written.
  return paths.some((p) => p.nametype === 'CREATE') ? readWrite : 0;
}

/** Names that a failed call was about, for the evidence of the failure. */
export function failedPath(c: FlowContext, errorName: string): void {
  const item = target(c.event.paths);
  const path = item?.path ?? item?.name;
  if (item === undefined || path === undefined) return;
  const file = c.file(item);
  if (file === undefined) return;
  c.outOf(file.id, 0, `${c.event.syscall}!${errorName}`);
}
