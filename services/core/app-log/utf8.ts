/**
 * UTF-8 to string and back in length, since the core has no TextDecoder. It must not fail: a byte that is no UTF-8
 * becomes U+FFFD by the rule of the Unicode Standard (section 3.9, maximal subparts), and the caller is told.
 */

export interface Decoded {
  readonly text: string;
  /** False where at least one byte was replaced. */
  readonly valid: boolean;
}

const CHUNK = 4096;

export function decodeUtf8(bytes: Uint8Array): Decoded {
  const { length } = bytes;
  let ascii = 0;
  while (ascii < length && bytes[ascii]! < 0x80) ascii++;
  let text = '';
  for (let at = 0; at < ascii; at += CHUNK) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(ascii, at + CHUNK)) as never);
  }
  if (ascii === length) return { text, valid: true };
  return decodeMixed(bytes, ascii, text);
}

/** Bytes that `text` takes in UTF-8; a lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) {
      length += 4;
      at++;
    } else length += 3;
  }
  return length;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function decodeMixed(bytes: Uint8Array, from: number, head: string): Decoded {
  let text = head;
  let valid = true;
  let units: number[] = [];
  for (let at = from; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length > 0) pushCodePoint(units, codePoint(bytes, at, length));
    else {
      units.push(0xfffd);
      valid = false;
    }
    at += Math.abs(length);
    if (units.length >= CHUNK) {
      text += String.fromCharCode.apply(null, units);
      units = [];
    }
  }
  return { text: text + String.fromCharCode.apply(null, units), valid };
}

/** Length of the well-formed sequence at `at`, or minus the length of the maximal ill-formed subpart. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  const wanted = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  for (let offset = 1; offset < wanted; offset++) {
    const byte = bytes[at + offset];
    const low = offset === 1 ? (lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80) : 0x80;
    const high = offset === 1 ? (lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf) : 0xbf;
    if (byte === undefined || byte < low || byte > high) return -offset;
  }
  return wanted;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at]!;
  if (length === 1) return lead;
  let point = lead & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset++) point = (point << 6) | (bytes[at + offset]! & 0x3f);
  return point;
}

function pushCodePoint(units: number[], point: number): void {
  if (point < 0x10000) units.push(point);
  else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
}
