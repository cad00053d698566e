/**
 * What the loader would write: relocations applied to memory as far as the file alone decides them, and the places
 * whose value comes from other files. It must not know sections.
 */
import type { AddressSpace, LoadedSegment } from './address-space.ts';
import type { DynamicTable } from './dynamic-table.ts';
import { dynamicTag, relaSize } from './elf-format.ts';
import type { Architecture, ElfSymbol } from './elf-image.ts';
import type { ElfReport } from './elf-report.ts';
import type { SymbolTable } from './symbol-table.ts';

/** Of RELA records, by virtual address or found by sections of a static program. */
export interface RelaTable {
  readonly address: number;
  readonly size: number;
}

export interface Relocated {
  readonly imports: ReadonlyMap<number, string>;
  /** Ascending. */
  readonly pointers: number[];
  /** Objects of other files that the loader copies to a place here. */
  readonly copies: readonly ElfSymbol[];
}

type Action = 'base' | 'symbol' | 'copy' | 'none';

const actions: Readonly<Record<Architecture, ReadonlyMap<number, Action>>> = {
  'x86-64': new Map<number, Action>([
    [0, 'none'],
    [1, 'symbol'], // R_X86_64_64
    [5, 'copy'],
    [6, 'symbol'], // GLOB_DAT
    [7, 'symbol'], // JUMP_SLOT
    [8, 'base'], // RELATIVE
    [16, 'none'], // DTPMOD64
    [17, 'none'], // DTPOFF64
    [18, 'none'], // TPOFF64
    [36, 'none'], // TLSDESC
    // The resolver stands for what it resolves to: its symbol has that name.
    [37, 'base'], // IRELATIVE
  ]),
  aarch64: new Map<number, Action>([
    [0, 'none'],
    [257, 'symbol'], // R_AARCH64_ABS64
    [1024, 'copy'],
    [1025, 'symbol'], // GLOB_DAT
    [1026, 'symbol'], // JUMP_SLOT
    [1027, 'base'], // RELATIVE
    [1028, 'none'], // TLS_DTPMOD
    [1029, 'none'], // TLS_DTPREL
    [1030, 'none'], // TLS_TPREL
    [1031, 'none'], // TLSDESC
    [1032, 'base'], // IRELATIVE
  ]),
};

/** Far above what programs have: packed relocations could name fifty times the file's size. */
const pointers_max = 2 ** 22;

export class Relocator {
  readonly #space: AddressSpace;
  readonly #symbols: SymbolTable | undefined;
  readonly #report: ElfReport;
  readonly #actions: ReadonlyMap<number, Action>;
  readonly #imports = new Map<number, string>();
  readonly #pointers: number[] = [];
  readonly #copies: ElfSymbol[] = [];

  constructor(
    architecture: Architecture,
    space: AddressSpace,
    symbols: SymbolTable | undefined,
    report: ElfReport,
  ) {
    this.#actions = actions[architecture];
    this.#space = space;
    this.#symbols = symbols;
    this.#report = report;
  }

  applyDynamic(dynamic: DynamicTable): void {
    const { relr, relrSize, rela, relaSize: size, jumpRelocations, jumpRelocationsSize, rel } = dynamicTag;
    if (dynamic.has(rel)) {
      this.#report.warning('elf-rel', 'Relocations without addends are not read on this machine.', 0);
    }
    this.#applyRelr(dynamic.value(relr), dynamic.value(relrSize));
    this.applyRela({ address: dynamic.value(rela), size: dynamic.value(size) });
    this.applyRela({ address: dynamic.value(jumpRelocations), size: dynamic.value(jumpRelocationsSize) });
  }

  applyRela({ address, size }: RelaTable): void {
    const segment = this.#tableAt(address, size);
    if (segment === undefined) return;
    const { bytes } = segment;
    const end = address - segment.address + size;
    for (let at = address - segment.address; at + relaSize <= end; at += relaSize) {
      const type = bytes.u32(at + 8);
      const action = this.#actions.get(type);
      if (action === undefined)
        this.#complain('elf-relocation-type', `type ${type} is not known`, segment, at);
      else if (action !== 'none') {
        const problem = this.#apply(action, bytes.u64(at), bytes.u32(at + 12), bytes.i64(at + 16));
        if (problem !== undefined) this.#complain('elf-relocation', problem, segment, at);
      }
    }
  }

