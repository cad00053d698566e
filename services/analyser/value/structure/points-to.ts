/**
 * Inclusion constraints between sets of locations, solved as they grow. A set with too many objects is a mixture, not
 * the values of one thing: it may point anywhere, and says nothing more than that. Source: Andersen, "Program Analysis
 * and Specialization for the C Programming Language", 1994, 4; members of structures apart as in Pearce, Kelly and
 * Hankin, "Efficient Field-Sensitive Pointer Analysis of C", 2004. Nodes and locations are numbers, and what is known of
 * them stands in typed arrays: a server has some hundred thousand. It must not know programs.
 */

import { NumberLists } from '../number-lists.ts';
import { PairNumbers } from '../pair-numbers.ts';
import { PairSet } from '../pair-set.ts';
import { LocationPlaces } from './location-places.ts';
import { NodeFacts } from './node-facts.ts';

const memory_max = 16;
const file_max = 128;
const functions_max = 128;
/** Steps along one object that one sum of a pointer and a number makes. */
const steps_each_max = 2;
/** Stands for what may be anywhere. */
const ANYWHERE = -1;
/** Its place among the locations. */
const anywhere = 0;
const NOWHERE = -1;

export interface LocationSpace {
  /** The location `n` bytes further; undefined outside of its object. */
  shift(location: number, n: number): number | undefined;
  /** Number of the object that a location is of. */
  objectOf(location: number): number;
  isFunction(location: number): boolean;
  /** Not in the file, but in memory that the program gets. */
  isMemory(location: number): boolean;
}

export class PointsTo {
  readonly #space: LocationSpace;
  readonly #onCell: (location: number, node: number) => void;
  readonly #places = new LocationPlaces();
  /** By place, as is the node of what is held there. */
  readonly #isFunction: boolean[] = [];
  readonly #cells: number[] = [];

  readonly #facts = new NodeFacts();
  readonly #held = new NumberLists();
  readonly #holds = new PairSet();
  readonly #copies = new NumberLists();
  readonly #isCopied = new PairSet();
  /** Of copies some bytes further: the node and the bytes, by their number. */
  readonly #further: [to: number, offset: number][] = [];
  readonly #furtherPlaces = new PairNumbers();
  /** The place some bytes further than another one; NOWHERE outside of its object. */
  readonly #shifts = new PairNumbers();
  /** Displacement and node in turn, as are stores. */
  readonly #loads = new NumberLists();
  readonly #stores = new NumberLists();
  readonly #watchers = new Map<number, ((location: number) => void)[]>();
  /** Steps by node and object. */
  readonly #stepped = new Map<number, Map<number, number>>();
  readonly #queue: number[] = [];
  #steps = 0;

  /** `onCell` is told of every location that holds something. */
  constructor(space: LocationSpace, onCell: (location: number, node: number) => void) {
    this.#space = space;
    this.#onCell = onCell;
    this.#placeOf(ANYWHERE);
  }

  add(functionsOnly = false): number {
    return this.#facts.add(functionsOnly);
  }

  /** What is held at a location. */
  cell(location: number): number {
    return this.#cellAt(this.#placeOf(location));
  }

