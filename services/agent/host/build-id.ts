/**
 * The GNU build id of an ELF file: which build of a program runs, whatever its path. It must not read more of the file
 * than its headers and notes; what is no ELF file, or says no build id, has none.
 */
import { readSync } from 'node:fs';

const header_bytes = 64;
const programHeaders_bytes_max = 65_536;
const notes_bytes_max = 65_536;
const noteSegment = 4;
const gnuBuildId = 3;

/** Of an open file; lower-case hex. */
export function readBuildId(file: number): string | undefined {
  const header = bytesAt(file, 0, header_bytes);
  if (header.length < header_bytes || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const isWide = header[4] === 2;
  const isLittle = header[5] === 1;
  if (!isLittle) return undefined;
  const at = isWide ? Number(header.readBigUInt64LE(32)) : header.readUInt32LE(28);
  const [size, count] = isWide
    ? [header.readUInt16LE(54), header.readUInt16LE(56)]
    : [header.readUInt16LE(42), header.readUInt16LE(44)];
  const entry_bytes_min = isWide ? 56 : 32;
  if (size < entry_bytes_min || size * count > programHeaders_bytes_max) return undefined;
  const table = bytesAt(file, at, size * count);
  for (let entry = 0; entry + size <= table.length; entry += size) {
    if (table.readUInt32LE(entry) !== noteSegment) continue;
    const [from, length] = isWide
      ? [Number(table.readBigUInt64LE(entry + 8)), Number(table.readBigUInt64LE(entry + 32))]
      : [table.readUInt32LE(entry + 4), table.readUInt32LE(entry + 16)];
    const found = buildIdIn(bytesAt(file, from, Math.min(length, notes_bytes_max)));
    if (found !== undefined) return found;
  }
  return undefined;
}

function buildIdIn(notes: Buffer): string | undefined {
  for (let at = 0; at + 12 <= notes.length; ) {
    const [nameSize, size, type] = [0, 4, 8].map((offset) => notes.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const name = at + 12;
    const content = name + aligned(nameSize);
    if (type === gnuBuildId && notes.toString('latin1', name, name + nameSize) === 'GNU\0') {
      const id = notes.subarray(content, content + size);
      return id.length === size && size > 0 ? id.toString('hex') : undefined;
    }
    at = content + aligned(size);
  }
  return undefined;
}

function aligned(size: number): number {
  return Math.ceil(size / 4) * 4;
}

function bytesAt(file: number, position: number, length: number): Buffer {
  if (!Number.isSafeInteger(position)) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const count = readSync(file, bytes, read, length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
}
