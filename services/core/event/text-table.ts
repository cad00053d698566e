/**
 * Text of bytes, and of the hex digits that stand for bytes, made once for bytes that are seen again. It must not know
 * what the text stands for.
 */
import { SpanTable } from './span-table.ts';
import { decodeAscii, decodeUtf8 } from './utf8.ts';

export class TextTable {
  readonly #plain: SpanTable<string>;
  readonly #hex: SpanTable<string>;
  #scratch = new Uint8Array(4096);

  /** `slots` is a power of two: so many texts are kept of each form. */
  constructor(slots = 4096) {
    this.#plain = new SpanTable(slots, 128);
    this.#hex = new SpanTable(slots, 128);
  }

  /** Text of `bytes` from `start` to `end`. */
  text(bytes: Uint8Array, start: number, end: number): string {
    const known = this.#plain.find(bytes, start, end);
    if (known !== undefined) return known;
    const text = decode(bytes, start, end);
    this.#plain.keep(text);
    return text;
  }

  /** Text of the bytes that the hex digits from `start` to `end` (an even number of them) stand for. */
  hexText(digits: Uint8Array, start: number, end: number): string {
    const known = this.#hex.find(digits, start, end);
    if (known !== undefined) return known;
    const length = this.#unhex(digits, start, end);
    const text = decode(this.#scratch, 0, length);
    this.#hex.keep(text);
    return text;
  }

  /** The same with the NUL bytes between arguments as spaces, and those at the end left out. */
  hexTitle(digits: Uint8Array, start: number, end: number): string {
    let length = this.#unhex(digits, start, end);
    const scratch = this.#scratch;
    while (length > 0 && scratch[length - 1] === 0) length--;
    for (let i = 0; i < length; i++) if (scratch[i] === 0) scratch[i] = space;
    return decode(scratch, 0, length);
  }

  #unhex(digits: Uint8Array, start: number, end: number): number {
    const length = (end - start) >> 1;
    if (length > this.#scratch.length) this.#scratch = new Uint8Array(length * 2);
    const scratch = this.#scratch;
    for (let i = 0, at = start; i < length; i++, at += 2) {
      scratch[i] = (hexValue[digits[at]!]! << 4) | hexValue[digits[at + 1]!]!;
    }
    return length;
  }
}

/** Value of a hex digit by its byte; 255 where it is none. */
export const hexValue: Uint8Array = hexValues();

const space = 32;

function decode(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return decodeUtf8(bytes, start, end);
  return decodeAscii(bytes, start, end);
}

function hexValues(): Uint8Array {
  const values = new Uint8Array(256).fill(255);
  for (let digit = 0; digit < 16; digit++) {
    const text = digit.toString(16);
    values[text.charCodeAt(0)] = digit;
    values[text.toUpperCase().charCodeAt(0)] = digit;
  }
  return values;
}
