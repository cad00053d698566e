/**
 * Finds the split debug file of a program where debuggers look for it: by build id, or by the name and checksum in
 * `.gnu_debuglink`. Of the file only its tables of symbols are read: the rest may be a gigabyte, and stays zero.
 * It must not know what symbols mean.
 */
import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { headerSize, sectionHeaderSize, sectionType } from './elf-format.ts';
import { ElfReport } from './elf-report.ts';
import { FileBytes } from './file-bytes.ts';
import { readSections, type Section } from './section-table.ts';

export interface FoundDebugFile {
  /** Where it is; undefined where there is none. */
  readonly file: string | undefined;
  /** For readElf. */
  readonly debug: Uint8Array | undefined;
  readonly diagnostics: Diagnostic[];
}

const debug_bytes_max = 2 ** 31;
/** What is read of it: far above the symbols of any program. */
const debugRead_bytes_max = 2 ** 28;
const chunk_bytes = 2 ** 20;

/** `bytes` are the program's, `file` its path. */
export function findDebugFile(
  file: string,
  bytes: Uint8Array,
  buildId: string | undefined,
  roots: readonly string[] = ['/usr/lib/debug'],
): FoundDebugFile {
  const link = debugLink(new FileBytes(bytes));
  const byBuildId =
    buildId === undefined
      ? []
      : roots.map((root) => join(root, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`));
  const candidates = [
    ...byBuildId.map((path) => ({ path, checksum: undefined })),
    ...linkedPaths(file, link?.name, roots).map((path) => ({ path, checksum: link?.checksum })),
  ];
  for (const { path, checksum } of candidates) {
    const found = openDebugFile(path, checksum);
    if (found !== undefined) return found;
  }
  return { file: undefined, debug: undefined, diagnostics: [] };
}

function linkedPaths(file: string, name: string | undefined, roots: readonly string[]): string[] {
  if (name === undefined) return [];
  const folders = [...new Set([dirname(file), dirname(realPath(file))])];
  return folders
    .flatMap((folder) => [
      join(folder, name),
      join(folder, '.debug', name),
      ...roots.map((root) => join(root, folder, name)),
    ])
    .filter((path) => path !== file && path !== realPath(file));
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** A file name, and the checksum of that file. */
function debugLink(file: FileBytes): { readonly name: string; readonly checksum: number } | undefined {
  if (!file.is(0, '\x7fELF\x02\x01') || !file.has(0, headerSize)) return undefined;
  const section = readSections(file, new ElfReport('')).named('.gnu_debuglink');
  if (section === undefined || section.type === sectionType.noBits) return undefined;
  const end = section.offset + section.size;
  const nameEnd = file.stringEnd(section.offset, Math.min(end, section.offset + 256));
  if (nameEnd === undefined || nameEnd === section.offset) return undefined;
  const checksumAt = section.offset + Math.ceil((nameEnd + 1 - section.offset) / 4) * 4;
  const name = file.text(section.offset, nameEnd);
  // A name with a folder in it would lead anywhere.
  if (checksumAt + 4 > end || basename(name) !== name || name === '..') return undefined;
  return { name, checksum: file.u32(checksumAt) };
}

/** Undefined where there is no such file. */
function openDebugFile(path: string, checksum: number | undefined): FoundDebugFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    // Absent or not ours to read: a program without its debug file is the usual case.
    return undefined;
  }
  const report = new ElfReport(path);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return undefined;
    const debug = readDebug(descriptor, stat.size, checksum, report);
    return { file: path, debug, diagnostics: report.diagnostics() };
  } catch (error) {
    report.warning('elf-debug', `The split debug file can't be read: ${(error as Error).message}.`, 0);
    return { file: path, debug: undefined, diagnostics: report.diagnostics() };
  } finally {
    closeSync(descriptor);
  }
}

function readDebug(
  descriptor: number,
  size: number,
  checksum: number | undefined,
  report: ElfReport,
): Uint8Array | undefined {
  if (size > debug_bytes_max) {
    report.warning('elf-debug', `The split debug file has ${size} bytes; it is not read.`, 0);
    return undefined;
  }
  if (checksum !== undefined && checksumOf(descriptor, size) !== checksum) {
    report.warning('elf-debug', 'The split debug file is not the one that the program names.', 0);
    return undefined;
  }
  return readTables(descriptor, size, report);
}

/** Memory that is never written to is never there: it costs no more than what is read. */
function readTables(descriptor: number, size: number, report: ElfReport): Uint8Array | undefined {
  const bytes = new Uint8Array(size);
  let left = debugRead_bytes_max;
  const read = (offset: number, length: number): void => {
    left -= length;
    if (left < 0) return;
    for (let at = offset; at < offset + length; ) {
      const count = readSync(descriptor, bytes, at, offset + length - at, at);
      if (count === 0) return;
      at += count;
    }
  };
  const file = new FileBytes(bytes);
  if (size < headerSize) return bytes;
  read(0, Math.min(size, chunk_bytes));
  const sectionsFrom = file.u64(40);
  const sectionsLength = Math.min(size - sectionsFrom, Math.max(1, file.u16(60)) * sectionHeaderSize);
  if (sectionsLength > 0) read(sectionsFrom, sectionsLength);
  const { sections } = readSections(file, report);
  for (const section of wanted(sections, file.u16(62))) read(section.offset, section.size);
  if (left >= 0) return bytes;
  report.warning('elf-debug', 'The symbols of the split debug file are too large; they are not read.', 0);
  return undefined;
}

function wanted(sections: readonly Section[], namesIndex: number): Section[] {
  const symbols = sections.find(({ type }) => type === sectionType.symbols);
  const notes = sections.filter(({ type }) => type === sectionType.note).slice(0, notes_max);
  const found = [symbols, symbols && sections[symbols.link], sections[namesIndex], ...notes];
  return found.filter((section) => section !== undefined && section.type !== sectionType.noBits) as Section[];
}

const notes_max = 16;

function checksumOf(descriptor: number, size: number): number {
  const chunk = new Uint8Array(Math.min(size, chunk_bytes));
  let checksum = 0;
  for (let at = 0; at < size; ) {
    const count = readSync(descriptor, chunk, 0, chunk.length, at);
    if (count === 0) break;
    checksum = crc32(chunk.subarray(0, count), checksum);
    at += count;
  }
  return checksum;
}
