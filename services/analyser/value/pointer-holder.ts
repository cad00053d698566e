/**
 * Something that holds pointers to functions: which ones, and how it got each. A large program has a hundred thousand,
 * most with few functions, so that one list of numbers stands for a set. It must not know what flows where.
 */
import type { CallSite } from './program-values.ts';

/** What flows together beyond that is a mixture of structures, not the values of one. */
const HELD_MAX = 128;

export class PointerHolder {
  readonly id: number;
  readonly isMember: boolean;
  saturated = false;
  #held = noNumbers;
  #direct = noNumbers;
  #calls: readonly CallSite[] = noCalls;

  constructor(id: number, isMember: boolean) {
    this.id = id;
    this.isMember = isMember;
  }

  /**
   * Twice the function, and one more where it came otherwise than by way of a structure's member; in the order in which
   * they came. What comes while they are gone through is gone through, too.
   */
  get held(): readonly number[] {
    return this.#held;
  }

  /** Calls through it. */
  get calls(): readonly CallSite[] {
    return this.#calls;
  }

  /** Whether it got it otherwise than by way of a structure's member. */
  owns(fn: number): boolean {
    return this.#held.includes(2 * fn + 1);
  }

  /** Whether that is new. */
  hold(fn: number, own: boolean): boolean {
    if (this.saturated) return false;
    const at = this.#find(fn);
    if (at >= 0 && (!own || this.#held[at]! % 2 === 1)) return false;
    if (this.#held.length >= HELD_MAX) {
      this.saturated = true;
      this.#held = this.#direct.map((one) => 2 * one);
      return false;
    }
    if (at >= 0) this.#held[at] = 2 * fn + 1;
    else if (this.#held === noNumbers) this.#held = [own ? 2 * fn + 1 : 2 * fn];
    else this.#held.push(own ? 2 * fn + 1 : 2 * fn);
    return true;
  }

  /** Put there as a constant: that stays. */
  keep(fn: number): void {
    if (this.#direct === noNumbers) this.#direct = [fn];
    else if (!this.#direct.includes(fn)) this.#direct.push(fn);
    if (this.saturated && this.#find(fn) < 0) this.#held.push(2 * fn);
  }

  call(site: CallSite): void {
    if (this.#calls === noCalls) this.#calls = [site];
    else (this.#calls as CallSite[]).push(site);
  }

  #find(fn: number): number {
    const held = this.#held;
    for (let at = 0; at < held.length; at++) if (held[at]! >> 1 === fn) return at;
    return -1;
  }
}

const noNumbers: number[] = [];
const noCalls: readonly CallSite[] = [];
