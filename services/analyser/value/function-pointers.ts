/**
 * Which functions a pointer can hold: a flow-insensitive, field-based analysis over arguments, variables, members of
 * structures (told apart by their place alone) and results, by inclusion constraints that grow with the calls they
 * resolve. A holder of more than HELD_MAX functions is
 * left with those that were put there as constants. Source: Andersen, "Program Analysis and
 * Specialization for the C Programming Language", 1994, 4; field-based as in Heintze and Tardieu, PLDI 2001. It must
 * not know which functions log.
 */
import { PointerData } from './pointer-data.ts';
import { type CallSite, type ProgramValues, passesEnough } from './program-values.ts';
import { Atom, NOTHING, STALE } from './value-table.ts';

/** What flows together beyond that is a mixture of structures, not the values of one. */
const HELD_MAX = 128;

/** Something that holds pointers: the functions it can hold, and the holders that get them too. Most hold none. */
class Holder {
  #functions: Set<number> | undefined;
  /** Of those, what it got by way of a structure's member: few of many. */
  #borrowed: Set<number> | undefined;
  #direct: Set<number> | undefined;
  #flowsTo: Set<Holder> | undefined;
  #calls: CallSite[] | undefined;
  readonly isMember: boolean;
  saturated = false;

  constructor(isMember: boolean) {
    this.isMember = isMember;
  }

  get functions(): ReadonlySet<number> {
    return this.#functions ?? noFunctions;
  }

  /** Whether it got it otherwise than by way of a structure's member. */
  owns(fn: number): boolean {
    return this.functions.has(fn) && this.#borrowed?.has(fn) !== true;
  }

  get flowsTo(): ReadonlySet<Holder> {
    return this.#flowsTo ?? noHolders;
  }

  /** Calls through it. */
  get calls(): readonly CallSite[] {
    return this.#calls ?? noCalls;
  }

  /** Whether that is new. */
  hold(fn: number, own: boolean): boolean {
    if (this.saturated || (own ? this.owns(fn) : this.functions.has(fn))) return false;
    if (this.functions.size >= HELD_MAX) {
      this.saturated = true;
      this.#functions = new Set(this.#direct);
      this.#borrowed = this.#functions;
      return false;
    }
    this.#functions ??= new Set();
    this.#functions.add(fn);
    if (own) this.#borrowed?.delete(fn);
    else this.#borrowed = (this.#borrowed ?? new Set()).add(fn);
    return true;
  }

  /** Put there as a constant: that stays. */
  keep(fn: number): void {
    this.#direct = (this.#direct ?? new Set()).add(fn);
    if (this.saturated) this.#functions!.add(fn);
  }

  flow(to: Holder): void {
    this.#flowsTo = (this.#flowsTo ?? new Set()).add(to);
  }

  call(site: CallSite): void {
    this.#calls ??= [];
    this.#calls.push(site);
  }
}

const noFunctions: ReadonlySet<number> = new Set();
const noHolders: ReadonlySet<Holder> = new Set();
const noCalls: readonly CallSite[] = [];

export class FunctionPointers {
  readonly #program: ProgramValues;
  readonly data: PointerData;
  /** By address, by distance from the beginning of a structure, by function and number, by function. */
  readonly #variables = new Map<number, Holder>();
  readonly #members = new Map<number, Holder>();
  readonly #arguments = new Map<number, Holder>();
  readonly #results = new Map<number, Holder>();
  readonly #queue: [Holder, number][] = [];

  constructor(program: ProgramValues) {
    this.#program = program;
    this.data = new PointerData(program);
    for (const { fn, member } of this.data.pointers) {
      if (member !== undefined) this.#put(this.#member(member), fn);
    }
    for (const [fn, own] of program.sites.entries()) this.#constrain(fn, own);
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) this.#flow(...next);
  }

  /** Functions that a call can run, ascending; none where nothing is known of the pointer, or too much. */
  targets(site: CallSite): number[] {
    if (site.callee !== undefined) return [site.callee];
    if (site.name !== undefined) return [];
    return [...this.held(site.fn, site.target)]
      .filter((fn) => passesEnough(this.#program, site, fn))
      .sort((a, b) => a - b);
  }

  /** Functions that a value can point to; `members`: also by way of a structure's member. */
  held(fn: number, value: number, members = true): Set<number> {
    const held = new Set<number>();
    for (const one of this.#constants(value, members)) held.add(one);
    for (const holder of this.#sources(fn, value, members)) for (const one of holder.functions) held.add(one);
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
      for (const one of holder.functions) if (passesEnough(this.#program, site, one)) this.#pass(site, one);
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
  #store(fn: number, value: number, to: Holder, members: boolean): void {
    for (const one of this.#constants(value, false)) this.#put(to, one);
    for (const from of this.#sources(fn, value, members)) {
      if (from === to || from.flowsTo.has(to)) continue;
      from.flow(to);
      for (const one of from.functions) this.#send(from, to, one);
    }
  }

  #put(holder: Holder, fn: number): void {
    holder.keep(fn);
    this.#give(holder, fn, true);
  }

  /** Most of what members give each other is no function: passed on without end, it would make all members one. */
  #send(from: Holder, to: Holder, fn: number): void {
    if (!from.isMember) this.#give(to, fn, from.owns(fn));
    else if (from.owns(fn)) this.#give(to, fn, false);
  }

  #give(holder: Holder, fn: number, own: boolean): void {
    if (holder.hold(fn, own)) this.#queue.push([holder, fn]);
  }

  #flow(holder: Holder, fn: number): void {
    if (holder.saturated) return;
    for (const to of holder.flowsTo) this.#send(holder, to, fn);
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

  #sources(fn: number, value: number, members: boolean): Holder[] {
    const { values } = this.#program;
    const holders: Holder[] = [];
    for (const atom of values.members(value)) {
      const a = values.a(atom);
      const kind = values.kind(atom);
      if (kind === Atom.global) holders.push(this.#variable(a));
      else if (kind === Atom.argument) holders.push(this.#argument(fn, a));
      else if (kind === Atom.field && members) holders.push(this.#member(a));
      else if (kind === Atom.result) {
        const callee = this.#program.sitesAt.get(a)?.[0]?.callee;
        if (callee !== undefined) holders.push(this.#result(callee));
      }
    }
    return holders;
  }

  /** What the file holds there is put there at once. */
  #variable(address: number): Holder {
    const known = this.#variables.get(address);
    if (known !== undefined) return known;
    const holder = this.#kept(this.#variables, address, false);
    const fn = this.data.at(address);
    if (fn !== undefined) this.#put(holder, fn);
    return holder;
  }

  #member(distance: number): Holder {
    return this.#kept(this.#members, distance, true);
  }

  #argument(fn: number, i: number): Holder {
    return this.#kept(this.#arguments, fn * arguments_max + i, false);
  }

  #result(fn: number): Holder {
    return this.#kept(this.#results, fn, false);
  }

  #kept(holders: Map<number, Holder>, key: number, isMember: boolean): Holder {
    let holder = holders.get(key);
    if (holder !== undefined) return holder;
    holder = new Holder(isMember);
    holders.set(key, holder);
    return holder;
  }
}

const arguments_max = 16;
const none: readonly number[] = [];
