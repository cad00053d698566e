/** Offsets of a text as lines and columns. Columns of code units for addresses, of bytes for diagnostics. */

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units, as JavaScript's and Java's own tools count. */
  readonly column: number;
}

export class LineTable {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 };
  }

  /** The column in bytes of UTF-8. */
  byteColumn(offset: number): number {
    const { line, column } = this.at(offset);
    const start = this.#starts[line - 1]!;
    let bytes = 1;
    for (const char of this.#text.slice(start, start + column - 1)) {
      const code = char.codePointAt(0)!;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    return bytes;
  }
}
