/**
 * Records as the helper writes them, read by the layout that the C compiler says, and not by the product's own reader:
 * the two are compared elsewhere. It must not know how a capture is started.
 */
import type { Member } from './capture-build.ts';

export interface CapturedObject {
  readonly inode: number;
  readonly device: number;
  readonly mode: number;
}

export interface CapturedRecord {
  readonly kind: number;
  readonly flags: number;
  readonly cpu: number;
  readonly piece: number;
  readonly sequence: number;
  readonly monotonicNs: bigint;
  readonly realNs: bigint;
  readonly startNs: bigint;
  readonly cgroupV2: number;
  readonly cgroupV1: number;
  readonly tgid: number;
  readonly tid: number;
  readonly namespaceTgid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly pidNamespace: number;
  readonly mountNamespace: number;
  readonly syscall: number;
  readonly result: number;
  readonly args: readonly bigint[];
  readonly object: CapturedObject;
  readonly object2: CapturedObject;
  /** `IP PORT`; the port alone where the family is no internet's, and empty where there is no address. */
  readonly local: string;
  readonly remote: string;
  readonly fds: readonly [number, number];
  readonly childTgid: number;
  readonly childNamespaceTgid: number;
  readonly payloadBytes: number;
  readonly comm: string;
  readonly path: string;
  readonly path2: string;
  readonly exe: string;
  readonly argv: string;
  readonly cgroup: string;
  readonly payload: string;
  /** Of a stack. */
  readonly frames: readonly CapturedFrame[];
}

export interface CapturedFrame {
  /** Number of its object. */
  readonly object: number;
  readonly address: number;
}

export type Layout = ReadonlyMap<string, Member>;

const textNames = ['path', 'path2', 'exe', 'argv', 'cgroup', 'payload'] as const;
const stackKind = 5;
const magic = 0x31545044;

/** Throws where the bytes are no whole records. */
export function readRecords(bytes: Buffer, layout: Layout): CapturedRecord[] {
  const records: CapturedRecord[] = [];
  const sizeAt = layout.get('size')!.offset;
  for (let start = 0; start < bytes.length; ) {
    if (bytes.readUInt32LE(start) !== magic) throw new Error(`no record at ${start} of ${bytes.length}`);
    const size = bytes.readUInt32LE(start + sizeAt);
    if (size % 8 !== 0 || start + size > bytes.length) throw new Error(`a torn record at ${start}`);
    records.push(readRecord(bytes.subarray(start, start + size), layout));
    start += size;
  }
  return records;
}

function readRecord(bytes: Buffer, layout: Layout): CapturedRecord {
  const big = (name: string, index = 0) => readMember(bytes, layout, name, index);
  const int = (name: string) => Number(big(name));
  const at = (name: string) => layout.get(name)!.offset;
  const texts: Record<string, string> = {};
  let offset = layout.get('record')!.bytes;
  for (const name of textNames) {
    const length = int(`lengths.${name}`);
    texts[name] = bytes.toString('utf8', offset, offset + length);
    offset += length;
  }
  const object = (name: string) => ({
    inode: int(`${name}.inode`),
    device: int(`${name}.device`),
    mode: int(`${name}.mode`),
  });
  return {
    ...{
      kind: int('kind'),
      flags: int('flags'),
      cpu: int('cpu'),
      piece: int('piece'),
      sequence: int('sequence'),
    },
    ...{ monotonicNs: big('monotonic_ns'), realNs: big('real_ns'), startNs: big('start_ns') },
    ...{ cgroupV2: int('cgroup_v2'), cgroupV1: int('cgroup_v1'), tgid: int('tgid'), tid: int('tid') },
    ...{ namespaceTgid: int('namespace_tgid'), ppid: int('ppid'), uid: int('uid') },
    ...{ pidNamespace: int('pid_namespace'), mountNamespace: int('mount_namespace') },
    ...{ syscall: int('syscall'), result: Number(bytes.readBigInt64LE(at('result'))) },
    args: [0, 1, 2, 3, 4, 5].map((index) => big('args', index)),
    ...{ object: object('object'), object2: object('object2') },
    ...{
      local: readAddress(bytes, layout, 'socket.local'),
      remote: readAddress(bytes, layout, 'socket.remote'),
    },
    fds: [bytes.readInt32LE(at('fds')), bytes.readInt32LE(at('fds') + 4)],
    ...{ childTgid: int('child_tgid'), childNamespaceTgid: int('child_namespace_tgid') },
    payloadBytes: int('payload_bytes'),
    comm: bytes.toString('utf8', at('comm'), at('comm') + 16).replace(/\0.*$/s, ''),
    ...(texts as Record<(typeof textNames)[number], string>),
    frames:
      int('kind') === stackKind ? readFrames(bytes.subarray(offset - int('lengths.payload'), offset)) : [],
  };
}

function readFrames(bytes: Buffer): CapturedFrame[] {
  return Array.from({ length: bytes.length / 8 }, (_, index) => {
    const frame = bytes.readBigUInt64LE(8 * index);
    return { object: Number(frame >> 40n), address: Number(frame & 0xff_ffff_ffffn) };
  });
}

/** An array's member by `index`, in steps of eight bytes. */
function readMember(bytes: Buffer, layout: Layout, name: string, index: number): bigint {
  const member = layout.get(name);
  if (member === undefined) throw new Error(`${name} is not in the layout`);
  if (member.bytes === 2) return BigInt(bytes.readUInt16LE(member.offset));
  if (member.bytes === 4) return BigInt(bytes.readUInt32LE(member.offset));
  return bytes.readBigUInt64LE(member.offset + index * 8);
}

function readAddress(bytes: Buffer, layout: Layout, name: string): string {
  const family = Number(readMember(bytes, layout, `${name}.family`, 0));
  const port = Number(readMember(bytes, layout, `${name}.port`, 0));
  const ip = bytes.subarray(layout.get(`${name}.ip`)!.offset);
  if (family === 2) return `${ip.subarray(0, 4).join('.')} ${port}`;
  if (family !== 10) return '';
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => ip.readUInt16BE(at).toString(16));
  return `${groups.join(':').replace(/^(0:){7}/, '::')} ${port}`;
}
