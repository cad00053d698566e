/**
 * Bytes, numbers and texts of an image by address. Analyses ask millions of times: the segment of the last answer is
 * tried first, and nothing is copied. It must not know why an address is of interest.
 */
import type { ElfImage, Segment } from './elf-image.ts';

export class ImageReader {
  readonly #segments: readonly Segment[];
  readonly #views: readonly DataView[];
  readonly #buffers: readonly Buffer[];
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  /** Of the last answer. */
  #last = 0;

  constructor({ segments }: Pick<ElfImage, 'segments'>) {
    this.#segments = segments;
    this.#views = segments.map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
    this.#buffers = segments.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    this.#starts = Float64Array.from(segments, ({ address }) => address);
    this.#ends = Float64Array.from(segments, ({ address, bytes }) => address + bytes.length);
  }

  segmentOf(address: number): Segment | undefined {
    return this.#find(address, 1) ? this.#segments[this.#last] : undefined;
  }

  isCode(address: number): boolean {
    return this.#find(address, 1) && this.#segments[this.#last]!.executable;
  }

  /** While the program runs. */
  isReadOnly(address: number): boolean {
    return this.#find(address, 1) && !this.#segments[this.#last]!.writable;
  }

  /** A view, not a copy; undefined where not all of it is in one segment. */
  bytesAt(address: number, length: number): Uint8Array | undefined {
    if (!this.#find(address, length)) return undefined;
    const at = address - this.#starts[this.#last]!;
    return this.#segments[this.#last]!.bytes.subarray(at, at + length);
  }

  readU8(address: number): number | undefined {
    if (!this.#find(address, 1)) return undefined;
    return this.#segments[this.#last]!.bytes[address - this.#starts[this.#last]!];
  }

  readI32(address: number): number | undefined {
    if (!this.#find(address, 4)) return undefined;
    return this.#views[this.#last]!.getInt32(address - this.#starts[this.#last]!, true);
  }

  /** Exact below 2^53; above, which no address is, the nearest double. */
  readU64(address: number): number | undefined {
    if (!this.#find(address, 8)) return undefined;
    const view = this.#views[this.#last]!;
    const at = address - this.#starts[this.#last]!;
    return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  }

  /** Text that ends with a zero byte within `bytesMax`: UTF-8, of control characters only \n \t \r and \e. */
  cString(address: number, bytesMax: number): string | undefined {
    if (!this.#find(address, 1)) return undefined;
    const { bytes } = this.#segments[this.#last]!;
    const from = address - this.#starts[this.#last]!;
    const end = Math.min(bytes.length, from + bytesMax);
    let ascii = true;
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === 0) {
        const buffer = this.#buffers[this.#last]!;
        return ascii ? buffer.toString('latin1', from, at) : utf8Text(bytes.subarray(from, at));
      }
      if (byte >= 0x80) ascii = false;
      else if (!(byte >= 0x20 && byte < 0x7f) && !isAllowedControl(byte)) return undefined;
    }
    return undefined;
  }

  /** Whether one segment holds `length` bytes from `address`; it is then the last one. */
  #find(address: number, length: number): boolean {
    const last = this.#last;
    if (address >= this.#starts[last]! && address < this.#ends[last]!) {
      return address + length <= this.#ends[last]!;
    }
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle]! > address) high = middle;
      else low = middle + 1;
    }
    if (low === this.#starts.length || !(address >= this.#starts[low]!)) return false;
    this.#last = low;
    return address + length <= this.#ends[low]!;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    // The control characters beyond ASCII are in no text that a program prints.
    return /[\u0080-\u009f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function isAllowedControl(byte: number): boolean {
  return byte === 0x0a || byte === 0x09 || byte === 0x0d || byte === 0x1b;
}
