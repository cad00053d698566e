/**
 * A number for each pair of whole numbers: open addressing in one typed array, since a Map would keep an object for each
 * pair. It must not know what they are pairs of.
 */

const fill_max = 0.75;
/** The first number plus one, 0 where there is no pair; the second; what the pair has. */
const width = 3;

export class PairNumbers {
  #slots = new Int32Array(width << 9);
  #count = 0;

  /** Undefined where the pair has none. `a` is 0 or more. */
  get(a: number, b: number): number | undefined {
    const at = this.#place(a, b);
    return this.#slots[at] === 0 ? undefined : this.#slots[at + 2]!;
  }

  /** Of a pair that has none yet. */
  add(a: number, b: number, n: number): void {
    const at = this.#place(a, b);
    this.#slots[at] = a + 1;
    this.#slots[at + 1] = b;
    this.#slots[at + 2] = n;
    if (++this.#count > (this.#slots.length / width) * fill_max) this.#grow();
  }

  /** Where a pair stands, or would. */
  #place(a: number, b: number): number {
    const slots = this.#slots;
    const mask = slots.length / width - 1;
    const product = Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b);
    let at = (product ^ (product >>> 15)) & mask;
    while (slots[width * at] !== 0 && (slots[width * at] !== a + 1 || slots[width * at + 1] !== b))
      at = (at + 1) & mask;
    return width * at;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length);
    for (let at = 0; at < before.length; at += width) {
      if (before[at] === 0) continue;
      const place = this.#place(before[at]! - 1, before[at + 1]!);
      this.#slots[place] = before[at]!;
      this.#slots[place + 1] = before[at + 1]!;
      this.#slots[place + 2] = before[at + 2]!;
    }
    // Freed now: until the next sweep it would stand beside.
    before.buffer.transfer(0);
  }
}
