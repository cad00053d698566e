/**
 * One whole record as its bytes, with its members read where they are asked for: an agent looks at few of them, at
 * many thousand records a second. It must not know what a member means, nor check what the framer has checked.
 */
import { decodeUtf8 } from '../event/utf8.ts';
import { offsetOf, recordBytes, recordLayout, type TextName, textNames } from './record-layout.ts';

export class RecordView {
  readonly #view: DataView;
  readonly #start: number;
  readonly size: number;

  /** The `size` bytes from `start` on are of exactly one record that the framer found. */
  constructor(view: DataView, start: number, size: number) {
    this.#view = view;
    this.#start = start;
    this.size = size;
  }

  /** Of a record that stands by itself. */
  static of(bytes: Uint8Array): RecordView {
    return new RecordView(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
  }

  /** A view, and no copy. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#start, this.size);
  }

  get kind(): number {
    return this.#view.getUint16(this.#start + at.kind, true);
  }
  get flags(): number {
    return this.u32(at.flags);
  }
  get cpu(): number {
    return this.u32(at.cpu);
  }
  get piece(): number {
    return this.u32(at.piece);
  }
  get sequence(): number {
    return this.#u64(at.sequence);
  }
  get monotonic_ns(): bigint {
    return this.#view.getBigUint64(this.#start + at.monotonic, true);
  }
  get real_ns(): bigint {
    return this.#view.getBigUint64(this.#start + at.real, true);
  }
  get start_ns(): bigint {
    return this.#view.getBigUint64(this.#start + at.start, true);
  }
  get cgroupV2(): number {
    return this.#u64(at.cgroupV2);
  }
  get cgroupV1(): number {
    return this.#u64(at.cgroupV1);
  }
  get tgid(): number {
    return this.u32(at.tgid);
  }
  get tid(): number {
    return this.u32(at.tid);
  }
  get syscall(): number {
    return this.u32(at.syscall);
  }
  get arch(): number {
    return this.u32(at.arch);
  }
  get result(): number {
    return this.#s64(at.result);
  }
  /** Of the call; those with the top bit set come as negative numbers. */
  get args(): readonly number[] {
    return [0, 8, 16, 24, 32, 40].map((n) => this.#s64(at.args + n));
  }
  get fds(): readonly [number, number] {
    return [
      this.#view.getInt32(this.#start + at.fds, true),
      this.#view.getInt32(this.#start + at.fds + 4, true),
    ];
  }
  get child_start_ns(): bigint {
    return this.#view.getBigUint64(this.#start + at.childStart, true);
  }
  get payloadBytes(): number {
    return this.#u64(at.payloadBytes);
  }
  get comm(): string {
    const comm = this.bytes.subarray(at.comm, at.comm + comm_bytes);
    const end = comm.indexOf(0);
    return decodeUtf8(comm, 0, end < 0 ? comm_bytes : end);
  }

  /** A 32-bit member by its place, such as `place('ppid')`. */
  u32(offset: number): number {
    return this.#view.getUint32(this.#start + offset, true);
  }

  u16(offset: number): number {
    return this.#view.getUint16(this.#start + offset, true);
  }

  object(which: 'object' | 'object2'): { inode: number; device: number; mode: number } {
    const from = at[which];
    return { inode: this.#u64(from), device: this.u32(from + 8), mode: this.u32(from + 12) };
  }

  text(name: TextName): string {
    const bytes = this.textBytes(name);
    return bytes.length === 0 ? '' : decodeUtf8(bytes, 0, bytes.length);
  }

  /** A view into the record. */
  textBytes(name: TextName): Uint8Array {
    let from = recordBytes;
    for (const [i, text] of textNames.entries()) {
      const length = this.u32(at.lengths + 4 * i);
      if (text === name) return this.bytes.subarray(from, from + length);
      from += length;
    }
    throw new Error(`no text ${name}`);
  }

  /** Exact up to 2^53; the numbers of files and cgroups beyond it can be taken for their neighbours'. */
  #u64(offset: number): number {
    return this.u32(offset + 4) * 2 ** 32 + this.u32(offset);
  }

  #s64(offset: number): number {
    return this.#view.getInt32(this.#start + offset + 4, true) * 2 ** 32 + this.u32(offset);
  }
}

/** Where a member of a record stands. */
export function place(member: string): number {
  return offsetOf(recordLayout, member);
}

const comm_bytes = 16;

const at = {
  kind: place('kind'),
  flags: place('flags'),
  cpu: place('cpu'),
  piece: place('piece'),
  sequence: place('sequence'),
  monotonic: place('monotonic_ns'),
  real: place('real_ns'),
  start: place('start_ns'),
  cgroupV2: place('cgroup_v2'),
  cgroupV1: place('cgroup_v1'),
  tgid: place('tgid'),
  tid: place('tid'),
  syscall: place('syscall'),
  arch: place('arch'),
  result: place('result'),
  args: place('args'),
  object: place('object'),
  object2: place('object2'),
  fds: place('fds'),
  childStart: place('child_start_ns'),
  payloadBytes: place('payload_bytes'),
  comm: place('comm'),
  lengths: place('lengths'),
};
