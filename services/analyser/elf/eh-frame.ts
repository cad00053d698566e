/**
 * `.eh_frame` as function extents: what unwinding needs stays when a program is stripped. It must not know unwinding.
 */
import type { AddressSpace, LoadedSegment } from './address-space.ts';
import { segmentType } from './elf-format.ts';
import type { ProgramHeader } from './elf-header.ts';
import type { FrameRange } from './elf-image.ts';
import type { ElfReport } from './elf-report.ts';
import { omitted, type PointerContext, readPointer, readUnbased } from './pointer-encoding.ts';
import type { SectionTable } from './section-table.ts';

/** Ascending, without overlaps. */
export function readFrames(
  headers: readonly ProgramHeader[],
  sections: SectionTable,
  space: AddressSpace,
  report: ElfReport,
): FrameRange[] {
  const place = placeOfFrames(headers, sections, space, report);
  if (place === undefined) return [];
  return withoutOverlaps(new FrameReader(place, space, report).read());
}

interface FramePlace {
  readonly segment: LoadedSegment;
  /** In the segment. */
  readonly from: number;
  readonly end: number;
  /** Whether `end` is exact: else a record of length 0 ends the frames. */
  readonly bounded: boolean;
}

/** The program header is what unwinding goes by; a section of the same place adds where the frames end. */
function placeOfFrames(
  headers: readonly ProgramHeader[],
  sections: SectionTable,
  space: AddressSpace,
  report: ElfReport,
): FramePlace | undefined {
  const section = sections.named('.eh_frame');
  const header = headers.find(({ type }) => type === segmentType.ehFrameHeader);
  const address = header === undefined ? section?.address : addressInHeader(header, space, report);
  if (address === undefined) return undefined;
  const bounded = section !== undefined && section.address === address && section.size > 0;
  const segment = space.findFilled(address, bounded ? section.size : 1);
  if (segment === undefined) {
    const message = `.eh_frame at 0x${address.toString(16)} does not lie in a segment.`;
    report.warning('elf-frames', message, header?.at ?? 0);
    return undefined;
  }
  const from = address - segment.address;
  return { segment, from, end: bounded ? from + section.size : segment.fileSize, bounded };
}

function addressInHeader(header: ProgramHeader, space: AddressSpace, report: ElfReport): number | undefined {
  const segment = space.findFilled(header.address, 4);
  const at = header.address - (segment?.address ?? 0);
  const context = segment && { bytes: segment.bytes, address: segment.address, dataBase: header.address };
  const address =
    context === undefined || context.bytes.u8(at) !== 1
      ? undefined
      : readPointer(context, at + 4, context.bytes.u8(at + 1))?.value;
  if (address === undefined) {
    report.warning('elf-frames', 'The header of .eh_frame does not lead to it.', header.at);
  }
  return address;
}

class FrameReader {
  readonly #place: FramePlace;
  readonly #space: AddressSpace;
  readonly #report: ElfReport;
  readonly #context: PointerContext;
  /** Of pointers to code, by the place of the CIE; undefined for one that can't be read. */
  readonly #encodings = new Map<number, number | undefined>();

  constructor(place: FramePlace, space: AddressSpace, report: ElfReport) {
    this.#place = place;
    this.#space = space;
    this.#report = report;
    const { bytes, address } = place.segment;
    this.#context = { bytes, address, dataBase: 0 };
  }

