/**
 * A table of symbols with its strings, wherever it lies: in the file (`.symtab`) or in memory (`.dynsym`). Symbols are
 * read by number, as relocations name them. It must not know relocations.
 */
import type { AddressSpace } from './address-space.ts';
import { type DynamicTable, name_bytes_max } from './dynamic-table.ts';
import { dynamicTag, sectionIndex, sectionType, symbolSize, symbolType } from './elf-format.ts';
import type { ElfSymbol } from './elf-image.ts';
import type { ElfReport } from './elf-report.ts';
import type { FileBytes } from './file-bytes.ts';
import type { Section, SectionTable } from './section-table.ts';

export interface TablePlace {
  readonly bytes: FileBytes;
  /** Offsets in `bytes`. */
  readonly from: number;
  readonly end: number;
}

export class SymbolTable {
  /** How many symbols could lie in the table. */
  readonly capacity: number;
  readonly #symbols: TablePlace;
  readonly #strings: TablePlace;
  readonly #names = new Map<number, string>();
  #nameBytes = 0;

  constructor(symbols: TablePlace, strings: TablePlace) {
    this.#symbols = symbols;
    this.#strings = strings;
    this.capacity = Math.max(0, Math.floor((symbols.end - symbols.from) / symbolSize));
  }

  /** Of a symbol below `capacity`; undefined where its string has no end, or names grew beyond all measure. */
  name(index: number): string | undefined {
    const { bytes, from, end } = this.#strings;
    const offset = from + this.#symbols.bytes.u32(this.#at(index));
    const known = this.#names.get(offset);
    if (known !== undefined) return known;
    if (offset >= end) return undefined;
    // Tails of one long string, named a million times, would be quadratic.
    if (this.#nameBytes > namesPerString_max * (end - from)) return undefined;
    const limit = Math.min(end, offset + name_bytes_max);
    const to = bytes.stringEnd(offset, limit);
    this.#nameBytes += (to ?? limit) - offset;
    if (to === undefined) return undefined;
    const name = bytes.text(offset, to);
    this.#names.set(offset, name);
    return name;
  }

  isDefined(index: number): boolean {
    return this.section(index) !== sectionIndex.undefined;
  }

  section(index: number): number {
    return this.#symbols.bytes.u16(this.#at(index) + 6);
  }

  type(index: number): number {
    return this.#symbols.bytes.u8(this.#at(index) + 4) & 0xf;
  }

  /** Global or weak, and not hidden. */
  isExported(index: number): boolean {
    const binding = this.#symbols.bytes.u8(this.#at(index) + 4) >> 4;
    const visibility = this.#symbols.bytes.u8(this.#at(index) + 5) & 3;
    return binding !== 0 && (visibility === 0 || visibility === 3);
  }

  address(index: number): number {
    return this.#symbols.bytes.u64(this.#at(index) + 8);
  }

  size(index: number): number {
    return this.#symbols.bytes.u64(this.#at(index) + 16);
  }

  #at(index: number): number {
    return this.#symbols.from + index * symbolSize;
  }
}

const namesPerString_max = 4;

/** `.symtab` of the file or of its split debug file. */
export function fileSymbols(file: FileBytes, { sections }: SectionTable): SymbolTable | undefined {
  const symbols = sections.find(({ type }) => type === sectionType.symbols);
  const strings = symbols === undefined ? undefined : sections[symbols.link];
  if (symbols === undefined || strings === undefined) return undefined;
  const place = ({ offset, size }: Section): TablePlace => ({
    bytes: file,
    from: offset,
    end: offset + size,
  });
  return new SymbolTable(place(symbols), place(strings));
}

/** `.dynsym`, by the dynamic table. */
export function dynamicSymbols(
  dynamic: DynamicTable,
  space: AddressSpace,
  report: ElfReport,
): SymbolTable | undefined {
  if (!dynamic.has(dynamicTag.symbols)) return undefined;
  const symbols = placeAt(space, dynamic.value(dynamicTag.symbols), Infinity);
  const strings = placeAt(space, dynamic.value(dynamicTag.strings), dynamic.value(dynamicTag.stringsSize));
  if (symbols === undefined || strings === undefined) {
    report.warning('elf-dynamic-symbols', 'The dynamic symbols do not lie in a segment.', 0);
    return undefined;
  }
  return new SymbolTable(symbols, strings);
}

function placeAt(space: AddressSpace, address: number, size: number): TablePlace | undefined {
  const segment = space.findFilled(address, 1);
  if (segment === undefined) return undefined;
  const from = address - segment.address;
  return { bytes: segment.bytes, from, end: Math.min(segment.fileSize, from + size) };
}

/** Undefined for what is no place in the program: sections, source files, thread-local offsets. */
export function kindOf(type: number): ElfSymbol['kind'] | undefined {
  if (type === symbolType.function || type === symbolType.indirectFunction) return 'function';
  if (type === symbolType.object || type === symbolType.common) return 'object';
  return type === symbolType.none ? 'other' : undefined;
}
