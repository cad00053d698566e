/**
 * Which functions a call through a pointer can run: what the program stores where, with structures told apart by the
 * call that got their memory, or by where they lie in the file. Where that says nothing, a structure's member can be
 * what was stored at that distance by pointers of which nothing is known either. It must not know which functions log.
 */
import type { PointerData } from '../pointer-data.ts';
import { type CallSite, type ProgramValues, passesEnough } from '../program-values.ts';
import { Atom } from '../value-table.ts';
import { AlikeMemory } from './alike-memory.ts';
import { Allocators } from './allocators.ts';
import { CallConstraints } from './call-constraints.ts';
import { Locations } from './locations.ts';
import { PointsTo } from './points-to.ts';
import { ValueNodes } from './value-nodes.ts';

const steps_max = 4_000_000;
/** Where more tables of the file have a function at one distance, that distance says nothing of which is meant. */
const table_guesses_max = 16;

export class StructurePointers {
  /** Whether it came to an end within its bound; if not, its targets are too few. */
  readonly complete: boolean;
  readonly #program: ProgramValues;
  readonly #data: PointerData;
  readonly #space: Locations;
  readonly #points: PointsTo;
  readonly #nodes: ValueNodes;
  readonly #alike: AlikeMemory;
  /** By load operation. */
  readonly #pointers = new Map<number, number>();
  /** Functions by distance: stored by pointers of which nothing is known; in structures of the file. */
  readonly #strays = new Map<number, number>();
  readonly #tables = new Map<number, number>();

  constructor(program: ProgramValues, data: PointerData) {
    this.#program = program;
    this.#data = data;
    this.#space = new Locations(program, data);
    this.#alike = new AlikeMemory(this.#space, data);
    this.#points = new PointsTo(this.#space, (location, node) => this.#fill(location, node));
    const allocators = new Allocators(program);
    this.#nodes = new ValueNodes(program, this.#points, this.#space, data, allocators);
    const calls = new CallConstraints({
      program,
      points: this.#points,
      space: this.#space,
      nodes: this.#nodes,
      alike: this.#alike,
      allocators,
    });
    for (const fn of program.functions.keys()) this.#addFunction(fn);
    for (const site of program.sites.flat()) calls.add(site);
    const solved = this.#solve();
    this.#addStrays();
    for (const site of program.sites.flat()) for (const guess of this.#guesses(site)) calls.runs(site, guess);
    this.complete = this.#solve() && solved;
  }

  /** Functions that a call can run, ascending; none where nothing is known of the pointer. */
  targets(site: CallSite): number[] {
    if (site.callee !== undefined) return [site.callee];
    const target = site.name === undefined ? this.#nodes.value(site.fn, site.target) : undefined;
    const found = target === undefined ? [] : this.#fitting(site, target);
    const guessed = this.#guesses(site).flatMap((guess) => this.#fitting(site, guess));
    return [...new Set([...found, ...guessed])].sort((a, b) => a - b);
  }

  #addFunction(fn: number): void {
    const { stores, loads, result } = this.#program.functions[fn]!;
    for (const { at, pointer, displacement } of loads) {
      const from = this.#nodes.value(fn, pointer);
      if (from === undefined) continue;
      this.#pointers.set(at, from);
      this.#points.load(from, displacement, this.#nodes.loaded(at));
    }
    for (const { place, pointer, displacement, value } of stores) {
      const from = this.#nodes.value(fn, value);
      if (from === undefined) continue;
      const fixed = this.#fixed(place);
      const to = this.#nodes.value(fn, pointer);
      if (fixed !== undefined) this.#points.copy(from, this.#points.cell(fixed));
      else if (to !== undefined) this.#points.store(to, displacement, from);
    }
    const given = this.#nodes.value(fn, result);
    if (given !== undefined) this.#points.copy(given, this.#nodes.result(fn));
  }

  #fixed(place: number): number | undefined {
    const { values } = this.#program;
    return values.kind(place) === Atom.constant ? this.#space.address(values.a(place)) : undefined;
  }

  /** What a location holds from the beginning. */
  #fill(location: number, node: number): void {
    this.#alike.addCell(location, node);
    for (const pointer of this.#data.contents(location)) {
      const target = this.#space.address(pointer);
      if (target !== undefined) this.#points.put(node, target);
    }
  }

  #solve(): boolean {
    do if (!this.#points.solve(steps_max)) return false;
    while (this.#alike.settle(this.#points));
    return true;
  }

  #addStrays(): void {
    for (const [fn, { stores }] of this.#program.functions.entries()) {
      for (const { place, pointer, displacement, value } of stores) {
        if (this.#fixed(place) !== undefined) continue;
        const to = this.#nodes.value(fn, pointer);
        if (to !== undefined && !this.#points.isVague(to)) continue;
        for (const atom of this.#program.values.members(value)) this.#addStray(fn, atom, displacement);
      }
    }
    const { functions } = this.#program.found;
    for (const { fn, member } of this.#data.pointers) {
      if (member !== undefined)
        this.#points.put(this.#functionsAt(this.#tables, member), functions[fn]!.address);
    }
  }

  /** What members give each other is no function, as a rule: one that is put there comes from elsewhere. */
  #addStray(fn: number, atom: number, displacement: number): void {
    const kind = this.#program.values.kind(atom);
    if (kind === Atom.field || kind === Atom.beyond) return;
    const from = this.#nodes.value(fn, atom);
    if (from !== undefined) this.#points.copy(from, this.#functionsAt(this.#strays, displacement));
  }

  #functionsAt(nodes: Map<number, number>, distance: number): number {
    let node = nodes.get(distance);
    if (node === undefined) {
      node = this.#points.add(true);
      nodes.set(distance, node);
    }
    return node;
  }

  /** Of a call that nothing else says the targets of. */
  #guesses(site: CallSite): number[] {
    if (site.callee !== undefined || site.name !== undefined) return [];
    const target = this.#nodes.value(site.fn, site.target);
    if (target !== undefined && this.#fitting(site, target).length > 0) return [];
    const { values } = this.#program;
    const guesses: number[] = [];
    for (const atom of values.members(site.target)) {
      if (values.kind(atom) !== Atom.field) continue;
      const pointer = this.#pointers.get(values.b(atom));
      const distance = values.a(atom);
      guesses.push(this.#functionsAt(this.#strays, distance));
      const isUnknown = pointer === undefined || this.#points.isEmpty(pointer);
      const tables = this.#functionsAt(this.#tables, distance);
      if (isUnknown && this.#points.holdsAtMost(tables, table_guesses_max)) guesses.push(tables);
    }
    return guesses;
  }

  #fitting(site: CallSite, node: number): number[] {
    return [...this.#points.locations(node)].flatMap((location) => {
      const fn = this.#space.functionAt(location);
      return fn !== undefined && passesEnough(this.#program, site, fn) ? [fn] : [];
    });
  }
}
