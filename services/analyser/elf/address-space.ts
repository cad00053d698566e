/**
 * The loadable segments as memory: bytes by virtual address while the image is being made. A segment that nothing is
 * written to keeps the file's own bytes. It must not know why anything is read or written.
 */
import { segmentFlag, segmentType } from './elf-format.ts';
import type { ProgramHeader } from './elf-header.ts';
import type { ElfReport } from './elf-report.ts';
import { FileBytes } from './file-bytes.ts';

export interface LoadedSegment {
  readonly address: number;
  readonly end: number;
  readonly executable: boolean;
  readonly writable: boolean;
  readonly fileOffset: number;
  /** How many of its bytes come from the file. */
  readonly fileSize: number;
  bytes: FileBytes;
  /** Whether the bytes are not the file's own. */
  copied: boolean;
}

export class AddressSpace {
  /** By address, without overlaps. */
  readonly segments: readonly LoadedSegment[];
  #last: LoadedSegment | undefined;

  constructor(segments: readonly LoadedSegment[]) {
    this.segments = segments;
    this.#last = segments[0];
  }

  /** The segment that holds `size` bytes from `address`. */
  find(address: number, size: number): LoadedSegment | undefined {
    const last = this.#last;
    if (last !== undefined && address >= last.address && address < last.end) {
      return address + size <= last.end ? last : undefined;
    }
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.segments[middle]!.end > address) high = middle;
      else low = middle + 1;
    }
    const found = this.segments[low];
    if (found === undefined || address < found.address) return undefined;
    this.#last = found;
    return address + size <= found.end ? found : undefined;
  }

  /** The same, where the bytes come from the file: no table lies in memory that begins empty. */
  findFilled(address: number, size: number): LoadedSegment | undefined {
    const segment = this.find(address, size);
    if (segment === undefined || address - segment.address + size > segment.fileSize) return undefined;
    return segment;
  }

  u64(address: number): number | undefined {
    const segment = this.find(address, 8);
    return segment?.bytes.u64(address - segment.address);
  }

  /** False where no segment holds all of it. */
  setU64(address: number, value: number): boolean {
    const segment = this.find(address, 8);
    if (segment === undefined) return false;
    if (!segment.copied) {
      segment.bytes = new FileBytes(segment.bytes.bytes.slice());
      segment.copied = true;
    }
    segment.bytes.setU64(address - segment.address, value);
    return true;
  }

  /** Where the file has the byte at an address; the file's begin where it has not. */
  fileOffset(address: number): number {
    const segment = this.find(address, 0);
    if (segment === undefined || address - segment.address >= segment.fileSize) return 0;
    return segment.fileOffset + (address - segment.address);
  }
}

/** Undefined, with an error reported, where the segments can't be laid out. */
export function loadSegments(
  file: FileBytes,
  headers: readonly ProgramHeader[],
  zeroFillBytesMax: number,
  report: ElfReport,
): AddressSpace | undefined {
  const loads = headers
    .filter(({ type, memorySize }) => type === segmentType.load && memorySize > 0)
    .sort((a, b) => a.address - b.address);
  if (loads.length === 0) {
    report.error('elf-nothing-loaded', 'The file has no segment that is loaded.', 56);
    return undefined;
  }
  let zeroFill = 0;
  let end = 0;
  for (const load of loads) {
    const problem = problemOf(load, end, file.length);
    if (problem !== undefined) {
      report.error(problem.code, problem.message, load.at);
      return undefined;
    }
    end = load.address + load.memorySize;
    zeroFill += load.memorySize - load.fileSize;
  }
  if (zeroFill > zeroFillBytesMax) {
    const message = `The program asks for ${zeroFill} bytes of empty memory, more than the ${zeroFillBytesMax} that are allowed.`;
    report.error('elf-too-large', message, loads[0]!.at);
    return undefined;
  }
  return new AddressSpace(loads.map((load) => loadSegment(file, load)));
}

function problemOf(
  load: ProgramHeader,
  end: number,
  length: number,
): { code: string; message: string } | undefined {
  const { address, memorySize, offset, fileSize } = load;
  if (address + memorySize > Number.MAX_SAFE_INTEGER) {
    const message = `A segment at 0x${address.toString(16)} lies beyond what a program can address.`;
    return { code: 'elf-segment', message };
  }
  if (address < end) {
    return { code: 'elf-segment', message: `Two segments overlap at 0x${address.toString(16)}.` };
  }
  if (fileSize > memorySize) {
    return { code: 'elf-segment', message: 'A segment is larger in the file than in memory.' };
  }
  if (offset + fileSize > length) {
    const message = `The file is truncated: a segment ends at ${offset + fileSize}, the file at ${length}.`;
    return { code: 'elf-truncated', message };
  }
  return undefined;
}

function loadSegment(file: FileBytes, load: ProgramHeader): LoadedSegment {
  const { address, memorySize, offset, fileSize, flags } = load;
  let bytes = file.bytes.subarray(offset, offset + fileSize);
  const copied = memorySize > fileSize;
  if (copied) {
    const filled = new Uint8Array(memorySize);
    filled.set(bytes);
    bytes = filled;
  }
  return {
    address,
    end: address + memorySize,
    executable: (flags & segmentFlag.execute) !== 0,
    writable: (flags & segmentFlag.write) !== 0,
    fileOffset: offset,
    fileSize,
    bytes: new FileBytes(bytes),
    copied,
  };
}
