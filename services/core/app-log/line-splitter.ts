/** Bytes to lines, whatever the chunks. It must not know any format; a line longer than the bound is kept cut. */

export interface RawLine {
  /** Without line end; at most `maximum` bytes. The array may be a view into the chunk: use it at once. */
  readonly bytes: Uint8Array;
  /** Of the whole line, line end included. */
  readonly byteLength: number;
  readonly cut: boolean;
  /** 1-based. */
  readonly number: number;
}

/** How far the splitter is, as plain data: the line's number, and what came of the next one. */
export interface SavedLine {
  readonly number: number;
  readonly seen: number;
  readonly kept: readonly number[];
}

const NEWLINE = 10;

export class LineSplitter {
  readonly #maximum: number;
  readonly #emit: (line: RawLine) => void;
  #pieces: Uint8Array[] = [];
  #kept = 0;
  #seen = 0;
  #number = 0;

  /** `maximum` in bytes. */
  constructor(maximum: number, emit: (line: RawLine) => void) {
    this.#maximum = maximum;
    this.#emit = emit;
  }

  write(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      if (this.#seen === 0 && end - start <= this.#maximum) {
        this.#number++;
        this.#emit({
          bytes: chunk.subarray(start, end),
          byteLength: end - start + 1,
          cut: false,
          number: this.#number,
        });
      } else {
        this.#append(chunk.subarray(start, end));
        this.#flush(1);
      }
      start = end + 1;
    }
    // The caller may use its chunk again, so what waits for the rest of its line is copied.
    if (start < chunk.length) this.#append(chunk.slice(start));
  }

  end(): void {
    if (this.#seen > 0) this.#flush(0);
  }

  save(): SavedLine {
    return { number: this.#number, seen: this.#seen, kept: this.#pieces.flatMap((piece) => [...piece]) };
  }

  /** Only before anything is written. */
  restore({ number, seen, kept }: SavedLine): void {
    this.#number = number;
    this.#append(Uint8Array.from(kept));
    this.#seen = seen;
  }

  #append(bytes: Uint8Array): void {
    this.#seen += bytes.length;
    const room = this.#maximum - this.#kept;
    if (room <= 0) return;
    const piece = bytes.length > room ? bytes.slice(0, room) : bytes;
    this.#pieces.push(piece);
    this.#kept += piece.length;
  }

  #flush(newline: number): void {
    const bytes = new Uint8Array(this.#kept);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const [byteLength, cut] = [this.#seen + newline, this.#seen > this.#kept];
    this.#pieces = [];
    this.#kept = 0;
    this.#seen = 0;
    this.#number++;
    this.#emit({ bytes, byteLength, cut, number: this.#number });
  }
}
