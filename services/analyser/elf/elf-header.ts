/**
 * The file header and the program headers of a linked ELF64 little-endian file, and one sentence for whatever is
 * something else. It must not know what segments hold.
 */
import {
  fileType,
  headerSize,
  machine,
  machineNames,
  programHeaderSize,
  sectionHeaderSize,
} from './elf-format.ts';
import type { Architecture } from './elf-image.ts';
import { ElfReport } from './elf-report.ts';
import type { FileBytes } from './file-bytes.ts';
import { readSections } from './section-table.ts';

export interface ElfHeader {
  readonly architecture: Architecture;
  /** ET_DYN, not ET_EXEC. */
  readonly relocatable: boolean;
  readonly entry: number;
  readonly programHeaders: readonly ProgramHeader[];
  readonly programHeadersEnd: number;
}

/** Programs have a dozen. */
const programHeaders_max = 4096;

export interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  /** Of this header in the file. */
  readonly at: number;
}

/** Undefined, with an error reported, where the file is nothing that can be analysed. */
export function readHeader(file: FileBytes, report: ElfReport): ElfHeader | undefined {
  const refusal = refusalOf(file);
  if (refusal !== undefined) {
    report.error(refusal.code, refusal.message, refusal.offset);
    return undefined;
  }
  const from = file.u64(32);
  // More than 65534 program headers are counted in the first section header.
  const sections = file.u64(40);
  const counted = file.u16(56);
  const isElsewhere = counted === 0xffff && sections > 0 && file.has(sections, sectionHeaderSize);
  const count = isElsewhere ? file.u32(sections + 44) : counted;
  if (!file.has(from, count * programHeaderSize)) {
    const message = `The file is truncated: it has no room for its ${count} program headers.`;
    report.error('elf-truncated', message, 32);
    return undefined;
  }
  if (count > programHeaders_max) {
    const message = `The file has ${count} program headers, more than the ${programHeaders_max} that are allowed.`;
    report.error('elf-too-large', message, 56);
    return undefined;
  }
  const programHeaders = Array.from({ length: count }, (_, i) =>
    readProgramHeader(file, from + i * programHeaderSize),
  );
  return {
    architecture: file.u16(18) === machine.x86_64 ? 'x86-64' : 'aarch64',
    relocatable: file.u16(16) === fileType.shared,
    entry: file.u64(24),
    programHeaders,
    programHeadersEnd: from + count * programHeaderSize,
  };
}

function readProgramHeader(file: FileBytes, at: number): ProgramHeader {
  return {
    type: file.u32(at),
    flags: file.u32(at + 4),
    offset: file.u64(at + 8),
    address: file.u64(at + 16),
    fileSize: file.u64(at + 32),
    memorySize: file.u64(at + 40),
    at,
  };
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
}

function refusalOf(file: FileBytes): Refusal | undefined {
  if (!file.is(0, '\x7fELF')) {
    return { code: 'elf-not-elf', message: `This is not an ELF file${foreignKind(file)}.`, offset: 0 };
  }
  const unsupported = (message: string, offset: number): Refusal => ({
    code: 'elf-unsupported',
    message,
    offset,
  });
  const truncated = { code: 'elf-truncated', message: 'The file is truncated in its ELF header.' };
  if (!file.has(0, 20)) return { ...truncated, offset: file.length };
  const bigEndian = file.u8(5) === 2;
  const code = file.u16(18);
  const number = bigEndian ? (code >> 8) | ((code & 0xff) << 8) : code;
  const name = machineNames.get(number) ?? `machine ${number}`;
  if (file.u8(4) !== 2) return unsupported(`This is a 32-bit ELF file for ${name}; only 64-bit is read.`, 4);
  if (bigEndian) {
    return unsupported(`This is a big-endian ELF file for ${name}; only little-endian is read.`, 5);
  }
  if (code !== machine.x86_64 && code !== machine.aarch64) {
    return unsupported(`This is an ELF file for ${name}; only x86-64 and aarch64 are read.`, 18);
  }
  if (!file.has(0, headerSize)) return { ...truncated, offset: file.length };
  const type = file.u16(16);
  if (type === fileType.core) return unsupported('This is a core file, the memory of a process.', 16);
  if (type === fileType.relocatable) {
    const sections = readSections(file, new ElfReport(''));
    const kind = sections.named('.modinfo') === undefined ? 'a relocatable object' : 'a kernel module';
    return unsupported(`This is ${kind}, which no linker has laid out yet.`, 16);
  }
  if (type !== fileType.executable && type !== fileType.shared) {
    return unsupported(`This is an ELF file of the unknown type ${type}.`, 16);
  }
  if (file.u16(54) !== programHeaderSize || file.u16(56) === 0) {
    return unsupported('This ELF file has no program headers: nothing says what of it is loaded.', 54);
  }
  return undefined;
}

function foreignKind(file: FileBytes): string {
  for (const [magic, kind] of foreignMagics) if (file.is(0, magic)) return `: it is ${kind}`;
  return file.length === 0 ? ': it is empty' : '';
}

const foreignMagics: readonly (readonly [string, string])[] = [
  ['#!', 'a script'],
  ['!<arch>', 'a static library'],
  ['!<thin>', 'a static library'],
  ['MZ', 'a Windows program'],
  ['\xcf\xfa\xed\xfe', 'a Mach-O program'],
  ['\xca\xfe\xba\xbe', 'a Java class or a Mach-O program'],
  ['\0asm', 'a WebAssembly module'],
  ['\x1f\x8b', 'gzip data'],
  ['\xfd7zXZ', 'xz data'],
  ['PK\x03\x04', 'a zip archive'],
];
