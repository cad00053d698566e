/**
 * Bytes to text and back, by hand, since the core has no decoder. File names and arguments are bytes to Linux: those that are
 * no UTF-8 become `\xNN`, so that two names that differ stay different. It must not know where the bytes come from.
 */

/** Text of `bytes` from `start` to `end`, all of them below 0x80. */
export function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= pieceMax) return ascii(bytes, start, end);
  let text = '';
  for (let from = start; from < end; from += pieceMax)
    text += ascii(bytes, from, Math.min(end, from + pieceMax));
  return text;
}

/** Text of `bytes` from `start` to `end`: UTF-8 (RFC 3629), and `\xNN` for each byte that is not part of any. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let run = start;
  let i = start;
  while (i < end) {
    if (bytes[i]! < 0x80) {
      i++;
      continue;
    }
    text += decodeAscii(bytes, run, i);
    const length = sequenceLength(bytes, i, end);
    text += length === 0 ? escaped(bytes[i]!) : String.fromCodePoint(codePoint(bytes, i, length));
    i += length === 0 ? 1 : length;
    run = i;
  }
  return text + decodeAscii(bytes, run, end);
}

/** The bytes of a text; half of a surrogate pair becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), trail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), trail(code >> 6), trail(code));
    else bytes.push(0xf0 | (code >> 18), trail(code >> 12), trail(code >> 6), trail(code));
  }
  return Uint8Array.from(bytes);
}

function trail(code: number): number {
  return 0x80 | (code & 0x3f);
}

/** Arguments that one call may have: engines put them on the stack. */
const pieceMax = 4096;

/** An array for each length of a short text: engines spread those much faster than views of bytes. */
const codes: number[][] = Array.from({ length: 129 }, (_, length) => new Array(length).fill(0));

function ascii(bytes: Uint8Array, start: number, end: number): string {
  const shortCodes = codes[end - start];
  if (shortCodes === undefined) {
    return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
  }
  for (let i = 0; i < shortCodes.length; i++) shortCodes[i] = bytes[start + i]!;
  return String.fromCharCode.apply(null, shortCodes);
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16)}`;
}

/** Bytes of the well-formed sequence that begins at `i`; 0 where there is none. */
function sequenceLength(bytes: Uint8Array, i: number, end: number): number {
  const first = bytes[i]!;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || i + length > end) return 0;
  const second = bytes[i + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let k = 2; k < length; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0;
  return length;
}

function codePoint(bytes: Uint8Array, i: number, length: number): number {
  let point = bytes[i]! & (0x7f >> length);
  for (let k = 1; k < length; k++) point = (point << 6) | (bytes[i + k]! & 0x3f);
  return point;
}
