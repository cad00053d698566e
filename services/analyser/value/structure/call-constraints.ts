/** What calls make values flow to: arguments, results, copies of memory. It must not know which calls are guesses. */
import { type CallSite, importOf, type ProgramValues, passesEnough } from '../program-values.ts';
import { Atom, NOTHING, STALE } from '../value-table.ts';
import type { AlikeMemory } from './alike-memory.ts';
import type { Allocators } from './allocators.ts';
import type { Locations } from './locations.ts';
import type { PointsTo } from './points-to.ts';
import type { ValueNodes } from './value-nodes.ts';

/** Imports that copy memory: to argument 0 from argument 1. */
const copiers = new Set('memcpy memmove mempcpy __memcpy_chk __memmove_chk __mempcpy_chk'.split(' '));
/** Imports that give back what they are given. */
const passers = new Set('realloc reallocarray recallocarray g_realloc'.split(' '));
/** Arguments of imports that hand a pointer to the kernel with an event, and that get it back with one. */
const registers = new Map([['epoll_ctl', 3]]);
const waits = new Map([
  ['epoll_wait', 1],
  ['epoll_pwait', 1],
]);

export interface Solved {
  readonly program: ProgramValues;
  readonly points: PointsTo;
  readonly space: Locations;
  readonly nodes: ValueNodes;
  readonly alike: AlikeMemory;
  readonly allocators: Allocators;
}

export class CallConstraints {
  readonly #with: Solved;
  readonly #shaped = new Set<number>();
  #kernel: number | undefined;

  constructor(solved: Solved) {
    this.#with = solved;
  }

  add(site: CallSite): void {
    const { program, nodes } = this.#with;
    const name = importOf(program, site);
    if (name !== undefined) this.#addImport(site, name);
    else if (site.callee !== undefined) this.#pass(site, site.callee);
    else {
      const target = nodes.value(site.fn, site.target);
      if (target !== undefined) this.runs(site, target);
    }
  }

  /** The call runs the functions that a node has. */
  runs(site: CallSite, target: number): void {
    const { points, program, space } = this.#with;
    points.watch(target, (location) => {
      const fn = space.functionAt(location);
      if (fn !== undefined && passesEnough(program, site, fn)) this.#pass(site, fn);
    });
  }

  /** The arguments of a call are what the function gets, and its result is what the call gives. */
  #pass(site: CallSite, callee: number): void {
    const { points, program, nodes, allocators } = this.#with;
    const { parameters, variadic } = program.functions[callee]!;
    const count = variadic ? site.args.length : Math.min(site.args.length, parameters);
    for (let i = 0; i < count; i++) {
      const value = site.args[i]!;
      const from = value === STALE || value === NOTHING ? undefined : nodes.value(site.fn, value);
      if (from !== undefined) points.copy(from, nodes.argument(callee, i));
    }
    if (site.callee === undefined) points.copy(nodes.result(callee), nodes.given(site.at));
    else if (allocators.gets(site.at)) this.#shape(site.at, callee);
  }

  /** Memory that a call gets has what the called function put into it. */
  #shape(at: number, callee: number): void {
    if (this.#shaped.has(at)) return;
    this.#shaped.add(at);
    const { points, space, nodes, alike } = this.#with;
    points.watch(nodes.result(callee), (location) => {
      if (space.memoryOf(location) !== undefined) alike.copy(points, location, space.memory(at));
    });
  }

  #addImport(site: CallSite, name: string): void {
    const { points, space, nodes } = this.#with;
    const argument = (i: number): number | undefined => nodes.value(site.fn, site.args[i]!);
    const [first, second] = [argument(0), argument(1)];
    if (copiers.has(name)) this.#copyMemory(first, second);
    else if (passers.has(name) && first !== undefined) points.copy(first, nodes.given(site.at));
    else if (name === 'posix_memalign' && first !== undefined) {
      points.store(first, 0, nodes.constant(space.memory(site.at)));
    }
    const registered = registers.get(name) ?? waits.get(name);
    const events = registered === undefined ? undefined : argument(registered);
    if (events !== undefined) this.#waitFor(events, waits.has(name));
    for (const [i, value] of site.args.entries()) {
      for (const fn of this.#functionsIn(value)) this.#passData(site, i, fn);
    }
  }

  /** What is given right after a function is what it is called with. */
  #passData(site: CallSite, function_: number, fn: number): void {
    const { points, program, nodes } = this.#with;
    const value = site.args[function_ + 1];
    const from = value === undefined ? undefined : nodes.value(site.fn, value);
    if (from === undefined) return;
    for (let p = 0; p < program.functions[fn]!.parameters; p++) points.copy(from, nodes.argument(fn, p));
  }

  #copyMemory(to: number | undefined, from: number | undefined): void {
    if (to === undefined || from === undefined) return;
    const { points, alike } = this.#with;
    points.watch(to, (target) => {
      for (const source of points.locations(from)) alike.copy(points, source, target);
    });
    points.watch(from, (source) => {
      for (const target of points.locations(to)) alike.copy(points, source, target);
    });
  }

  /** What is registered with the kernel comes back from it: in the first bytes of an event, or the next. */
  #waitFor(events: number, back: boolean): void {
    const { points } = this.#with;
    this.#kernel ??= points.add();
    for (const displacement of [0, 8]) {
      if (back) points.store(events, displacement, this.#kernel);
      else points.load(events, displacement, this.#kernel);
    }
  }

  #functionsIn(value: number): number[] {
    const { program, space } = this.#with;
    return program.values.members(value).flatMap((atom) => {
      const isConstant = program.values.kind(atom) === Atom.constant;
      const fn = isConstant ? space.functionAt(program.values.a(atom)) : undefined;
      return fn === undefined ? [] : [fn];
    });
  }
}
