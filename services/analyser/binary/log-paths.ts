/**
 * The functions of a log program with the ways through them that can be taken. Callees come before their callers, so
 * that what a call gives back is known; where functions call each other in a ring it is what the callee's values say.
 * It must not know instructions.
 */
import { ANY_OUTCOME, type LogBlock } from '../lms-cfg/log-program.ts';
import { feasiblePaths, type PlacedBlock } from '../path/feasible-paths.ts';
import { outcomeOf } from '../path/outcome.ts';
import { exactly } from '../path/value-range.ts';
import type { ProgramValues } from '../value/program-values.ts';
import { Atom } from '../value/value-table.ts';

const any = 1 << ANY_OUTCOME;

export class LogPaths {
  readonly #program: ProgramValues;
  readonly #drafts: ReadonlyMap<number, readonly PlacedBlock[]>;
  readonly #found = new Map<number, readonly LogBlock[]>();
  /** By function, as bits; of functions whose paths are found. */
  readonly #outcomes = new Map<number, number>();
  /** By the targets of calls, all of which have outcomes or can't print. */
  readonly #given = new Map<readonly number[], number>();
  readonly #printing: ReadonlySet<number>;

  /** `printing`: functions that can print. */
  constructor(
    program: ProgramValues,
    drafts: ReadonlyMap<number, readonly PlacedBlock[]>,
    printing: ReadonlySet<number>,
  ) {
    this.#program = program;
    this.#drafts = drafts;
    this.#printing = printing;
    for (const fn of calleesFirst(drafts)) this.#find(fn);
  }

  blocks(fn: number): readonly LogBlock[] | undefined {
    return this.#found.get(fn);
  }

  #find(fn: number): void {
    const { found, sitesAt, convention } = this.#program;
    const blocks = this.#drafts.get(fn)!;
    if (!this.#printing.has(fn) || blocks.length === 0) {
      this.#found.set(fn, blocks);
      return;
    }
    const code = {
      ops: found.ops,
      graph: this.#program.graph(fn),
      convention,
      isCall: (at: number) => sitesAt.has(at),
    };
    const paths = feasiblePaths(blocks, code, this.#outcomesOf);
    this.#found.set(fn, paths);
    const given = paths.filter(({ returns }) => returns).map(({ gives = ANY_OUTCOME }) => 1 << gives);
    this.#outcomes.set(
      fn,
      given.reduce((all, bit) => all | bit, 0),
    );
  }

  readonly #outcomesOf = (targets: readonly number[]): number => {
    const known = this.#given.get(targets);
    if (known !== undefined) return known;
    let outcomes = 0;
    let prints = false;
    let isFinal = true;
    for (const target of targets) {
      outcomes |= this.#outcomesOfOne(target);
      if (!this.#printing.has(target)) continue;
      prints = true;
      if (!this.#outcomes.has(target)) isFinal = false;
    }
    // What calls that can't print give back tells nothing of lines.
    const given = prints ? outcomes : 0;
    if (isFinal) this.#given.set(targets, given);
    return given;
  };

  #outcomesOfOne(fn: number): number {
    const known = this.#outcomes.get(fn);
    if (known !== undefined) return known;
    if (!this.#printing.has(fn)) return any;
    const { values, functions } = this.#program;
    let outcomes = any;
    for (const atom of values.members(functions[fn]!.result)) {
      if (values.kind(atom) !== Atom.constant) continue;
      const number = values.a(atom);
      if (Math.abs(number) < 2 ** 32) outcomes |= 1 << outcomeOf(exactly(number | 0));
    }
    return outcomes;
  }
}

/** A function that is walked, and where the walk stands in what it calls. */
interface Walk {
  readonly fn: number;
  readonly lists: readonly (readonly number[])[];
  list: number;
  target: number;
}

function calleesFirst(drafts: ReadonlyMap<number, readonly PlacedBlock[]>): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  /** Lists of which every function was seen: thousands of calls share a list of thousands. */
  const done = new Set<readonly number[]>();
  for (const start of drafts.keys()) {
    const stack: Walk[] = [];
    const enter = (fn: number): void => {
      seen.add(fn);
      stack.push({ fn, lists: targetsOf(drafts.get(fn)!), list: 0, target: 0 });
    };
    if (!seen.has(start)) enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const list = top.lists[top.list];
      if (list === undefined) order.push(stack.pop()!.fn);
      else if (top.target === list.length || done.has(list)) {
        done.add(list);
        top.list++;
        top.target = 0;
      } else {
        const next = list[top.target++]!;
        if (drafts.has(next) && !seen.has(next)) enter(next);
      }
    }
  }
  return order;
}

function targetsOf(blocks: readonly PlacedBlock[]): (readonly number[])[] {
  const lists: (readonly number[])[] = [];
  for (const { events } of blocks)
    for (const event of events) if (event.kind === 'call') lists.push(event.targets);
  return lists;
}
