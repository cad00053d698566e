/**
 * The vertices that a traversal has met, each at a place of its own: 0, 1, 2, … in order of meeting, so that what is
 * known of a vertex fits in columns. A hash table over typed arrays, since a trace looks up both ends of every edge.
 *
 * It must not know what is kept in the columns.
 */
import type { VertexNumber } from '../graph-store.ts';

const noPlace = -1;
const slotsAtFirst = 1 << 12;

export class VertexSet {
  size = 0;
  #numbers = new Uint32Array(slotsAtFirst / 2);
  /** Slot → place, open addressing, at most half full. */
  #slots = new Int32Array(slotsAtFirst).fill(noPlace);
  #mask = slotsAtFirst - 1;

  /** The place of `number`, which is the set's `size` before the call where the vertex is new. */
  placeOf(number: VertexNumber): number {
    let slot = hash(number) & this.#mask;
    for (let place = this.#slots[slot]!; place !== noPlace; place = this.#slots[slot]!) {
      if (this.#numbers[place] === number) return place;
      slot = (slot + 1) & this.#mask;
    }
    if (this.size === this.#numbers.length) {
      this.#grow();
      return this.placeOf(number);
    }
    this.#slots[slot] = this.size;
    this.#numbers[this.size] = number;
    return this.size++;
  }

  numberAt(place: number): VertexNumber {
    return this.#numbers[place]!;
  }

  #grow(): void {
    const numbers = new Uint32Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    const mask = numbers.length * 2 - 1;
    const slots = new Int32Array(mask + 1).fill(noPlace);
    for (let place = 0; place < this.size; place++) {
      let slot = hash(numbers[place]!) & mask;
      while (slots[slot] !== noPlace) slot = (slot + 1) & mask;
      slots[slot] = place;
    }
    this.#numbers = numbers;
    this.#slots = slots;
    this.#mask = mask;
  }
}

/** Fibonacci hashing, high bits folded onto the low ones that the mask keeps. */
function hash(number: number): number {
  const mixed = Math.imul(number, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
