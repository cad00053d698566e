/**
 * The section headers, for what program headers don't tell: the full symbol table, where code ends in an executable
 * segment, and the tables of a static program. They are optional, and no loader checks them: nothing that the dynamic
 * table says is taken from here. It must not know what the sections hold.
 */
import { sectionHeaderSize, sectionType } from './elf-format.ts';
import type { ElfReport } from './elf-report.ts';
import type { FileBytes } from './file-bytes.ts';

export interface Section {
  readonly nameOffset: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

export class SectionTable {
  readonly sections: readonly Section[];
  readonly #file: FileBytes;
  readonly #names: Section | undefined;

  constructor(file: FileBytes, sections: readonly Section[], names: Section | undefined) {
    this.#file = file;
    this.sections = sections;
    this.#names = names;
  }

  /** The first of this name. */
  named(name: string): Section | undefined {
    const names = this.#names;
    if (names === undefined) return undefined;
    const withEnd = `${name}\0`;
    return this.sections.find(({ nameOffset }) => this.#file.is(names.offset + nameOffset, withEnd));
  }
}

/** Empty where the file has none. Sections that do not lie in the file have size 0. */
export function readSections(file: FileBytes, report: ElfReport): SectionTable {
  const from = file.u64(40);
  const none = new SectionTable(file, [], undefined);
  if (from === 0) return none;
  if (file.u16(58) !== sectionHeaderSize || !file.has(from, sectionHeaderSize)) {
    const message = 'The section headers do not lie in the file; it is read by its program headers alone.';
    report.warning('elf-sections', message, 40);
    return none;
  }
  // Counts that do not fit in 16 bits are in the first section header.
  const counted = file.u16(60);
  const claimed = counted === 0 ? file.u64(from + 32) : counted;
  const count = Math.min(claimed, Math.floor((file.length - from) / sectionHeaderSize));
  if (count < claimed) {
    const message = `The file is truncated: it holds ${count} of ${claimed} section headers.`;
    report.warning('elf-sections', message, 60);
  }
  const sections = Array.from({ length: count }, (_, i) =>
    readSection(file, from + i * sectionHeaderSize, report),
  );
  const indexed = file.u16(62);
  return new SectionTable(file, sections, sections[indexed === 0xffff ? file.u32(from + 40) : indexed]);
}

function readSection(file: FileBytes, at: number, report: ElfReport): Section {
  const type = file.u32(at + 4);
  const offset = file.u64(at + 24);
  let size = file.u64(at + 32);
  if (type !== 0 && type !== sectionType.noBits && !file.has(offset, size)) {
    report.warning('elf-section-outside', `A section of ${size} bytes does not lie in the file.`, at);
    size = 0;
  }
  return {
    nameOffset: file.u32(at),
    type,
    flags: file.u64(at + 8),
    address: file.u64(at + 16),
    offset,
    size,
    link: file.u32(at + 40),
  };
}
