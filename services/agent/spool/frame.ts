/**
 * One batch of records as the spool keeps it: a head of fixed size with a checksum, what the agent wants to remember
 * with it, and the compressed records. It must not know files or what is in a record.
 */
import { crc32 } from 'node:zlib';

export interface Frame {
  /** Number of the first record in the stream, and how many there are. */
  readonly first: bigint;
  readonly count: number;
  /** Times (ns) of the first and the last record. */
  readonly from: bigint;
  readonly until: bigint;
  /** What holds once these records are kept, such as how far files were read. */
  readonly memo: string;
  /** Compressed with zstd. */
  readonly body: Uint8Array;
}

export interface FrameHead extends Omit<Frame, 'memo' | 'body'> {
  readonly memo_bytes: number;
  readonly body_bytes: number;
  readonly checksum: number;
}

export const frameHead_bytes = 48;
const magic = 0x46505344;
/** A frame of more is damage. */
const part_bytes_max = 64 << 20;

export function encodeFrame({ first, count, from, until, memo, body }: Frame): Buffer {
  const memoBytes = Buffer.from(memo);
  const head = Buffer.alloc(frameHead_bytes);
  head.writeUInt32LE(magic, 0);
  head.writeUInt32LE(count, 8);
  head.writeUInt32LE(memoBytes.length, 12);
  head.writeUInt32LE(body.length, 16);
  head.writeBigUInt64LE(first, 24);
  head.writeBigUInt64LE(from, 32);
  head.writeBigUInt64LE(until, 40);
  head.writeUInt32LE(checksumOf(head, memoBytes, body), 4);
  return Buffer.concat([head, memoBytes, body]);
}

/** Undefined where no frame begins here. `bytes` hold a head. */
export function decodeHead(bytes: Buffer): FrameHead | undefined {
  if (bytes.length < frameHead_bytes || bytes.readUInt32LE(0) !== magic) return undefined;
  const memo_bytes = bytes.readUInt32LE(12);
  const body_bytes = bytes.readUInt32LE(16);
  if (memo_bytes > part_bytes_max || body_bytes > part_bytes_max) return undefined;
  return {
    checksum: bytes.readUInt32LE(4),
    count: bytes.readUInt32LE(8),
    memo_bytes,
    body_bytes,
    first: bytes.readBigUInt64LE(24),
    from: bytes.readBigUInt64LE(32),
    until: bytes.readBigUInt64LE(40),
  };
}

/** Undefined where the checksum says that it is damaged. `bytes` are the whole frame. */
export function decodeFrame(bytes: Buffer): Frame | undefined {
  const head = decodeHead(bytes);
  if (head === undefined || bytes.length !== frameBytes(head)) return undefined;
  const memo = bytes.subarray(frameHead_bytes, frameHead_bytes + head.memo_bytes);
  const body = bytes.subarray(frameHead_bytes + head.memo_bytes);
  if (checksumOf(bytes, memo, body) !== head.checksum) return undefined;
  const { first, count, from, until } = head;
  return { first, count, from, until, memo: memo.toString(), body };
}

export function frameBytes(head: FrameHead): number {
  return frameHead_bytes + head.memo_bytes + head.body_bytes;
}

function checksumOf(head: Buffer, memo: Uint8Array, body: Uint8Array): number {
  return crc32(body, crc32(memo, crc32(head.subarray(8, frameHead_bytes))));
}
