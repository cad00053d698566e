/**
 * Bytes to lines, whatever the chunks, and nothing lost: every byte is in a part of a line, and a line is given besides
 * as its reader takes it, cut where it is longer than the bound. It must not know any format.
 */
import { bytesOfText, textOfBytes } from '../line/byte-text.ts';

export interface RawLine {
  /** Without line end; at most `maximum` bytes. The array may be a view into the chunk: use it at once. */
  readonly bytes: Uint8Array;
  /** Of the whole line, line end included. */
  readonly byteLength: number;
  readonly cut: boolean;
  /** 1-based. */
  readonly number: number;
}

/** All bytes of a line in pieces of `maximum`, its end included. The array may be a view likewise. */
export interface LinePart {
  readonly bytes: Uint8Array;
  readonly number: number;
  /** From 0 on. */
  readonly part: number;
}

export interface LineTaker {
  /** Told of a line's parts, then of the line. */
  onPart(part: LinePart): void;
  onLine(line: RawLine): void;
}

/** How far the splitter is, as plain data: the line's number, and what came of the next one. */
export interface SavedLine {
  readonly number: number;
  readonly parts: number;
  /** A character for each byte: of the first part where that was given, and of the next one. */
  readonly head: string;
  readonly rest: string;
}

const newline = 10;
const none = new Uint8Array(0);

export class LineSplitter {
  readonly #maximum: number;
  readonly #taker: LineTaker;
  /** The line's first part, once it was given. */
  #head: Uint8Array = none;
  #parts = 0;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #number = 0;

  /** `maximum` in bytes. */
  constructor(maximum: number, taker: LineTaker) {
    this.#maximum = maximum;
    this.#taker = taker;
  }

  /** The line that comes next has this number. Only between two lines. */
  seek(number: number): void {
    this.#number = number - 1;
  }

  write(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(newline, start) + 1;
      if (end === 0) break;
      const isWhole = this.#size === 0 && this.#parts === 0 && end - start <= this.#maximum;
      if (isWhole) this.#give(chunk.subarray(start, end - 1), chunk.subarray(start, end));
      else {
        this.#append(chunk.subarray(start, end));
        this.#flush(1);
      }
      start = end;
    }
    // The caller may use its chunk again, so what waits for the rest of its line is copied.
    if (start < chunk.length) this.#append(chunk.slice(start));
  }

  /** Number of the line that has begun and not ended. */
  get openLine(): number | undefined {
    return this.#size > 0 || this.#parts > 0 ? this.#number + 1 : undefined;
  }

  end(): void {
    if (this.openLine !== undefined) this.#flush(0);
  }

  save(): SavedLine {
    const [head, rest] = [textOfBytes(this.#head), textOfBytes(this.#joined())];
    return { number: this.#number, parts: this.#parts, head, rest };
  }

  /** Only before anything is written. */
  restore({ number, parts, head, rest }: SavedLine): void {
    this.#number = number;
    this.#parts = parts;
    this.#head = bytesOfText(head);
    if (rest !== '') this.#append(bytesOfText(rest));
  }

  #give(bytes: Uint8Array, whole: Uint8Array): void {
    const number = ++this.#number;
    this.#taker.onPart({ bytes: whole, number, part: 0 });
    this.#taker.onLine({ bytes, byteLength: whole.length, cut: false, number });
  }

  #append(bytes: Uint8Array): void {
    let rest = bytes;
    while (this.#size + rest.length >= this.#maximum) {
      const room = this.#maximum - this.#size;
      this.#pieces.push(rest.subarray(0, room));
      this.#size += room;
      rest = rest.subarray(room);
      this.#givePart();
    }
    if (rest.length === 0) return;
    this.#pieces.push(rest);
    this.#size += rest.length;
  }

  #givePart(): void {
    const bytes = this.#joined();
    if (this.#parts === 0) this.#head = bytes;
    this.#taker.onPart({ bytes, number: this.#number + 1, part: this.#parts++ });
    this.#pieces = [];
    this.#size = 0;
  }

  /** `ends`: bytes of the line end, which is the last of what was appended. */
  #flush(ends: number): void {
    const before = this.#parts * this.#maximum;
    const byteLength = before + this.#size;
    if (this.#size > 0) this.#givePart();
    const number = ++this.#number;
    const length = byteLength - ends;
    const cut = length > this.#maximum;
    const bytes = this.#head.subarray(0, cut ? this.#maximum : length);
    this.#head = none;
    this.#parts = 0;
    this.#taker.onLine({ bytes, byteLength, cut, number });
  }

  #joined(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}
