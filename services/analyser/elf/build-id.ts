/** The build id: the note that names a build of a program and its split debug file. It must not know files. */
import { segmentType } from './elf-format.ts';
import { type ProgramHeader, readHeader } from './elf-header.ts';
import { ElfReport } from './elf-report.ts';
import { FileBytes } from './file-bytes.ts';

const gnuBuildId = 3;
const id_bytes_max = 64;
const notes_bytes_max = 2 ** 16;

/** Of a file as it is; undefined where it is no program or has none. */
export function buildIdOf(bytes: Uint8Array): string | undefined {
  const file = new FileBytes(bytes);
  const header = readHeader(file, new ElfReport(''));
  return header === undefined ? undefined : readBuildId(file, header.programHeaders);
}

/** In lower-case hex. */
export function readBuildId(file: FileBytes, headers: readonly ProgramHeader[]): string | undefined {
  for (const { type, offset, fileSize } of headers) {
    if (type !== segmentType.note || !file.has(offset, fileSize)) continue;
    const id = buildIdIn(file, offset, offset + fileSize);
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Notes lie one after the other, padded to 4 bytes. */
export function buildIdIn(file: FileBytes, from: number, to: number): string | undefined {
  const end = Math.min(to, from + notes_bytes_max);
  for (let at = from; at + 12 <= end; ) {
    const nameSize = file.u32(at);
    const size = file.u32(at + 4);
    const content = at + 12 + padded(nameSize);
    if (content + size > end) return undefined;
    const isGnu = nameSize === 4 && file.is(at + 12, 'GNU\0');
    if (isGnu && file.u32(at + 8) === gnuBuildId && size > 0 && size <= id_bytes_max) {
      return Buffer.from(file.bytes.subarray(content, content + size)).toString('hex');
    }
    at = content + padded(size);
  }
  return undefined;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}
