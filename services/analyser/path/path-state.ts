/**
 * What is known at one point of a path: numbers that places hold, and unknown numbers that several places share or
 * that a condition has narrowed. It must not know operations.
 */
import { COMPARED } from './block-effects.ts';
import { hasPlace, type PlaceSet } from './live-places.ts';
import { anyNumber, exactly, type ValueRange } from './value-range.ts';

/** An unknown number by the operation that first met it; smaller ones are the numbers themselves. */
const unknown_first = 2 ** 33;
/** With or without a sign. */
const byte_max = 127;

export class PathState {
  /** Places ascending, and what each holds: a number, or an unknown one. */
  readonly #places: number[];
  readonly #values: number[];
  /** Unknown numbers ascending, and what is known of each. */
  readonly #unknowns: number[];
  readonly #ranges: ValueRange[];
  /** The operation that compared what COMPARED holds. */
  comparison = -1;

  constructor(
    places: number[] = [],
    values: number[] = [],
    unknowns: number[] = [],
    ranges: ValueRange[] = [],
  ) {
    this.#places = places;
    this.#values = values;
    this.#unknowns = unknowns;
    this.#ranges = ranges;
  }

  /** To keep: it takes no more room than it needs. */
  copy(): PathState {
    const copy = new PathState(
      this.#places.slice(),
      this.#values.slice(),
      this.#unknowns.length === 0 ? noUnknowns : this.#unknowns.slice(),
      this.#unknowns.length === 0 ? noRanges : this.#ranges.slice(),
    );
    copy.comparison = this.comparison;
    return copy;
  }

  /** Takes over all that another one knows, in place of what it knew. */
  become(other: PathState): void {
    const isKnown = !other.isEmpty;
    refill(this.#places, other.#places);
    refill(this.#values, other.#values);
    refill(this.#unknowns, isKnown ? other.#unknowns : noUnknowns);
    refill(this.#ranges, isKnown ? other.#ranges : noRanges);
    this.comparison = isKnown ? other.comparison : -1;
  }

  /** Whether both know the same. */
  equals(other: PathState): boolean {
    if (this.isEmpty || other.isEmpty) return this.isEmpty && other.isEmpty;
    return (
      this.comparison === other.comparison &&
      isSame(this.#places, other.#places) &&
      isSame(this.#values, other.#values) &&
      isSame(this.#unknowns, other.#unknowns) &&
      this.#ranges.every((range, at) => isSameRange(range, other.#ranges[at]!))
    );
  }

  /** Nothing is known. */
  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  range(place: number): ValueRange {
    const value = this.#held(place);
    if (value === undefined) return anyNumber;
    return value < unknown_first
      ? exactly(value)
      : (this.#ranges[this.#unknowns.indexOf(value)] ?? anyNumber);
  }

  forget(place: number): void {
    const at = this.#places.indexOf(place);
    if (at >= 0) this.#forgetAt(at);
  }

  forgetAll(places: PlaceSet): void {
    for (let at = this.#places.length - 1; at >= 0; at--)
      if (hasPlace(places, this.#places[at]!)) this.#forgetAt(at);
  }

  set(place: number, value: number): void {
    const places = this.#places;
    let at = 0;
    while (at < places.length && places[at]! < place) at++;
    if (places[at] === place) this.#values[at] = value;
    else {
      insert(places, at, place);
      insert(this.#values, at, value);
    }
  }

  /** Both places hold the same from now on. `at` names what they hold where nothing is known of it. */
  copyPlace(to: number, from: number, at: number): void {
    if (to === from) return;
    let value = this.#held(from);
    if (value === undefined) {
      value = this.#fresh(at);
      this.set(from, value);
    }
    this.set(to, value);
  }

  /** Only a number that has no more than its lowest byte stays what it is. */
  narrowCopy(to: number, from: number): void {
    const value = this.#held(from);
    if (value !== undefined && value >= 0 && value <= byte_max) this.set(to, value);
    else this.forget(to);
  }

  /** A number that is met at an operation, of which this is known. */
  setRange(place: number, range: ValueRange, at: number): void {
    if (range.low === range.high) {
      this.set(place, range.low);
      return;
    }
    const unknown = this.#fresh(at);
    this.set(place, unknown);
    this.#know(unknown, range);
  }

  /** What a place holds is now known to be in `range`, and so is what else holds the same. */
  narrow(place: number, range: ValueRange): void {
    const value = this.#held(place);
    if (value !== undefined && value >= unknown_first) this.#know(value, range);
  }

  /** Without what is not asked for; what only one place holds, and nothing is known of, says nothing. */
  keepOnly(live: PlaceSet): void {
    const [values, unknowns] = [this.#values, this.#unknowns];
    for (let at = values.length - 1; at >= 0; at--)
      if (!hasPlace(live, this.#places[at]!)) this.#forgetAt(at);
    for (let at = unknowns.length - 1; at >= 0; at--)
      if (!values.includes(unknowns[at]!)) this.#forgetRange(unknowns[at]!);
    for (let at = values.length - 1; at >= 0; at--) {
      const value = values[at]!;
      const isAlone = values.indexOf(value) === at && !values.includes(value, at + 1);
      if (value >= unknown_first && isAlone && !unknowns.includes(value)) this.#forgetAt(at);
    }
    if (!this.#places.includes(COMPARED)) this.comparison = -1;
  }

  #held(place: number): number | undefined {
    const at = this.#places.indexOf(place);
    return at < 0 ? undefined : this.#values[at];
  }

  #forgetAt(at: number): void {
    remove(this.#places, at);
    remove(this.#values, at);
  }

  #know(unknown: number, range: ValueRange): void {
    const unknowns = this.#unknowns;
    let at = 0;
    while (at < unknowns.length && unknowns[at]! < unknown) at++;
    if (unknowns[at] === unknown) this.#ranges[at] = range;
    else {
      insert(unknowns, at, unknown);
      insert(this.#ranges, at, range);
    }
  }

  #forgetRange(unknown: number): void {
    const at = this.#unknowns.indexOf(unknown);
    if (at < 0) return;
    remove(this.#unknowns, at);
    remove(this.#ranges, at);
  }

  /** The same operation in a later turn of a loop meets another number. */
  #fresh(at: number): number {
    const unknown = unknown_first + at;
    for (let i = this.#values.length - 1; i >= 0; i--) if (this.#values[i] === unknown) this.#forgetAt(i);
    this.#forgetRange(unknown);
    return unknown;
  }
}

const noUnknowns: number[] = [];
const noRanges: ValueRange[] = [];

/** In its place: a list that is made shorter at once gives its room away. */
function refill<T>(list: T[], from: readonly T[]): void {
  while (list.length > from.length) list.pop();
  for (let at = 0; at < from.length; at++) list[at] = from[at]!;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function isSameRange(a: ValueRange, b: ValueRange): boolean {
  return a.low === b.low && a.high === b.high && a.not === b.not;
}

/** As `splice` does, which makes a list each time. */
function insert<T>(list: T[], at: number, item: T): void {
  list.push(item);
  for (let i = list.length - 1; i > at; i--) list[i] = list[i - 1]!;
  list[at] = item;
}

function remove<T>(list: T[], at: number): void {
  for (let i = at; i < list.length - 1; i++) list[i] = list[i + 1]!;
  list.pop();
}
