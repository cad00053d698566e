/**
 * The layout of `kernel-module/abi.h` as data: where each member of a record and of a recording's header stands.
 * Offsets follow from the order and sizes of members by C's rules, so that only names and types are written down, as
 * there. A test compares them with what a C compiler says. It must not know what a member means.
 */

export interface Place {
  readonly offset: number;
  readonly bytes: number;
}

/** By member, dotted where nested: `socket.local.port`, `object2.inode`, `args` for the whole array. */
export type Layout = ReadonlyMap<string, Place>;

type Scalar = 'u8' | 'u16' | 'u32' | 's32' | 'u64' | 's64';
/** A scalar, an array of one, or a structure. */
type Type = Scalar | readonly [Scalar, number] | Members;
interface Members {
  readonly [name: string]: Type;
}

const object: Members = { inode: 'u64', device: 'u32', mode: 'u32' };

const address: Members = { family: 'u16', port: 'u16', scope: 'u32', ip: ['u8', 16] };

const socket: Members = {
  cookie: 'u64',
  local: address,
  remote: address,
  type: 'u16',
  protocol: 'u16',
  peer_inode: 'u32',
};

/** In the order of the texts behind the fixed part. */
export const textNames = ['path', 'path2', 'exe', 'argv', 'cgroup', 'payload'] as const;
export type TextName = (typeof textNames)[number];

const lengths: Members = Object.fromEntries(textNames.map((name) => [name, 'u32']));

const record: Members = {
  magic: 'u32',
  version: 'u16',
  kind: 'u16',
  size: 'u32',
  flags: 'u32',
  cpu: 'u32',
  piece: 'u32',
  sequence: 'u64',
  monotonic_ns: 'u64',
  real_ns: 'u64',
  start_ns: 'u64',
  cgroup_v2: 'u64',
  cgroup_v1: 'u64',
  tgid: 'u32',
  tid: 'u32',
  namespace_tgid: 'u32',
  namespace_tid: 'u32',
  ppid: 'u32',
  uid: 'u32',
  euid: 'u32',
  login_uid: 'u32',
  session: 'u32',
  pid_namespace: 'u32',
  mount_namespace: 'u32',
  net_namespace: 'u32',
  syscall: 'u32',
  arch: 'u32',
  result: 's64',
  args: ['u64', 6],
  object,
  object2: object,
  socket,
  fds: ['s32', 2],
  child_tgid: 'u32',
  child_tid: 'u32',
  child_namespace_tgid: 'u32',
  child_namespace_tid: 'u32',
  child_start_ns: 'u64',
  payload_bytes: 'u64',
  comm: ['u8', 16],
  lengths,
};

const fileHeader: Members = {
  magic: 'u32',
  version: 'u16',
  record_bytes: 'u16',
  arch: 'u32',
  source: 'u32',
  real_ns: 'u64',
  monotonic_ns: 'u64',
  boot_id: ['u8', 40],
  host: ['u8', 56],
};

const scalarBytes: Readonly<Record<Scalar, number>> = { u8: 1, u16: 2, u32: 4, s32: 4, u64: 8, s64: 8 };

export const recordLayout: Layout = layoutOf(record);
export const recordBytes = sizeOf(record);
export const fileHeaderLayout: Layout = layoutOf(fileHeader);
export const fileHeaderBytes = sizeOf(fileHeader);

/** Throws where there is no such member: a programmer's error. */
export function offsetOf(layout: Layout, name: string): number {
  const place = layout.get(name);
  if (place === undefined) throw new Error(`no member ${name}`);
  return place.offset;
}

function layoutOf(members: Members): Layout {
  const layout = new Map<string, Place>();
  place(members, 0, '', layout);
  return layout;
}

/** Gives the offset behind the last member. */
function place(members: Members, from: number, prefix: string, into: Map<string, Place>): number {
  let offset = from;
  for (const [name, type] of Object.entries(members)) {
    offset = aligned(offset, alignmentOf(type));
    const bytes = sizeOf(type);
    into.set(prefix + name, { offset, bytes });
    if (isStructure(type)) place(type, offset, `${prefix}${name}.`, into);
    offset += bytes;
  }
  return offset;
}

function sizeOf(type: Type): number {
  if (typeof type === 'string') return scalarBytes[type];
  if (!isStructure(type)) return scalarBytes[type[0]] * type[1];
  return aligned(place(type, 0, '', new Map()), alignmentOf(type));
}

function alignmentOf(type: Type): number {
  if (typeof type === 'string') return scalarBytes[type];
  if (!isStructure(type)) return scalarBytes[type[0]];
  return Math.max(...Object.values(type).map(alignmentOf));
}

function isStructure(type: Type): type is Members {
  return typeof type === 'object' && !Array.isArray(type);
}

function aligned(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
