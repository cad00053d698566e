/** The node of every value of a program: one for all that stands for the same. It must not know what constrains them. */
import { PairNumbers } from '../pair-numbers.ts';
import type { PointerData } from '../pointer-data.ts';
import { importOf, type ProgramValues } from '../program-values.ts';
import { Atom, NOTHING, slotOf, UNKNOWN } from '../value-table.ts';
import type { Allocators } from './allocators.ts';
import type { Locations } from './locations.ts';
import type { PointsTo } from './points-to.ts';

const arguments_max = 16;

export class ValueNodes {
  readonly #program: ProgramValues;
  readonly #points: PointsTo;
  readonly #space: Locations;
  readonly #data: PointerData;
  readonly #allocators: Allocators;
  /** By value and function. */
  readonly #values = new PairNumbers();
  readonly #arguments = new Map<number, number>();
  readonly #results = new Map<number, number>();
  readonly #given = new Map<number, number>();
  readonly #loaded = new Map<number, number>();
  readonly #constants = new Map<number, number>();

  constructor(
    program: ProgramValues,
    points: PointsTo,
    space: Locations,
    data: PointerData,
    allocators: Allocators,
  ) {
    this.#program = program;
    this.#points = points;
    this.#space = space;
    this.#data = data;
    this.#allocators = allocators;
  }

  /** Of a value in a function; undefined of what points nowhere. */
  value(fn: number, value: number): number | undefined {
    if (value <= NOTHING) return undefined;
    const known = this.#values.get(value, fn);
    if (known !== undefined) return known === nowhere ? undefined : known;
    const { values } = this.#program;
    const node = values.kind(value) >= 0 ? this.#atom(fn, value) : this.#set(fn, values.members(value));
    this.#values.add(value, fn, node ?? nowhere);
    return node;
  }

  #set(fn: number, atoms: readonly number[]): number | undefined {
    const nodes = atoms.map((atom) => this.#atom(fn, atom)).filter((node) => node !== undefined);
    if (nodes.length < 2) return nodes[0];
    const node = this.#points.add();
    for (const one of nodes) this.#points.copy(one, node);
    return node;
  }

  argument(fn: number, i: number): number {
    return this.#kept(this.#arguments, fn * arguments_max + i);
  }

  /** What a function gives back. */
  result(fn: number): number {
    return this.#kept(this.#results, fn);
  }

  /** What the load at an operation finds. */
  loaded(at: number): number {
    return this.#kept(this.#loaded, at);
  }

  constant(location: number): number {
    const known = this.#constants.get(location);
    if (known !== undefined) return known;
    const node = this.#points.add();
    this.#points.put(node, location);
    this.#constants.set(location, node);
    return node;
  }

  /** What the call at an operation gives. */
  given(at: number): number {
    const known = this.#given.get(at);
    if (known !== undefined) return known;
    const site = this.#program.sitesAt.get(at)?.[0];
    let node: number;
    if (this.#allocators.gets(at)) {
      node = this.#points.add();
      this.#points.put(node, this.#space.memory(at));
    } else if (site?.callee === undefined || importOf(this.#program, site) !== undefined) {
      node = this.#points.add();
    } else node = this.result(site.callee);
    this.#given.set(at, node);
    return node;
  }

  #atom(fn: number, atom: number): number | undefined {
    if (atom === UNKNOWN) return undefined;
    const { values } = this.#program;
    const a = values.a(atom);
    const b = values.b(atom);
    switch (values.kind(atom)) {
      case Atom.constant:
      case Atom.within:
        return this.#address(a, (location) => this.constant(location));
      case Atom.global:
        return this.#address(a, (location) => this.#points.cell(location));
      case Atom.argument:
        return this.argument(fn, a);
      case Atom.stack:
      case Atom.stackWithin:
        return this.constant(this.#space.slot(fn, a));
      case Atom.result:
        return this.given(a);
      case Atom.resultWithin: {
        const slot = slotOf(b);
        if (slot !== undefined) return this.#points.cell(this.#space.slot(fn, slot));
        return this.#further(this.given(a), b);
      }
      case Atom.field:
        return b === 0 ? undefined : this.loaded(b);
      case Atom.beyond:
        return this.#further(this.value(fn, a), b);
      case Atom.element:
        return this.#element(a, b);
      default:
        return undefined;
    }
  }

  #address(address: number, node: (location: number) => number): number | undefined {
    const location = this.#space.address(address);
    return location === undefined ? undefined : node(location);
  }

  #further(from: number | undefined, offset: number): number | undefined {
    if (from === undefined || offset === 0) return from;
    const node = this.#points.add();
    this.#points.copy(from, node, offset);
    return node;
  }

  #element(table: number, stride: number): number {
    const node = this.#points.add();
    for (const place of this.#data.places(table, stride)) this.#points.copy(this.#points.cell(place), node);
    const first = this.#space.address(table);
    if (first !== undefined) this.#points.copy(this.#points.cell(first), node);
    return node;
  }

  #kept(nodes: Map<number, number>, key: number): number {
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const node = this.#points.add();
    nodes.set(key, node);
    return node;
  }
}

const nowhere = -1;
