/**
 * Little-endian numbers and strings in bytes. Numbers are exact below 2^53; larger ones come out as the nearest
 * double, which every bounds check refuses. Who reads asks `has` first. It must not know what the bytes mean.
 */

export class FileBytes {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly #view: DataView;
  readonly #buffer: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  has(offset: number, size: number): boolean {
    return offset >= 0 && size >= 0 && offset + size <= this.length;
  }

  u8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  u16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  i16(offset: number): number {
    return this.#view.getInt16(offset, true);
  }

  i32(offset: number): number {
    return this.#view.getInt32(offset, true);
  }

  u64(offset: number): number {
    return this.#view.getUint32(offset + 4, true) * 2 ** 32 + this.#view.getUint32(offset, true);
  }

  i64(offset: number): number {
    return this.#view.getInt32(offset + 4, true) * 2 ** 32 + this.#view.getUint32(offset, true);
  }

  setU64(offset: number, value: number): void {
    this.#view.setUint32(offset, value >>> 0, true);
    this.#view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
  }

  /** The place of the zero that ends the string, or undefined where there is none before `end`. */
  stringEnd(offset: number, end: number): number | undefined {
    const limit = Math.min(end, this.length);
    // Most names are short: a call into native code costs more than the loop.
    const near = Math.min(limit, offset + nearString_bytes);
    for (let at = offset; at < near; at++) if (this.bytes[at] === 0) return at;
    if (near >= limit) return undefined;
    const found = this.bytes.subarray(near, limit).indexOf(0);
    return found < 0 ? undefined : near + found;
  }

  text(from: number, to: number): string {
    return this.#buffer.toString('utf8', from, to);
  }

  /** Whether the bytes at `offset` are these ASCII characters. */
  is(offset: number, text: string): boolean {
    if (!this.has(offset, text.length)) return false;
    for (let i = 0; i < text.length; i++) if (this.bytes[offset + i] !== text.charCodeAt(i)) return false;
    return true;
  }
}

const nearString_bytes = 64;
