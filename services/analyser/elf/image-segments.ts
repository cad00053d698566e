/**
 * The segments of the finished image: cut where RELRO makes memory read-only, and where an executable segment holds
 * something else than code (headers, constants and frames, as linkers lay them out without `-z separate-code`).
 * It must not know how bytes came to be.
 */
import type { AddressSpace, LoadedSegment } from './address-space.ts';
import { sectionFlag, sectionType, segmentType } from './elf-format.ts';
import type { ProgramHeader } from './elf-header.ts';
import type { Segment } from './elf-image.ts';
import type { SectionTable } from './section-table.ts';

/** All sections are looked at for each. */
const segmentsOfCode_max = 16;
const piecesOfCode_max = 64;

/** Ascending, without overlaps. */
export function imageSegments(
  space: AddressSpace,
  headers: readonly ProgramHeader[],
  sections: SectionTable,
  entry: number,
): Segment[] {
  const relro = headers.filter(({ type }) => type === segmentType.relro);
  const holdsCode = ({ executable, writable }: LoadedSegment): boolean => executable && !writable;
  const isOrdinary = space.segments.filter(holdsCode).length <= segmentsOfCode_max;
  return space.segments.flatMap((loaded) => {
    if (holdsCode(loaded) && isOrdinary) return codePieces(loaded, sections, entry);
    return relroPieces(loaded, relro[0]);
  });
}

function relroPieces(loaded: LoadedSegment, relro: ProgramHeader | undefined): Segment[] {
  const { address, end, writable } = loaded;
  const from = Math.max(address, relro?.address ?? end);
  const to = Math.min(end, (relro?.address ?? 0) + (relro?.memorySize ?? 0));
  if (!writable || from >= to) return [piece(loaded, address, end)];
  return [
    piece(loaded, address, from),
    { ...piece(loaded, from, to), writable: false },
    piece(loaded, to, end),
  ].filter(({ bytes }) => bytes.length > 0);
}

function codePieces(loaded: LoadedSegment, { sections }: SectionTable, entry: number): Segment[] {
  const whole = [piece(loaded, loaded.address, loaded.end)];
  const within = sections
    .filter(({ flags, type }) => (flags & sectionFlag.allocated) !== 0 && type !== sectionType.noBits)
    .filter(({ address, size }) => size > 0 && address >= loaded.address && address + size <= loaded.end)
    .sort((a, b) => a.address - b.address);
  if (within.length === 0) return whole;
  const cuts = [loaded.address];
  let isCode = false;
  for (const { address, flags } of within) {
    const holdsCode = (flags & sectionFlag.execute) !== 0;
    if (holdsCode !== isCode) cuts.push(address);
    isCode = holdsCode;
  }
  if (cuts.length > piecesOfCode_max) return whole;
  // What lies before the first section, the headers, is no code; from there each cut is a change.
  const pieces = cuts
    .map((from, i) => ({
      ...piece(loaded, from, cuts[i + 1] ?? loaded.end),
      executable: i % 2 === 1,
    }))
    .filter(({ bytes }) => bytes.length > 0);
  // Sections that leave the entry without code can't be trusted.
  const holdsEntry = ({ address, bytes }: Segment): boolean =>
    entry >= address && entry < address + bytes.length;
  // A library has no entry, which is written as 0.
  const entersData = entry !== 0 && pieces.some((each) => !each.executable && holdsEntry(each));
  return entersData || pieces.every(({ executable }) => !executable) ? whole : pieces;
}

function piece(loaded: LoadedSegment, from: number, to: number): Segment {
  const { address, bytes, executable, writable } = loaded;
  return { address: from, bytes: bytes.bytes.subarray(from - address, to - address), executable, writable };
}
