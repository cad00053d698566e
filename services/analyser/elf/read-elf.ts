/**
 * Reads a linked ELF64 program or shared library for x86-64 or aarch64 into an ElfImage. Bad input is data: whatever
 * the bytes are, they give diagnostics, in time and memory that grow no faster than the file but for one stated bound.
 * It must not know instructions, and must not change the bytes it is given (an image keeps parts of them).
 */
import type { Diagnostic } from '../../core/diagnostic.ts';
import { type AddressSpace, loadSegments } from './address-space.ts';
import { buildIdIn, readBuildId } from './build-id.ts';
import { type DynamicTable, readDynamicTable } from './dynamic-table.ts';
import { readFrames } from './eh-frame.ts';
import {
  dynamicTag,
  positionIndependentExecutable,
  sectionFlag,
  sectionType,
  segmentType,
} from './elf-format.ts';
import { type ElfHeader, readHeader } from './elf-header.ts';
import type { ElfImage, ElfSymbol } from './elf-image.ts';
import { ElfReport } from './elf-report.ts';
import { FileBytes } from './file-bytes.ts';
import { imageSegments } from './image-segments.ts';
import { readInitialisers } from './initialisers.ts';
import { packingOf } from './packing.ts';
import { type Relocated, Relocator } from './relocations.ts';
import { readSections, type SectionTable } from './section-table.ts';
import { dynamicSymbolCount } from './symbol-count.ts';
import { type ListedTable, listSymbols } from './symbol-list.ts';
import { dynamicSymbols, fileSymbols, type SymbolTable } from './symbol-table.ts';

export interface ReadElfOptions {
  /** For diagnostics. */
  readonly file?: string;
  /** The split debug file, which has the symbols of a stripped one. */
  readonly debug?: Uint8Array | undefined;
  /** How much memory that the file does not fill a program may ask for. */
  readonly zeroFillBytesMax?: number;
}

export interface ReadElf {
  /** Undefined where a diagnostic is an error. */
  readonly image: ElfImage | undefined;
  readonly diagnostics: Diagnostic[];
}

const zeroFill_bytes_max = 2 ** 30;

export function readElf(bytes: Uint8Array, options: ReadElfOptions = {}): ReadElf {
  const report = new ElfReport(options.file ?? '');
  const image = readImage(new FileBytes(bytes), options, report);
  return { image: report.refused ? undefined : image, diagnostics: report.diagnostics() };
}

function readImage(file: FileBytes, options: ReadElfOptions, report: ElfReport): ElfImage | undefined {
  const header = readHeader(file, report);
  if (header === undefined) return undefined;
  const { programHeaders, architecture, relocatable, entry } = header;
  const sections = readSections(file, report);
  if (holdsDebugOnly(sections)) {
    report.error('elf-unsupported', 'This is a split debug file, without the code that it is about.', 16);
    return undefined;
  }
  const space = loadSegments(file, programHeaders, options.zeroFillBytesMax ?? zeroFill_bytes_max, report);
  if (space === undefined) return undefined;
  const dynamic = readDynamicTable(programHeaders, space, report);
  const dynamicTable = dynamic === undefined ? undefined : dynamicSymbols(dynamic, space, report);
  const buildId = readBuildId(file, programHeaders);
  const tables = [
    ...listDynamic(dynamic, dynamicTable, space),
    ...listFile(fileSymbols(file, sections)),
    ...listFile(debugSymbols(options.debug, buildId, report)),
  ];
  const relocator = new Relocator(architecture, space, dynamicTable, report);
  relocate(relocator, dynamic, sections);
  const relocated = relocator.result();
  const symbols = withCopies(listSymbols(tables, architecture, space, report), relocated);
  const frames = readFrames(programHeaders, sections, space, report);
  const known = { imports: relocated.imports.size, frames: frames.length, symbols: symbols.length };
  const packing = packingOf(file, header, space, known);
  if (packing !== undefined) report.error('elf-packed', packing, space.fileOffset(entry));
  return {
    architecture,
    kind: kindOf(header, dynamic),
    entry,
    buildId,
    relocatable,
    dynamic: isDynamic(header, dynamic),
    needed: dynamic?.needed ?? [],
    segments: imageSegments(space, programHeaders, sections, entry),
    symbols,
    imports: relocated.imports,
    pointers: relocated.pointers,
    frames,
    initialisers: readInitialisers(dynamic, sections, space, report),
  };
}

