/** Sets of a program's syscalls as bits. */
import type { ProgramTable } from '../program-table.ts';

export type SyscallBits = Uint32Array;

export function emptyBits(table: ProgramTable): SyscallBits {
  return new Uint32Array((table.syscalls.length + 31) >>> 5);
}

/** Whether anything was added. */
export function addBits(to: SyscallBits, from: SyscallBits): boolean {
  let added = 0;
  for (let word = 0; word < to.length; word++) {
    added |= from[word]! & ~to[word]!;
    to[word]! |= from[word]!;
  }
  return added !== 0;
}

export function addBit(to: SyscallBits, syscall: number): boolean {
  const before = to[syscall >>> 5]!;
  to[syscall >>> 5]! |= 1 << (syscall & 31);
  return to[syscall >>> 5] !== before;
}

/** Sets by number in one array: an array for each would take ten times the room. */
export class SyscallRows {
  readonly #words: number;
  #bits: Uint32Array<ArrayBuffer>;

  /** `rows`: as many as there is room for at first. */
  constructor(table: ProgramTable, rows: number) {
    this.#words = emptyBits(table).length;
    this.#bits = new Uint32Array(this.#words * rows);
  }

  /** Whether anything was added. */
  add(row: number, from: SyscallBits): boolean {
    const begin = this.#words * row;
    this.#makeRoom(begin + this.#words);
    let added = 0;
    for (let word = 0; word < this.#words; word++) {
      added |= from[word]! & ~this.#bits[begin + word]!;
      this.#bits[begin + word]! |= from[word]!;
    }
    return added !== 0;
  }

  addOne(row: number, syscall: number): void {
    const begin = this.#words * row;
    this.#makeRoom(begin + this.#words);
    this.#bits[begin + (syscall >>> 5)]! |= 1 << (syscall & 31);
  }

  /** Adds a set to another one; whether anything was added. */
  addTo(to: SyscallBits, row: number): boolean {
    const begin = this.#words * row;
    let added = 0;
    for (let word = 0; word < this.#words; word++) {
      const bits = this.#bits[begin + word]!;
      added |= bits & ~to[word]!;
      to[word]! |= bits;
    }
    return added !== 0;
  }

  /** Empties the first rows. */
  clear(rows: number): void {
    this.#bits.fill(0, 0, this.#words * rows);
  }

  #makeRoom(words: number): void {
    if (words <= this.#bits.length) return;
    const bytes = 4 * Math.max(words, 2 * this.#bits.length);
    this.#bits = new Uint32Array(this.#bits.buffer.transfer(bytes));
  }
}

export function syscallNames(table: ProgramTable, bits: SyscallBits): string[] {
  const names = table.syscalls.filter((_, n) => ((bits[n >>> 5]! >>> (n & 31)) & 1) === 1);
  // By code units: the same on every machine.
  return names.sort();
}
