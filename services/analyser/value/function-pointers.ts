/**
 * Which functions a pointer can hold: a flow-insensitive, field-based analysis over arguments, variables, members of
 * structures (told apart by their place alone) and results, by inclusion constraints that grow with the calls they
 * resolve. A holder of too many functions is left
 * with those that were put there as constants. Source: Andersen, "Program Analysis and
 * Specialization for the C Programming Language", 1994, 4; field-based as in Heintze and Tardieu, PLDI 2001. It must
 * not know which functions log.
 */
import { HeldPlaces } from './held-places.ts';
import { NumberLists } from './number-lists.ts';
import { PairSet } from './pair-set.ts';
import { PointerData } from './pointer-data.ts';
import { PointerHolder } from './pointer-holder.ts';
import { argumentsPassed, type CallSite, type ProgramValues, passesEnough } from './program-values.ts';
import { Atom, NOTHING, STALE } from './value-table.ts';

export class FunctionPointers {
  readonly #program: ProgramValues;
  readonly data: PointerData;
  /** By address, by distance from the beginning of a structure, by function and number, by function. */
  readonly #variables = new Map<number, PointerHolder>();
  readonly #members = new Map<number, PointerHolder>();
  readonly #arguments = new Map<number, PointerHolder>();
  readonly #results = new Map<number, PointerHolder>();
  readonly #holders: PointerHolder[] = [];
  readonly #places = new HeldPlaces();
  /** By the holder's number: those that get what it has. */
  readonly #flows = new NumberLists();
  readonly #isFlow = new PairSet();
  /** Holder and function in turn. */
  readonly #queue: number[] = [];
  readonly #targets = new Map<string, readonly number[]>();