  /** Those that come about meanwhile, too. */
  *locations(node: number): Generator<number> {
    for (let entry = this.#held.first(node); entry !== 0; entry = this.#held.next(entry))
      yield this.#places.location(this.#held.value(entry));
  }

  isEmpty(node: number): boolean {
    return this.#held.first(node) === 0;
  }

  holdsAtMost(node: number, count: number): boolean {
    let entry = this.#held.first(node);
    for (let left = count; left > 0 && entry !== 0; left--) entry = this.#held.next(entry);
    return entry === 0;
  }

  /** Whether a set says nothing about where it points. */
  isVague(node: number): boolean {
    return this.#facts.isAnywhere(node) || this.#facts.memory(node) + this.#facts.file(node) === 0;
  }

  put(node: number, location: number): void {
    this.#put(node, this.#placeOf(location));
  }

  /** `to` gets all that `from` has, `offset` bytes further. */
  copy(from: number, to: number, offset = 0): void {
    if (from === to && offset === 0) return;
    this.#steps++;
    const target = offset === 0 ? to : this.#furtherPlace(to, offset);
    if (!this.#isCopied.add(from, target)) return;
    this.#copies.append(from, target);
    // What comes meanwhile is in the queue.
    const last = this.#held.last(from);
    for (let entry = this.#held.first(from); entry !== 0; entry = this.#held.next(entry)) {
      const place = this.#held.value(entry);
      if (this.#passesOn(from, place)) this.#copyOne(place, to, offset);
      if (entry === last) break;
    }
  }

  load(pointer: number, displacement: number, to: number): void {
    this.#loads.append(pointer, displacement);
    this.#loads.append(pointer, to);
    for (const place of this.#held.list(pointer)) this.#loadOne(place, displacement, to);
  }

  store(pointer: number, displacement: number, from: number): void {
    this.#stores.append(pointer, displacement);
    this.#stores.append(pointer, from);
    for (const place of this.#held.list(pointer)) this.#storeOne(place, displacement, from);
  }

  /** Tells every location of a node once, those to come too. */
  watch(node: number, watcher: (location: number) => void): void {
    const watchers = this.#watchers.get(node);
    if (watchers === undefined) this.#watchers.set(node, [watcher]);
    else watchers.push(watcher);
    for (const place of this.#held.list(node)) watcher(this.#places.location(place));
  }

  /** Whether it came to an end before it took `steps_max` steps in all. */
  solve(steps_max: number): boolean {
    while (this.#queue.length > 0) {
      if (this.#steps > steps_max) return false;
      const place = this.#queue.pop()!;
      const node = this.#queue.pop()!;
      for (const watcher of this.#watchers.get(node) ?? noWatchers) watcher(this.#places.location(place));
      if (this.#passesOn(node, place)) this.#spread(node, place);
    }
    return true;
  }

  #spread(node: number, place: number): void {
    const [copies, loads, stores] = [this.#copies, this.#loads, this.#stores];
    for (let entry = copies.first(node); entry !== 0; entry = copies.next(entry)) {
      const target = copies.value(entry);
      if (target >= 0) this.#copyOne(place, target, 0);
      else this.#copyOne(place, ...this.#further[-target - 1]!);
    }
    for (let entry = loads.first(node); entry !== 0; entry = loads.next(entry)) {
      const displacement = loads.value(entry);
      entry = loads.next(entry);
      this.#loadOne(place, displacement, loads.value(entry));
    }
    for (let entry = stores.first(node); entry !== 0; entry = stores.next(entry)) {
      const displacement = stores.value(entry);
      entry = stores.next(entry);
      this.#storeOne(place, displacement, stores.value(entry));
    }
  }

  #put(node: number, place: number): void {
    this.#steps++;
    if (this.#holds.has(node, place) || !this.#takes(node, place)) return;
    const taken = this.#isTooMuch(node, place) ? anywhere : place;
    if (taken === anywhere) this.#facts.setAnywhere(node);
    this.#holds.add(node, taken);
    this.#held.append(node, taken);
    this.#queue.push(node, taken);
  }

  /** Counts it, too. */
  #isTooMuch(node: number, place: number): boolean {
    if (place === anywhere) return false;
    if (this.#isFunction[place]) {
      this.#facts.addFunction(node);
      return false;
    }
    return this.#space.isMemory(this.#places.location(place))
      ? this.#facts.addMemory(node) > memory_max
      : this.#facts.addFile(node) > file_max;
  }

  #takes(node: number, place: number): boolean {
    if (place === anywhere) return !this.#facts.isForFunctions(node);
    if (this.#isFunction[place]) return this.#facts.functions(node) < functions_max;
    return !this.#facts.isForFunctions(node) && !this.#facts.isAnywhere(node);
  }

  /** A mixture's functions are for who calls through it: passed on, they would be in all mixtures. */
  #passesOn(node: number, place: number): boolean {
    return place === anywhere || !this.#isFunction[place] || !this.#facts.isAnywhere(node);
  }

  #copyOne(place: number, to: number, offset: number): void {
    if (offset === 0 || place === anywhere) {
      this.#put(to, place);
      return;
    }
    const moved = this.#shifted(place, offset);
    if (moved === NOWHERE) return;
    // Steps that go round would never end by themselves.
    if (moved !== place && this.#hasStepped(to, moved)) return;
    this.#put(to, moved);
  }

  #hasStepped(node: number, place: number): boolean {
    if (this.#holds.has(node, place)) return true;
    const object = this.#space.objectOf(this.#places.location(place));
    let steps = this.#stepped.get(node);
    if (steps === undefined) {
      steps = new Map();
      this.#stepped.set(node, steps);
    }
    const count = steps.get(object) ?? 0;
    steps.set(object, count + 1);
    return count >= steps_each_max;
  }

  #loadOne(place: number, displacement: number, to: number): void {
    const at = this.#member(place, displacement);
    if (at !== NOWHERE) this.copy(this.#cellAt(at), to);
  }

  #storeOne(place: number, displacement: number, from: number): void {
    const at = this.#member(place, displacement);
    if (at !== NOWHERE) this.copy(from, this.#cellAt(at));
  }

  #member(place: number, displacement: number): number {
    return place === anywhere || this.#isFunction[place] ? NOWHERE : this.#shifted(place, displacement);
  }

  #shifted(place: number, n: number): number {
    // Others are a constant's, which is no pointer's.
    const isKept = (n | 0) === n;
    const known = isKept ? this.#shifts.get(place, n) : undefined;
    if (known !== undefined) return known;
    const moved = this.#space.shift(this.#places.location(place), n);
    const to = moved === undefined ? NOWHERE : this.#placeOf(moved);
    if (isKept) this.#shifts.add(place, n, to);
    return to;
  }

  #cellAt(place: number): number {
    const known = this.#cells[place]!;
    if (known >= 0) return known;
    const node = this.add();
    this.#cells[place] = node;
    this.#onCell(this.#places.location(place), node);
    return node;
  }

  #placeOf(location: number): number {
    const place = this.#places.place(location);
    if (place < this.#cells.length) return place;
    this.#isFunction.push(location !== ANYWHERE && this.#space.isFunction(location));
    this.#cells.push(-1);
    return place;
  }

  #furtherPlace(to: number, offset: number): number {
    const known = this.#furtherPlaces.get(to, offset);
    if (known !== undefined) return known;
    const place = -this.#further.push([to, offset]);
    this.#furtherPlaces.add(to, offset, place);
    return place;
  }
}

const noWatchers: readonly ((location: number) => void)[] = [];