  read(): FrameRange[] {
    const { segment, from, end, bounded } = this.#place;
    const { bytes } = segment;
    const frames: FrameRange[] = [];
    let at = from;
    while (at + 4 <= end) {
      let length = bytes.u32(at);
      let body = at + 4;
      if (length === 0) {
        if (!bounded) break;
        at = body;
        continue;
      }
      if (length === 0xffffffff) {
        length = at + 12 <= end ? bytes.u64(body) : Infinity;
        body += 8;
      }
      if (length < 4 || body + length > end) {
        this.#complain(
          'elf-frames',
          'A frame record does not end within .eh_frame; the rest is not read.',
          at,
        );
        break;
      }
      const back = bytes.u32(body);
      // 0 marks a CIE; in an FDE it is the way back to one.
      if (back !== 0) {
        const frame = this.#readFrame(body, body + length, body - back);
        if (frame !== undefined) frames.push(frame);
      }
      at = body + length;
    }
    return frames;
  }

  #readFrame(body: number, end: number, cie: number): FrameRange | undefined {
    const encoding = this.#encodingOf(cie);
    if (encoding === undefined || encoding === omitted) {
      this.#complain('elf-frame', 'A frame refers to no record that says how it is written.', body);
      return undefined;
    }
    const begin = readPointer(this.#context, body + 4, encoding);
    const size = begin === undefined ? undefined : readUnbased(this.#context.bytes, begin.next, encoding);
    if (begin === undefined || size === undefined || size.next > end) {
      this.#complain('elf-frame', 'A frame is too short.', body);
      return undefined;
    }
    // The linker leaves frames of functions that it threw away.
    if (begin.value === undefined || size.value === undefined || size.value === 0) return undefined;
    if (this.#space.find(begin.value, size.value)?.executable !== true) {
      this.#complain('elf-frame', `A frame at 0x${begin.value.toString(16)} is not of code.`, body);
      return undefined;
    }
    return { address: begin.value, size: size.value };
  }

  #encodingOf(cie: number): number | undefined {
    if (this.#encodings.has(cie)) return this.#encodings.get(cie);
    const encoding = this.#readEncoding(cie);
    this.#encodings.set(cie, encoding);
    return encoding;
  }

  #readEncoding(cie: number): number | undefined {
    const { from, end, segment } = this.#place;
    const { bytes } = segment;
    if (cie < from || cie + 16 > end) return undefined;
    const body = bytes.u32(cie) === 0xffffffff ? cie + 12 : cie + 4;
    if (body + 12 > end || bytes.u32(body) !== 0) return undefined;
    const nameEnd = bytes.stringEnd(body + 5, Math.min(end, body + 5 + augmentation_bytes_max));
    if (nameEnd === undefined) return undefined;
    const augmentation = bytes.text(body + 5, nameEnd);
    if (augmentation === '') return absolute;
    if (!augmentation.startsWith('z')) return undefined;
    let at = nameEnd + 1;
    // Code and data alignment, the return register and the length of the augmentation.
    for (let i = 0; i < 4; i++) at = this.#skipLeb128(at);
    return this.#encodingIn(augmentation, at);
  }

  /** R: pointers to code. L: of language data. P: a personality. S, B and G say something, and have no bytes. */
  #encodingIn(augmentation: string, from: number): number | undefined {
    const { bytes } = this.#context;
    let at = from;
    for (const letter of augmentation.slice(1)) {
      if ('SBG'.includes(letter)) continue;
      if (!'RLP'.includes(letter) || at >= this.#place.end) return undefined;
      const encoding = bytes.u8(at++);
      if (letter === 'R') return encoding;
      if (letter === 'P') {
        const personality = readPointer(this.#context, at, encoding);
        if (personality === undefined) return undefined;
        at = personality.next;
      }
    }
    return absolute;
  }

  #skipLeb128(from: number): number {
    const { bytes } = this.#context;
    const end = Math.min(this.#place.end, from + leb128_bytes_max);
    let at = from;
    while (at < end && (bytes.u8(at) & 0x80) !== 0) at++;
    return at + 1;
  }

  #complain(code: string, message: string, at: number): void {
    const { fileOffset, fileSize } = this.#place.segment;
    this.#report.warning(code, message, at < fileSize ? fileOffset + at : 0);
  }
}

const augmentation_bytes_max = 16;
const leb128_bytes_max = 10;
const absolute = 0;

function withoutOverlaps(frames: FrameRange[]): FrameRange[] {
  frames.sort((a, b) => a.address - b.address || a.size - b.size);
  const result: FrameRange[] = [];
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i]!;
    const next = frames[i + 1]?.address ?? Infinity;
    if (frame.address + frame.size <= next) result.push(frame);
    else if (frame.address < next) result.push({ address: frame.address, size: next - frame.address });
  }
  return result;
}