  result(): Relocated {
    const sorted = new Float64Array(this.#pointers).sort();
    const pointers: number[] = [];
    for (let i = 0; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) pointers.push(sorted[i]!);
    return { imports: this.#imports, pointers, copies: this.#copies };
  }

  /** Gives what is wrong with it. */
  #apply(action: Action, place: number, index: number, addend: number): string | undefined {
    if (action === 'base') return this.#point(place, addend);
    const symbols = this.#symbols;
    if (symbols === undefined || index >= symbols.capacity) return `symbol ${index} is not there`;
    if (action === 'symbol') {
      if (symbols.isDefined(index)) return this.#point(place, symbols.address(index) + addend);
      // Number 0 is no symbol: a weak one that nobody may define any more.
      if (index === 0) return undefined;
    }
    const name = symbols.name(index);
    if (name === undefined || name === '') return `symbol ${index} has no name`;
    if (this.#space.find(place, 1) === undefined) return `0x${place.toString(16)} is in no segment`;
    if (action === 'symbol') this.#imports.set(place, name);
    else {
      const claimed = symbols.size(index);
      // A size that reaches beyond the segment is no size.
      const size = this.#space.find(place, claimed) === undefined ? 0 : claimed;
      this.#copies.push({ name, address: place, size, kind: 'object', exported: true });
    }
    return undefined;
  }

  #point(place: number, value: number): string | undefined {
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) return 'its value is no address';
    if (!this.#space.setU64(place, value)) return `0x${place.toString(16)} is in no segment`;
    if (this.#pointers.length >= pointers_max) return `more than ${pointers_max} pointers are not kept`;
    this.#pointers.push(place);
    return undefined;
  }

  /** Packed: an even word is an address, an odd one marks which of the 63 words after it are relocated as well. */
  #applyRelr(address: number, size: number): void {
    const segment = this.#tableAt(address, size);
    if (segment === undefined) return;
    const { bytes } = segment;
    const end = address - segment.address + size;
    let next = 0;
    for (let at = address - segment.address; at + 8 <= end; at += 8) {
      const low = bytes.u32(at);
      let problem: string | undefined;
      if ((low & 1) === 0) {
        next = bytes.u64(at);
        problem = this.#pointAgain(next);
        next += 8;
      } else {
        problem =
          this.#pointMarked(next, low >>> 1, 31) ?? this.#pointMarked(next + 31 * 8, bytes.u32(at + 4), 32);
        next += 63 * 8;
      }
      if (problem !== undefined) {
        this.#complain('elf-relocation', problem, segment, at);
        return;
      }
    }
  }

  #pointMarked(from: number, marks: number, count: number): string | undefined {
    for (let bit = 0; bit < count; bit++) {
      if (((marks >>> bit) & 1) === 0) continue;
      const problem = this.#pointAgain(from + bit * 8);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** The addend is what is there already. */
  #pointAgain(place: number): string | undefined {
    const value = this.#space.u64(place);
    return value === undefined ? `0x${place.toString(16)} is in no segment` : this.#point(place, value);
  }

  #tableAt(address: number, size: number): LoadedSegment | undefined {
    if (size === 0) return undefined;
    const segment = this.#space.findFilled(address, size);
    if (segment === undefined) {
      const message = `A table of ${size} bytes of relocations at 0x${address.toString(16)} is in no segment.`;
      this.#report.warning('elf-relocations', message, this.#space.fileOffset(address));
    }
    return segment;
  }

  #complain(code: string, problem: string, segment: LoadedSegment, at: number): void {
    const offset = at < segment.fileSize ? segment.fileOffset + at : 0;
    this.#report.warning(code, `A relocation was not applied: ${problem}.`, offset);
  }
}
