/** What runs before and after main: found by the dynamic table, or by sections where a program has none. */
import type { AddressSpace } from './address-space.ts';
import type { DynamicTable } from './dynamic-table.ts';
import { dynamicTag, sectionType } from './elf-format.ts';
import type { ElfReport } from './elf-report.ts';
import type { SectionTable } from './section-table.ts';

/** Addresses of code, in the order of the tables, each once. Read them after relocation. */
export function readInitialisers(
  dynamic: DynamicTable | undefined,
  sections: SectionTable,
  space: AddressSpace,
  report: ElfReport,
): number[] {
  const words = (from: number, size: number): number[] => wordsAt(space, from, size, report);
  const found = dynamic === undefined ? bySections(sections, words) : byDynamicTable(dynamic, words);
  return [...new Set(found)].filter((address) => address > 0 && space.find(address, 1)?.executable === true);
}

type Words = (from: number, size: number) => number[];

function byDynamicTable(dynamic: DynamicTable, words: Words): number[] {
  const { initialiser, finaliser } = dynamicTag;
  const array = (start: number, size: number): number[] => words(dynamic.value(start), dynamic.value(size));
  return [
    ...array(dynamicTag.earlyInitialisers, dynamicTag.earlyInitialisersSize),
    dynamic.value(initialiser),
    ...array(dynamicTag.initialisers, dynamicTag.initialisersSize),
    ...array(dynamicTag.finalisers, dynamicTag.finalisersSize),
    dynamic.value(finaliser),
  ];
}

function bySections(sections: SectionTable, words: Words): number[] {
  const arrays = [sectionType.earlyInitialisers, sectionType.initialisers, sectionType.finalisers];
  return [
    sections.named('.init')?.address ?? 0,
    ...arrays.flatMap((kind) =>
      sections.sections
        .filter(({ type }) => type === kind)
        .slice(0, arrays_max)
        .flatMap(({ address, size }) => words(address, size)),
    ),
    sections.named('.fini')?.address ?? 0,
  ];
}

const arrays_max = 16;
const words_max = 2 ** 16;

function wordsAt(space: AddressSpace, from: number, size: number, report: ElfReport): number[] {
  if (size === 0) return [];
  const segment = space.findFilled(from, size);
  if (segment === undefined || size > words_max * 8) {
    const message = `A table of ${size} bytes of what runs before main is not read.`;
    report.warning('elf-initialisers', message, space.fileOffset(from));
    return [];
  }
  const at = from - segment.address;
  return Array.from({ length: Math.floor(size / 8) }, (_, i) => segment.bytes.u64(at + i * 8));
}
