/**
 * Kind and numbers of every atom, in typed arrays, and the atom that has given ones: a program has hundreds of thousands.
 * Sets of atoms have a place in it too, so that atoms and sets are numbered together. It must not know what they mean.
 */

const fill_max = 0.5;
const SET = -1;

export class AtomList {
  #kind = new Int8Array(1 << 12);
  #a = new Float64Array(1 << 12);
  #b = new Float64Array(1 << 12);
  /** One more than an atom; 0 where nobody is. */
  #slots = new Int32Array(1 << 13);
  #count = 0;
  #atoms = 0;

  /** The next number, where there is no such atom yet. */
  find(kind: number, a: number, b: number): number {
    const at = this.#slot(kind, a, b);
    if (this.#slots[at] !== 0) return this.#slots[at]! - 1;
    const atom = this.#add(kind, a, b);
    this.#slots[at] = atom + 1;
    if (++this.#atoms > this.#slots.length * fill_max) this.#growSlots();
    return atom;
  }

  addSet(): number {
    return this.#add(SET, 0, 0);
  }

  /** -1 of a set. */
  kind(value: number): number {
    return this.#kind[value]!;
  }

  a(value: number): number {
    return this.#a[value]!;
  }

  b(value: number): number {
    return this.#b[value]!;
  }

  #add(kind: number, a: number, b: number): number {
    const value = this.#count++;
    if (value === this.#kind.length) {
      this.#kind = new Int8Array(this.#kind.buffer.transfer(2 * this.#kind.byteLength));
      this.#a = new Float64Array(this.#a.buffer.transfer(2 * this.#a.byteLength));
      this.#b = new Float64Array(this.#b.buffer.transfer(2 * this.#b.byteLength));
    }
    this.#kind[value] = kind;
    this.#a[value] = a;
    this.#b[value] = b;
    return value;
  }

  /** Where an atom stands, or would. */
  #slot(kind: number, a: number, b: number): number {
    const mask = this.#slots.length - 1;
    // Numbers beyond 32 bits differ in the lower ones, too.
    const mixed = Math.imul(Math.imul((a | 0) ^ Math.imul(b | 0, 0x9e3779b1), 0x85ebca6b) ^ kind, 0xc2b2ae35);
    let at = (mixed ^ (mixed >>> 15)) & mask;
    for (let slot = this.#slots[at]!; slot !== 0; slot = this.#slots[at]!) {
      if (this.#a[slot - 1] === a && this.#kind[slot - 1] === kind && this.#b[slot - 1] === b) break;
      at = (at + 1) & mask;
    }
    return at;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let value = 0; value < this.#count; value++) {
      if (this.#kind[value] === SET) continue;
      this.#slots[this.#slot(this.#kind[value]!, this.#a[value]!, this.#b[value]!)] = value + 1;
    }
  }
}
