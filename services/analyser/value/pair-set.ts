/** A set of pairs of whole numbers: open addressing in one typed array. It must not know what they are pairs of. */

const fill_max = 0.75;

export class PairSet {
  /** The first number plus one, then the second; 0 where there is no pair. */
  #slots = new Int32Array(1 << 11);
  #count = 0;

  has(a: number, b: number): boolean {
    return this.#slots[this.#place(a, b)] !== 0;
  }

  /** Whether it is new. `a` is 0 or more. */
  add(a: number, b: number): boolean {
    const at = this.#place(a, b);
    if (this.#slots[at] !== 0) return false;
    this.#slots[at] = a + 1;
    this.#slots[at + 1] = b;
    if (++this.#count > (this.#slots.length / 2) * fill_max) this.#grow();
    return true;
  }

  /** Where a pair stands, or would. */
  #place(a: number, b: number): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    const product = Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b);
    let at = (product ^ (product >>> 15)) & mask;
    while (slots[2 * at] !== 0 && (slots[2 * at] !== a + 1 || slots[2 * at + 1] !== b)) at = (at + 1) & mask;
    return 2 * at;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length);
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] === 0) continue;
      const place = this.#place(before[at]! - 1, before[at + 1]!);
      this.#slots[place] = before[at]!;
      this.#slots[place + 1] = before[at + 1]!;
    }
    // Freed now: until the next sweep it would stand beside.
    before.buffer.transfer(0);
  }
}
