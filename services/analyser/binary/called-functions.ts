/**
 * What every call of a program runs, and who makes it. A large program has ten thousand calls that may run a thousand
 * functions each: those that may run the same share one list, and what is asked of a list is asked once. It must not
 * know what prints.
 */
import type { CallTargets } from '../value/call-targets.ts';
import type { ImportCallbacks } from '../value/import-callbacks.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { syscallOf } from './syscall-names.ts';

/** What a call runs in the program, and the system call that it stands for. */
export interface Called {
  readonly functions: readonly number[];
  readonly syscall: string | undefined;
  /** They run any number of times, each after the system call. */
  readonly repeats: boolean;
}

export class CalledFunctions {
  /** By function, one for each of its calls, in the order of the code. */
  readonly bySite: readonly (readonly Called[])[];
  readonly #program: ProgramValues;
  readonly #targets: CallTargets;
  readonly #callbacks: ImportCallbacks;
  /** Stands for what a call may run besides, which nobody found. */
  readonly #unknown: number;
  readonly #direct: Called[] = [];
  readonly #computed = new Map<readonly number[], Called>();
  /** Functions with a call that runs one of a list, ascending. */
  readonly #callers = new Map<readonly number[], number[]>();
  /** By function: lists that it is in. */
  readonly #lists: (readonly number[])[][] = [];

  constructor(program: ProgramValues, targets: CallTargets, callbacks: ImportCallbacks, unknown: number) {
    this.#program = program;
    this.#targets = targets;
    this.#callbacks = callbacks;
    this.#unknown = unknown;
    this.bySite = program.sites.map((own) => own.map((site) => this.#called(site)));
    for (let fn = 0; fn < this.bySite.length; fn++)
      for (const { functions } of this.bySite[fn]!) this.#note(fn, functions);
  }

  /** Adds all that call one of them, through any number of others. */
  withCallers(functions: ReadonlySet<number>): Set<number> {
    const found = new Set(functions);
    const seen = new Set<readonly number[]>();
    const todo = [...functions];
    for (let fn = todo.pop(); fn !== undefined; fn = todo.pop()) {
      for (const caller of this.#callersOf(fn, seen)) {
        if (found.has(caller)) continue;
        found.add(caller);
        todo.push(caller);
      }
    }
    return found;
  }

  /** By way of lists that are not seen yet, ascending. */
  #callersOf(fn: number, seen: Set<readonly number[]>): readonly number[] {
    const callers: number[] = [];
    for (const list of this.#lists[fn] ?? noLists) {
      if (seen.has(list)) continue;
      seen.add(list);
      for (const caller of this.#callers.get(list)!) callers.push(caller);
    }
    return callers.sort((a, b) => a - b);
  }

  #note(fn: number, list: readonly number[]): void {
    const callers = this.#callers.get(list);
    if (callers !== undefined) {
      if (callers.at(-1) !== fn) callers.push(fn);
      return;
    }
    this.#callers.set(list, [fn]);
    for (const callee of list) {
      const lists = this.#lists[callee];
      if (lists === undefined) this.#lists[callee] = [list];
      else lists.push(list);
    }
  }

  #called(site: CallSite): Called {
    const callee = site.callee === undefined ? undefined : this.#program.found.functions[site.callee]!;
    if (callee !== undefined && callee.importName === undefined)
      return this.#calledDirectly(callee.index, site);
    if (callee === undefined && site.name === undefined)
      return this.#calledThrough(this.#targets.targets(site));
    const run = this.#callbacks.run(site);
    const functions = run.length === 0 ? none : [...run, this.#unknown];
    return {
      functions,
      syscall: syscallOf.get(site.name!),
      repeats: run.length > 0 && this.#callbacks.repeats(site),
    };
  }

  #calledDirectly(callee: number, { name }: CallSite): Called {
    const known = this.#direct[callee];
    if (known !== undefined) return known;
    const syscall = name === undefined ? undefined : syscallOf.get(name);
    const called = { functions: [callee], syscall, repeats: false };
    this.#direct[callee] = called;
    return called;
  }

  #calledThrough(targets: readonly number[]): Called {
    const known = this.#computed.get(targets);
    if (known !== undefined) return known;
    const called = { functions: [...targets, this.#unknown], syscall: undefined, repeats: false };
    this.#computed.set(targets, called);
    return called;
  }
}

const none: readonly number[] = [];
const noLists: readonly (readonly number[])[] = [];
