/**
 * With which characters each pattern can begin and end, close together in memory: most candidates are dismissed by
 * these, and what they would otherwise be looked up in lies far apart. It must not know what a pattern is.
 */
import type { RegexProgram } from './regex/regex-program.ts';

/** Bits for 128 characters, twice. */
const words_each = 8;

export class BorderTable {
  readonly #bits: Uint32Array;

  constructor(programs: readonly Pick<RegexProgram, 'begins' | 'ends'>[]) {
    this.#bits = new Uint32Array(words_each * programs.length);
    for (const [at, { begins, ends }] of programs.entries()) {
      this.#mark(words_each * at, begins);
      this.#mark(words_each * at + words_each / 2, ends);
    }
  }

  /** Whether pattern number `at` can begin with `first` and end with `last`; NaN: there is no character. */
  allows(at: number, first: number, last: number): boolean {
    return this.#has(words_each * at, first) && this.#has(words_each * at + words_each / 2, last);
  }

  #has(start: number, code: number): boolean {
    // What is not ASCII is not known; where there is no character, only what can be empty is all ones.
    if (code >= 128) return true;
    return (this.#bits[start + (code >>> 5)]! & (1 << (code & 31))) !== 0;
  }

  #mark(start: number, ascii: Uint8Array | undefined): void {
    if (ascii === undefined) this.#bits.fill(0xffffffff, start, start + words_each / 2);
    else for (const [code, is] of ascii.entries()) this.#bits[start + (code >>> 5)]! |= is << (code & 31);
  }
}