/** objcopy --only-keep-debug keeps the headers of the code, and none of its bytes. */
function holdsDebugOnly({ sections }: SectionTable): boolean {
  const code = sections.filter(({ flags }) => (flags & sectionFlag.execute) !== 0);
  return code.length > 0 && code.every(({ type }) => type === sectionType.noBits);
}

function listDynamic(
  dynamic: DynamicTable | undefined,
  table: SymbolTable | undefined,
  space: AddressSpace,
): ListedTable[] {
  if (dynamic === undefined || table === undefined) return [];
  return [{ table, count: dynamicSymbolCount(dynamic, space, table.capacity), dynamic: true }];
}

function listFile(table: SymbolTable | undefined): ListedTable[] {
  return table === undefined ? [] : [{ table, count: table.capacity, dynamic: false }];
}

function debugSymbols(
  debug: Uint8Array | undefined,
  buildId: string | undefined,
  report: ElfReport,
): SymbolTable | undefined {
  if (debug === undefined) return undefined;
  const file = new FileBytes(debug);
  const debugReport = new ElfReport('');
  const header = readHeader(file, debugReport);
  if (header === undefined) {
    report.warning('elf-debug', 'The split debug file is no ELF file of this kind; it is not used.', 0);
    return undefined;
  }
  const sections = readSections(file, debugReport);
  const note = sections.named('.note.gnu.build-id');
  const noted = note === undefined ? undefined : buildIdIn(file, note.offset, note.offset + note.size);
  if ((noted ?? readBuildId(file, header.programHeaders)) !== buildId) {
    report.warning('elf-debug', 'The split debug file is of another build; it is not used.', 0);
    return undefined;
  }
  return fileSymbols(file, sections);
}

function relocate(relocator: Relocator, dynamic: DynamicTable | undefined, { sections }: SectionTable): void {
  if (dynamic !== undefined) {
    relocator.applyDynamic(dynamic);
    return;
  }
  // A static program relocates itself, by a table that only its sections and its own symbols tell.
  for (const section of sections) {
    const isLoaded = (section.flags & sectionFlag.allocated) !== 0;
    if (section.type === sectionType.rela && isLoaded) relocator.applyRela(section);
  }
}

function withCopies(symbols: ElfSymbol[], { copies }: Relocated): ElfSymbol[] {
  if (copies.length === 0) return symbols;
  const listed = new Set(symbols.filter(({ exported }) => exported).map(({ address }) => address));
  const missing = copies.filter(({ address }) => !listed.has(address));
  if (missing.length === 0) return symbols;
  return [...symbols, ...missing].sort((a, b) => a.address - b.address);
}

/** Old linkers did not say which of both a position-independent file is. */
function kindOf(
  { relocatable, programHeaders }: ElfHeader,
  dynamic: DynamicTable | undefined,
): ElfImage['kind'] {
  if (!relocatable || dynamic === undefined) return 'executable';
  const says = Math.floor(dynamic.value(dynamicTag.flags1) / positionIndependentExecutable) % 2 === 1;
  const interpreted = programHeaders.some(({ type }) => type === segmentType.interpreter);
  const isProgram = says || dynamic.has(dynamicTag.debug) || (interpreted && !dynamic.has(dynamicTag.soname));
  return isProgram ? 'executable' : 'shared-library';
}

/** A static program that can be moved has a dynamic table for itself. */
function isDynamic(header: ElfHeader, dynamic: DynamicTable | undefined): boolean {
  if (dynamic === undefined) return false;
  const interpreted = header.programHeaders.some(({ type }) => type === segmentType.interpreter);
  return interpreted || dynamic.needed.length > 0 || kindOf(header, dynamic) === 'shared-library';
}
