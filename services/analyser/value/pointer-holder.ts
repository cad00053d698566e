/**
 * Something that holds pointers to functions: which ones, and how it got each. A large program has a hundred thousand,
 * most with few functions, so that one list of numbers stands for a set. It must not know what flows where.
 */
import { HELD_MAX, type HeldPlaces } from './held-places.ts';
import type { CallSite } from './program-values.ts';

/** More are not searched one by one: most of what is given to a holder is there already. */
const searched_max = 16;

export class PointerHolder {
  readonly id: number;
  readonly isMember: boolean;
  saturated = false;
  #held = noNumbers;
  #direct = noNumbers;
  readonly #places: HeldPlaces;
  /** Its table there; -1 while few are held, and where it is saturated. */
  #table = -1;
  #calls: readonly CallSite[] = noCalls;

  constructor(id: number, isMember: boolean, places: HeldPlaces) {
    this.id = id;
    this.#places = places;
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
    const at = this.#find(fn);
    return at >= 0 && this.#held[at]! % 2 === 1;
  }

  /** Whether that is new. */
  hold(fn: number, own: boolean): boolean {
    if (this.saturated) return false;
    const at = this.#find(fn);
    if (at >= 0 && (!own || this.#held[at]! % 2 === 1)) return false;
    // What flows together beyond that is a mixture of structures, not the values of one.
    if (this.#held.length >= HELD_MAX) {
      this.saturated = true;
      this.#table = -1;
      this.#held = this.#direct.map((one) => 2 * one);
      return false;
    }
    if (at >= 0) this.#held[at] = 2 * fn + 1;
    else if (this.#held === noNumbers) this.#held = [own ? 2 * fn + 1 : 2 * fn];
    else this.#append(own ? 2 * fn + 1 : 2 * fn);
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

  #append(one: number): void {
    const count = this.#held.push(one);
    if (this.#table >= 0) this.#places.note(this.#table, this.#held, count - 1);
    else if (count > searched_max) this.#table = this.#places.add(this.#held);
  }

  #find(fn: number): number {
    const held = this.#held;
    if (this.#table >= 0) return this.#places.find(this.#table, held, fn);
    for (let at = 0; at < held.length; at++) if (held[at]! >> 1 === fn) return at;
    return -1;
  }
}

const noNumbers: number[] = [];
const noCalls: readonly CallSite[] = [];
