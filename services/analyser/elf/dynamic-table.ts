/**
 * The dynamic table: what the loader is told. It is found by the program headers, so it is there where section headers
 * were cut off. It must not know what its addresses lead to.
 */
import type { AddressSpace } from './address-space.ts';
import { dynamicTag, segmentType } from './elf-format.ts';
import type { ProgramHeader } from './elf-header.ts';
import type { ElfReport } from './elf-report.ts';

/** Names are short; a string table without an end is not read to its end for each. */
export const name_bytes_max = 4096;
const needed_max = 4096;

export class DynamicTable {
  readonly needed: readonly string[];
  readonly #values: ReadonlyMap<number, number>;

  constructor(values: ReadonlyMap<number, number>, needed: readonly string[]) {
    this.#values = values;
    this.needed = needed;
  }

  has(tag: number): boolean {
    return this.#values.has(tag);
  }

  /** 0 where the tag is not there. */
  value(tag: number): number {
    return this.#values.get(tag) ?? 0;
  }
}

/** Undefined where the file has none. */
export function readDynamicTable(
  headers: readonly ProgramHeader[],
  space: AddressSpace,
  report: ElfReport,
): DynamicTable | undefined {
  const header = headers.find(({ type }) => type === segmentType.dynamic);
  if (header === undefined) return undefined;
  const segment = space.findFilled(header.address, Math.min(header.memorySize, header.fileSize));
  if (segment === undefined) {
    report.warning('elf-dynamic', 'The dynamic table does not lie in a segment.', header.at);
    return undefined;
  }
  const from = header.address - segment.address;
  const end = from + Math.min(header.memorySize, header.fileSize);
  const values = new Map<number, number>();
  const neededOffsets: number[] = [];
  for (let at = from; at + 16 <= end; at += 16) {
    const tag = segment.bytes.u64(at);
    if (tag === 0) break;
    const value = segment.bytes.u64(at + 8);
    if (tag === dynamicTag.needed) neededOffsets.push(value);
    else values.set(tag, value);
  }
  if (neededOffsets.length > needed_max) {
    report.warning('elf-needed', `The file needs ${neededOffsets.length} libraries.`, header.at);
  }
  const strings = values.get(dynamicTag.strings) ?? 0;
  const stringsEnd = strings + (values.get(dynamicTag.stringsSize) ?? 0);
  const needed = neededOffsets.slice(0, needed_max).flatMap((offset) => {
    const name = stringAt(space, strings + offset, stringsEnd);
    if (name === undefined) report.warning('elf-string', 'The name of a library has no end.', header.at);
    return name === undefined ? [] : [name];
  });
  return new DynamicTable(values, needed);
}

function stringAt(space: AddressSpace, address: number, end: number): string | undefined {
  const segment = space.findFilled(address, 1);
  if (segment === undefined) return undefined;
  const from = address - segment.address;
  const limit = Math.min(end - segment.address, from + name_bytes_max);
  const to = segment.bytes.stringEnd(from, limit);
  return to === undefined ? undefined : segment.bytes.text(from, to);
}
