/**
 * What is known at one point of a path: numbers that places hold, and unknown numbers that several places share or
 * that a condition has narrowed. Equal knowledge has equal keys. It must not know operations.
 */
import { COMPARED } from './block-effects.ts';
import { hasPlace, type PlaceSet } from './live-places.ts';
import { anyNumber, exactly, type ValueRange } from './value-range.ts';

/** An unknown number by the operation that first met it; smaller ones are the numbers themselves. */
const unknown_first = 2 ** 33;
/** With or without a sign. */
const byte_max = 127;

export class PathState {
  /** By place: a number, or an unknown one. */
  readonly #held = new Map<number, number>();
  readonly #ranges = new Map<number, ValueRange>();
  /** The operation that compared what COMPARED holds. */
  comparison = -1;

  copy(): PathState {
    const copy = new PathState();
    if (this.isEmpty) return copy;
    copy.comparison = this.comparison;
    for (const [place, value] of this.#held) copy.#held.set(place, value);
    for (const [unknown, range] of this.#ranges) copy.#ranges.set(unknown, range);
    return copy;
  }

  /** Nothing is known. */
  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  range(place: number): ValueRange {
    const value = this.#held.get(place);
    if (value === undefined) return anyNumber;
    return value < unknown_first ? exactly(value) : (this.#ranges.get(value) ?? anyNumber);
  }

  forget(place: number): void {
    this.#held.delete(place);
  }

  forgetAll({ low, high }: PlaceSet): void {
    for (const place of this.#held.keys()) if (hasPlace({ low, high }, place)) this.#held.delete(place);
  }

  set(place: number, number: number): void {
    this.#held.set(place, number);
  }

  /** Both places hold the same from now on. `at` names what they hold where nothing is known of it. */
  copyPlace(to: number, from: number, at: number): void {
    if (to === from) return;
    let value = this.#held.get(from);
    if (value === undefined) {
      value = this.#fresh(at);
      this.#held.set(from, value);
    }
    this.#held.set(to, value);
  }

  /** Only a number that has no more than its lowest byte stays what it is. */
  narrowCopy(to: number, from: number): void {
    const value = this.#held.get(from);
    if (value !== undefined && value >= 0 && value <= byte_max) this.#held.set(to, value);
    else this.#held.delete(to);
  }

  /** A number that is met at an operation, of which this is known. */
  setRange(place: number, range: ValueRange, at: number): void {
    if (range.low === range.high) {
      this.#held.set(place, range.low);
      return;
    }
    const unknown = this.#fresh(at);
    this.#held.set(place, unknown);
    this.#ranges.set(unknown, range);
  }

  /** What a place holds is now known to be in `range`, and so is what else holds the same. */
  narrow(place: number, range: ValueRange): void {
    const value = this.#held.get(place);
    if (value !== undefined && value >= unknown_first) this.#ranges.set(value, range);
  }

  /** Without what is not asked for; what only one place holds, and nothing is known of, says nothing. */
  keepOnly(live: PlaceSet): void {
    const holders = new Map<number, number>();
    for (const [place, value] of this.#held) {
      if (!hasPlace(live, place)) this.#held.delete(place);
      else if (value >= unknown_first) holders.set(value, (holders.get(value) ?? 0) + 1);
    }
    for (const unknown of this.#ranges.keys()) if (!holders.has(unknown)) this.#ranges.delete(unknown);
    for (const [place, value] of this.#held)
      if (holders.get(value) === 1 && !this.#ranges.has(value)) this.#held.delete(place);
    if (!this.#held.has(COMPARED)) this.comparison = -1;
  }

  get key(): string {
    if (this.isEmpty) return '';
    const held = [...this.#held].map(([place, value]) => `${place}=${value}`);
    const ranges = [...this.#ranges].map(([unknown, r]) => `${unknown}:${r.low},${r.high},${r.not ?? ''}`);
    if (this.comparison >= 0) held.push(`?${this.comparison}`);
    return [...held.sort(), ...ranges.sort()].join(' ');
  }

  /** The same operation in a later turn of a loop meets another number. */
  #fresh(at: number): number {
    const unknown = unknown_first + at;
    for (const [place, value] of this.#held) if (value === unknown) this.#held.delete(place);
    this.#ranges.delete(unknown);
    return unknown;
  }
}
