/**
 * A JSON list as text of which single entries are read: a question wants one record of many that are kept together.
 * Must not know what entries mean.
 */

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openList = 0x5b;
const openObject = 0x7b;
const closeList = 0x5d;
const closeObject = 0x7d;

export class ListText {
  readonly #bytes: Buffer;
  /** Where entries begin, and one past the last of them. */
  readonly #begins: readonly number[];

  /** UTF-8 of a JSON list without blanks between its parts, as JSON.stringify writes it. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#begins = beginsOf(bytes);
  }

  /** Undefined where the list is shorter. */
  at(index: number): unknown {
    const begin = this.#begins[index];
    const next = this.#begins[index + 1];
    if (begin === undefined || next === undefined) return undefined;
    return JSON.parse(this.#bytes.toString('utf8', begin, next - 1));
  }
}

function beginsOf(bytes: Buffer): number[] {
  const begins: number[] = [];
  if (bytes.length <= 2) return begins;
  begins.push(1);
  let depth = 0;
  for (let at = 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfText(bytes, at);
    else if (byte === openList || byte === openObject) depth++;
    else if (byte === closeList || byte === closeObject) {
      if (depth === 0) begins.push(at + 1);
      depth--;
    } else if (byte === comma && depth === 0) begins.push(at + 1);
  }
  return begins;
}

/** Of the quote that ends the text which begins at `at`. */
function endOfText(bytes: Buffer, at: number): number {
  let end = at + 1;
  while (end < bytes.length && bytes[end] !== quote) end += bytes[end] === backslash ? 2 : 1;
  return end;
}
