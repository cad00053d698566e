/**
 * Unpacked blocks by number, in one piece of memory that is gone round: new ones take the place of the oldest. An object
 * and memory of its own for each block cost the garbage collector more than unpacking it again now and then.
 * Must not know what blocks hold.
 */
export class BlockArena {
  readonly #bytes: Buffer;
  /** In the order in which they were put in, which is that of their places from `#next` on, round to it. */
  readonly #blocks = new Map<number, { readonly begin: number; readonly end: number }>();
  #next = 0;

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Valid until the next `place`, as is what that gives. */
  get(number: number): Buffer | undefined {
    const block = this.#blocks.get(number);
    return block === undefined ? undefined : this.#bytes.subarray(block.begin, block.end);
  }

  /** Memory to unpack a block into that is not there yet. One larger than all is not kept. */
  place(number: number, length: number): Buffer {
    if (length > this.#bytes.length) return Buffer.allocUnsafe(length);
    if (this.#next + length > this.#bytes.length) {
      this.#forget(this.#next, this.#bytes.length);
      this.#next = 0;
    }
    const begin = this.#next;
    const end = begin + length;
    this.#forget(begin, end);
    this.#blocks.set(number, { begin, end });
    this.#next = end;
    return this.#bytes.subarray(begin, end);
  }

  forget(number: number): void {
    this.#blocks.delete(number);
  }

  clear(): void {
    this.#blocks.clear();
    this.#next = 0;
  }

  #forget(from: number, until: number): void {
    for (const [number, { begin }] of this.#blocks) {
      if (begin < from || begin >= until) return;
      this.#blocks.delete(number);
    }
  }
}
