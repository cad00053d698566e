/**
 * Where in its list a holder of many functions has one: a small hash table for each such holder, all in one array. It
 * must not know what holders are for.
 */

/** Functions that a holder may have: a place and one more fits a byte, and half of a table stays empty. */
export const HELD_MAX = 128;
const table_bits = 8;
const table_size = 1 << table_bits;
const mask = table_size - 1;

/** A held number is twice the function, or one more. */
export class HeldPlaces {
  /** Places plus one by hash of the function, with open addressing; 0 where nobody is. */
  #slots = new Uint8Array(table_size << 6);
  #tables = 0;

  /** A table of what is held; its number. */
  add(held: readonly number[]): number {
    const table = this.#tables++;
    if (this.#tables * table_size > this.#slots.length)
      this.#slots = new Uint8Array(this.#slots.buffer.transfer(2 * this.#slots.length));
    for (let place = 0; place < held.length; place++) this.note(table, held, place);
    return table;
  }

  /** Takes in what is held at a place. */
  note(table: number, held: readonly number[], place: number): void {
    const slots = this.#slots;
    const first = table << table_bits;
    let at = hashOf(held[place]! >> 1);
    while (slots[first + at] !== 0) at = (at + 1) & mask;
    slots[first + at] = place + 1;
  }

  /** −1 where the function is not held. */
  find(table: number, held: readonly number[], fn: number): number {
    const slots = this.#slots;
    const first = table << table_bits;
    let at = hashOf(fn);
    for (let slot = slots[first + at]!; slot !== 0; slot = slots[first + at]!) {
      if (held[slot - 1]! >> 1 === fn) return slot - 1;
      at = (at + 1) & mask;
    }
    return -1;
  }
}

function hashOf(fn: number): number {
  return Math.imul(fn, 0x9e3779b1) >>> (32 - table_bits);
}
