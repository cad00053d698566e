/**
 * Unpacked blocks by number, in one piece of memory that is gone round: new ones take the place of the oldest. An object
 * and memory of its own for each block cost the garbage collector more than unpacking it again now and then.
 * Must not know what blocks hold.
 */
export class BlockArena {
  readonly #bytes: Buffer;
  readonly #blocks = new Map<number, Block>();
  /** In the order in which they were put in, which is that of their places from `#next` on, round to it. */
  #order: Block[] = [];
  #oldest = 0;
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
      // One without bytes can stand behind the last of them.
      this.#forget(this.#next, Number.POSITIVE_INFINITY);
      this.#next = 0;
    }
    const begin = this.#next;
    const end = begin + length;
    this.#forget(begin, end);
    const block = { number, begin, end };
    this.#blocks.set(number, block);
    this.#order.push(block);
    this.#next = end;
    return this.#bytes.subarray(begin, end);
  }

  forget(number: number): void {
    this.#blocks.delete(number);
  }

  clear(): void {
    this.#blocks.clear();
    this.#order = [];
    this.#oldest = 0;
    this.#next = 0;
  }

  #forget(from: number, until: number): void {
    for (; this.#oldest < this.#order.length; this.#oldest++) {
      const block = this.#order[this.#oldest]!;
      if (block.begin < from || block.begin >= until) break;
      if (this.#blocks.get(block.number) === block) this.#blocks.delete(block.number);
    }
    if (this.#oldest * 2 <= this.#order.length) return;
    this.#order = this.#order.slice(this.#oldest);
    this.#oldest = 0;
  }
}

interface Block {
  readonly number: number;
  readonly begin: number;
  readonly end: number;
}
