/**
 * One entry of the queue's files: a JSON header and bytes, with a checksum over both, so that a torn or damaged one is
 * known. It must not know what headers say.
 */
import { crc32 } from 'node:zlib';

export interface Frame {
  readonly header: unknown;
  /** Where its payload stands in the file. */
  readonly payloadAt: number;
  readonly payloadBytes: number;
  /** Of the payload alone. */
  readonly payloadCrc: number;
  readonly end: number;
}

const magic = 0x31515044;
/** magic, header bytes, payload bytes, CRC of payload, CRC of all that stands before it and of the header. */
const prefix_bytes = 20;
export const frame_bytes_max = 16 << 20;

export function encodeFrame(header: unknown, payload: Uint8Array = new Uint8Array()): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(prefix_bytes);
  prefix.writeUInt32LE(magic, 0);
  prefix.writeUInt32LE(text.length, 4);
  prefix.writeUInt32LE(payload.length, 8);
  prefix.writeUInt32LE(crc32(payload), 12);
  prefix.writeUInt32LE(crc32(text, crc32(prefix.subarray(0, 16))), 16);
  return [prefix, text, payload];
}

/** The frame at `at`; undefined where none stands there whole. Its payload is not looked at. */
export function readFrame(file: Buffer, at: number): Frame | undefined {
  if (at + prefix_bytes > file.length || file.readUInt32LE(at) !== magic) return undefined;
  const headerBytes = file.readUInt32LE(at + 4);
  const payloadBytes = file.readUInt32LE(at + 8);
  const payloadAt = at + prefix_bytes + headerBytes;
  const end = payloadAt + payloadBytes;
  if (headerBytes + payloadBytes > frame_bytes_max || end > file.length) return undefined;
  const text = file.subarray(at + prefix_bytes, payloadAt);
  if (crc32(text, crc32(file.subarray(at, at + 16))) !== file.readUInt32LE(at + 16)) return undefined;
  const header = JSON.parse(text.toString('utf8')) as unknown;
  return { header, payloadAt, payloadBytes, payloadCrc: file.readUInt32LE(at + 12), end };
}

/** Where the next frame begins at or after `from`; undefined where there is none. */
export function nextFrame(file: Buffer, from: number): number | undefined {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(magic);
  for (let at = file.indexOf(mark, from); at >= 0; at = file.indexOf(mark, at + 1)) {
    if (readFrame(file, at) !== undefined) return at;
  }
  return undefined;
}