  constructor(program: ProgramValues) {
    this.#program = program;
    this.data = new PointerData(program);
    for (const { fn, member } of this.data.pointers) {
      if (member !== undefined) this.#put(this.#member(member), fn);
    }
    for (const [fn, own] of program.sites.entries()) this.#constrain(fn, own);
    for (let fn = this.#queue.pop(); fn !== undefined; fn = this.#queue.pop())
      this.#flow(this.#holders[this.#queue.pop()!]!, fn);
  }

  /**
   * Functions that a call can run, ascending; none where nothing is known of the pointer, or too much. One list for all
   * calls that go through the same.
   */
  targets(site: CallSite): readonly number[] {
    if (site.callee !== undefined) return [site.callee];
    if (site.name !== undefined) return none;
    const { values } = this.#program;
    const isOwn = values.members(site.target).some((atom) => values.kind(atom) === Atom.argument);
    const key = `${site.target} ${argumentsPassed(site)} ${isOwn ? site.fn : ''}`;
    let targets = this.#targets.get(key);
    if (targets === undefined) {
      const held = [...this.held(site.fn, site.target)];
      targets = held.filter((fn) => passesEnough(this.#program, site, fn)).sort((a, b) => a - b);
      this.#targets.set(key, targets);
    }
    return targets;
  }

  /** Functions that a value can point to; `members`: also by way of a structure's member. */
  held(fn: number, value: number, members = true): Set<number> {
    const held = new Set<number>();
    for (const one of this.#constants(value, members)) held.add(one);
    for (const holder of this.#sources(fn, value, members)) for (const one of holder.held) held.add(one >> 1);
    return held;
  }

  #constrain(fn: number, sites: readonly CallSite[]): void {
    for (const site of sites) {
      if (site.callee !== undefined) this.#pass(site, site.callee);
      else if (site.name === undefined) this.#callThrough(site);
    }
    const { values, functions } = this.#program;
    const { stores, result } = functions[fn]!;
    for (const { place, field, value } of stores) {
      const known = values.kind(place) === Atom.constant;
      if (known) this.#store(fn, value, this.#variable(values.a(place)), true);
      else if (field !== undefined) this.#store(fn, value, this.#member(field), true);
    }
    this.#store(fn, result, this.#result(fn), false);
  }

  #callThrough(site: CallSite): void {
    for (const one of this.#constants(site.target, true))
      if (passesEnough(this.#program, site, one)) this.#pass(site, one);
    for (const holder of this.#sources(site.fn, site.target, true)) {
      holder.call(site);
      for (const one of holder.held)
        if (passesEnough(this.#program, site, one >> 1)) this.#pass(site, one >> 1);
    }
  }

  /** The arguments of a call are what the function gets. */
  #pass(site: CallSite, callee: number): void {
    const { parameters, variadic } = this.#program.functions[callee]!;
    const count = variadic ? site.args.length : Math.min(site.args.length, parameters);
    for (let i = 0; i < count; i++) {
      const value = site.args[i]!;
      if (value !== STALE && value !== NOTHING) this.#store(site.fn, value, this.#argument(callee, i), false);
    }
  }

  /** `members`: also what is loaded from a member right there. */
  #store(fn: number, value: number, to: PointerHolder, members: boolean): void {
    for (const one of this.#constants(value, false)) this.#put(to, one);
    for (const from of this.#sources(fn, value, members)) {
      if (from === to || !this.#isFlow.add(from.id, to.id)) continue;
      this.#flows.append(from.id, to.id);
      for (const one of from.held) this.#send(from, to, one >> 1, one % 2 === 1);
    }
  }

  #put(holder: PointerHolder, fn: number): void {
    holder.keep(fn);
    this.#give(holder, fn, true);
  }

  /** Most of what members give each other is no function: passed on without end, it would make all members one. */
  #send(from: PointerHolder, to: PointerHolder, fn: number, own: boolean): void {
    if (!from.isMember) this.#give(to, fn, own);
    else if (own) this.#give(to, fn, false);
  }

  #give(holder: PointerHolder, fn: number, own: boolean): void {
    if (holder.hold(fn, own)) this.#queue.push(holder.id, fn);
  }

  #flow(holder: PointerHolder, fn: number): void {
    if (holder.saturated) return;
    const own = holder.owns(fn);
    for (let entry = this.#flows.first(holder.id); entry !== 0; entry = this.#flows.next(entry)) {
      const to = this.#holders[this.#flows.value(entry)]!;
      if (!to.saturated) this.#send(holder, to, fn, own);
    }
    for (const site of holder.calls) if (passesEnough(this.#program, site, fn)) this.#pass(site, fn);
  }

  #constants(value: number, tables: boolean): readonly number[] {
    const { values, found } = this.#program;
    let functions: number[] | undefined;
    for (const atom of values.members(value)) {
      const kind = values.kind(atom);
      if (kind === Atom.constant) {
        const fn = found.byAddress.get(values.a(atom));
        // A number that was computed can be any function's address by chance.
        if (fn === undefined || !found.functions[fn]!.addressTaken) continue;
        functions ??= [];
        functions.push(fn);
      } else if (kind === Atom.element && tables) {
        functions ??= [];
        functions.push(...this.data.table(values.a(atom), values.b(atom)));
      }
    }
    return functions ?? none;
  }

  #sources(fn: number, value: number, members: boolean): readonly PointerHolder[] {
    let holders: PointerHolder[] | undefined;
    for (const atom of this.#program.values.members(value)) {
      const holder = this.#source(fn, atom, members);
      if (holder === undefined) continue;
      if (holders === undefined) holders = [holder];
      else holders.push(holder);
    }
    return holders ?? noHolders;
  }

  #source(fn: number, atom: number, members: boolean): PointerHolder | undefined {
    const { values, sitesAt } = this.#program;
    const a = values.a(atom);
    switch (values.kind(atom)) {
      case Atom.global:
        return this.#variable(a);
      case Atom.argument:
        return this.#argument(fn, a);
      case Atom.field:
        return members ? this.#member(a) : undefined;
      case Atom.result: {
        const callee = sitesAt.get(a)?.[0]?.callee;
        return callee === undefined ? undefined : this.#result(callee);
      }
      default:
        return undefined;
    }
  }

  /** What the file holds there is put there at once. */
  #variable(address: number): PointerHolder {
    const known = this.#variables.get(address);
    if (known !== undefined) return known;
    const holder = this.#kept(this.#variables, address, false);
    const fn = this.data.at(address);
    if (fn !== undefined) this.#put(holder, fn);
    return holder;
  }

  #member(distance: number): PointerHolder {
    return this.#kept(this.#members, distance, true);
  }

  #argument(fn: number, i: number): PointerHolder {
    return this.#kept(this.#arguments, fn * arguments_max + i, false);
  }

  #result(fn: number): PointerHolder {
    return this.#kept(this.#results, fn, false);
  }

  #kept(holders: Map<number, PointerHolder>, key: number, isMember: boolean): PointerHolder {
    let holder = holders.get(key);
    if (holder !== undefined) return holder;
    holder = new PointerHolder(this.#holders.length, isMember, this.#places);
    this.#holders.push(holder);
    holders.set(key, holder);
    return holder;
  }
}

const arguments_max = 16;
const none: readonly number[] = [];
const noHolders: readonly PointerHolder[] = [];
