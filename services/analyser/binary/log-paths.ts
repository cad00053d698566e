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

  /** What calls that can't print give back tells nothing of lines. */
  readonly #outcomesOf = (targets: readonly number[]): number => {
    if (!targets.some((target) => this.#printing.has(target))) return 0;
    return targets.reduce((all, target) => all | this.#outcomesOfOne(target), 0);
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

function calleesFirst(drafts: ReadonlyMap<number, readonly PlacedBlock[]>): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  for (const start of drafts.keys()) {
    const stack = seen.has(start) ? [] : [{ fn: start, callees: calleesOf(drafts.get(start)!) }];
    seen.add(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.callees.next();
      if (next.done === true) order.push(stack.pop()!.fn);
      else if (drafts.has(next.value) && !seen.has(next.value)) {
        seen.add(next.value);
        stack.push({ fn: next.value, callees: calleesOf(drafts.get(next.value)!) });
      }
    }
  }
  return order;
}

function* calleesOf(blocks: readonly PlacedBlock[]): Generator<number, undefined> {
  for (const { events } of blocks)
    for (const event of events) if (event.kind === 'call') yield* event.targets;
  return undefined;
}
