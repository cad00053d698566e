/**
 * Which functions control can pass through from entry to return, and how far into each block: with what in between
 * is the caller's choice. Least fixpoint, so that a recursion without an end does not return.
 */
import { EventKind, type ProgramTable } from './program-table.ts';

export interface PassSummary {
  /** By target set: outcomes with which one of its functions passes, as bits. */
  readonly setPasses: Uint32Array;
  /** By block: events that can be passed from the function's entry; −1 where the block is not reached. */
  readonly passed: Int32Array;
}

/** `stops` says of an event that is no call whether control does not pass it. */
export function passSummary(
  table: ProgramTable,
  stops: (kind: number, value: number) => boolean,
): PassSummary {
  return new PassSearch(table, stops).run();
}

/** By target set: one of its functions is marked. */
export function setsWith(table: ProgramTable, functions: Uint8Array): Uint8Array {
  const sets = new Uint8Array(table.targetSetCount);
  for (let set = 0; set < sets.length; set++) {
    const { first, next } = table.targetSets;
    for (let at = first[set]!; at < first[set + 1]!; at++) if (functions[next[at]!] === 1) sets[set] = 1;
  }
  return sets;
}

class PassSearch {
  readonly #table: ProgramTable;
  readonly #stops: (kind: number, value: number) => boolean;
  /** By function: outcomes, as bits. */
  readonly #passes: Uint32Array;
  readonly #setPasses: Uint32Array;
  readonly #passed: Int32Array;
  readonly #queue: number[] = [];

  constructor(table: ProgramTable, stops: (kind: number, value: number) => boolean) {
    this.#table = table;
    this.#stops = stops;
    this.#passes = new Uint32Array(table.functionCount);
    this.#setPasses = new Uint32Array(table.targetSetCount);
    this.#passed = new Int32Array(table.blockCount).fill(-1);
  }

  run(): PassSummary {
    for (let f = 0; f < this.#table.functionCount; f++) this.#reach(this.#table.blockFirst[f]!);
    for (let block = this.#queue.pop(); block !== undefined; block = this.#queue.pop()) this.#walk(block);
    return { setPasses: this.#setPasses, passed: this.#passed };
  }

  #reach(block: number): void {
    if (this.#passed[block] !== -1) return;
    this.#passed[block] = 0;
    this.#queue.push(block);
  }

  /** Goes on from where the block's walk stopped. */
  #walk(block: number): void {
    const { eventFirst, eventKind, eventValue, successors, accepts, routes, returns } = this.#table;
    const begin = eventFirst[block]!;
    const end = eventFirst[block + 1]!;
    for (let event = begin + this.#passed[block]!; event < end; event++) {
      const kind = eventKind[event]!;
      const value = eventValue[event]!;
      if (kind === EventKind.call ? this.#setPasses[value] === 0 : this.#stops(kind, value)) return;
      this.#passed[block]!++;
    }
    if (returns[block] === 1) this.#return(block);
    const came = routes[block] === 1 ? this.#setPasses[eventValue[end - 1]!]! : ~0;
    for (let at = successors.first[block]!; at < successors.first[block + 1]!; at++)
      if ((accepts[at]! & came) !== 0) this.#reach(successors.next[at]!);
  }

  #return(block: number): void {
    const { setsOf, callersOf, functionOf, gives } = this.#table;
    const f = functionOf[block]!;
    const outcome = 1 << gives[block]!;
    if ((this.#passes[f]! & outcome) !== 0) return;
    this.#passes[f]! |= outcome;
    for (let at = setsOf.first[f]!; at < setsOf.first[f + 1]!; at++) {
      const set = setsOf.next[at]!;
      if ((this.#setPasses[set]! & outcome) !== 0) continue;
      this.#setPasses[set]! |= outcome;
      // A block that waits for another set looks again, finds it closed, and waits on.
      for (let call = callersOf.first[set]!; call < callersOf.first[set + 1]!; call++) {
        const block = callersOf.next[call]!;
        if (this.#passed[block] !== -1) this.#queue.push(block);
      }
    }
  }
}
