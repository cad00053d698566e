/**
 * Chunks of bytes to lines. A line that lies within one chunk is given where it lies; one that is split over chunks is
 * put together first, and one that is too long is passed over. It must not know what a line holds.
 */
export interface SavedLine {
  readonly carried: readonly number[];
  readonly passedOver: number;
}

export class LineSplitter {
  readonly #lineBytesMax: number;
  readonly #line: (bytes: Uint8Array, start: number, end: number) => void;
  readonly #tooLong: (length: number) => void;
  /** The beginning of a line whose end has not come. */
  #carry = new Uint8Array(1024);
  #carried = 0;
  /** Bytes of a line that is too long; 0 while there is none. */
  #passedOver = 0;
  /** All bytes written so far. */
  bytes = 0;

  constructor(
    lineBytesMax: number,
    line: (bytes: Uint8Array, start: number, end: number) => void,
    tooLong: (length: number) => void,
  ) {
    this.#lineBytesMax = lineBytesMax;
    this.#line = line;
    this.#tooLong = tooLong;
  }

  /** Gives the lines that end in `chunk`, without line ends (LF or CR LF). */
  write(chunk: Uint8Array): void {
    // A plain view, so that the loops below and the readers' meet one kind of array.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    this.bytes += bytes.length;
    let start = 0;
    if (this.#carried > 0 || this.#passedOver > 0) {
      const end = bytes.indexOf(lineFeed);
      this.#append(bytes, 0, end < 0 ? bytes.length : end);
      if (end < 0) return;
      this.#endCarried();
      start = end + 1;
    }
    this.#append(bytes, this.#giveWhole(bytes, start), bytes.length);
  }

  /** Gives the lines that begin and end in `bytes` from `start` on; returns where the rest begins. */
  #giveWhole(bytes: Uint8Array, start: number): number {
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let from = start;
    for (;;) {
      const end = nextLineFeed(bytes, words, from);
      if (end < 0) return from;
      this.#give(bytes, from, end);
      from = end + 1;
    }
  }

  /** Gives the last line, where it has no line end, and says whether there was one. */
  end(): boolean {
    if (this.#carried === 0 && this.#passedOver === 0) return false;
    this.#endCarried();
    return true;
  }

  /** What `restore` takes: the beginning of a line whose end has not come. */
  save(): SavedLine {
    return { carried: [...this.#carry.subarray(0, this.#carried)], passedOver: this.#passedOver };
  }

  /** Only before anything is written. */
  restore({ carried, passedOver }: SavedLine): void {
    this.#append(Uint8Array.from(carried), 0, carried.length);
    this.#passedOver = passedOver;
  }

  #endCarried(): void {
    const length = this.#carried;
    const passedOver = this.#passedOver;
    this.#carried = 0;
    this.#passedOver = 0;
    if (passedOver > 0) this.#tooLong(passedOver);
    else this.#give(this.#carry, 0, length);
  }

  #give(bytes: Uint8Array, start: number, end: number): void {
    const last = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    if (end - start > this.#lineBytesMax) this.#tooLong(end - start);
    else this.#line(bytes, start, last);
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#passedOver > 0) {
      this.#passedOver += length;
      return;
    }
    const carried = this.#carried + length;
    if (carried > this.#lineBytesMax) {
      this.#passedOver = carried;
      this.#carried = 0;
      return;
    }
    if (carried > this.#carry.length) {
      const grown = new Uint8Array(Math.min(this.#lineBytesMax, Math.max(carried, this.#carry.length * 2)));
      grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
    }
    this.#carry.set(bytes.subarray(start, end), this.#carried);
    this.#carried = carried;
  }
}

const lineFeed = 10;
const carriageReturn = 13;

/**
 * Place of the next line feed; -1 where there is none. Four bytes at a time: a word has a zero byte where
 * `(w - 0x01010101) & ~w & 0x80808080` is not zero (Mycroft's test), and the exclusive or makes line feeds zero.
 */
function nextLineFeed(bytes: Uint8Array, words: DataView, start: number): number {
  const { length } = bytes;
  let at = start;
  for (const last = length - 4; at <= last; at += 4) {
    const word = words.getInt32(at, true) ^ 0x0a0a0a0a;
    if (((word - 0x01010101) & ~word & 0x80808080) !== 0) break;
  }
  for (; at < length; at++) if (bytes[at] === lineFeed) return at;
  return -1;
}
