/**
 * What can come last in a turn of a loop: its last lines, and the syscalls between each of them and the turn's end.
 * Walks backwards from the edges into the header, down into what the loop calls, and carries the syscalls it passes.
 */
import { setsWith } from '../pass-summary.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';
import type { EventLoop } from './loop-election.ts';
import type { MadeSyscalls } from './made-syscalls.ts';
import { addBit, addBits, emptyBits, type SyscallBits } from './syscall-bits.ts';
import type { TurnSummaries } from './turn-marks.ts';

/** What can follow the end of a block in the turn. */
interface After {
  readonly syscalls: SyscallBits;
  /** Outcomes of the call that is its last event, as bits. */
  outcomes: number;
}

/** By block, within the loop or in what it calls. */
type Ends = Map<number, After>;

export class TurnEnd {
  readonly #table: ProgramTable;
  readonly #summaries: TurnSummaries;
  readonly #through: MadeSyscalls;
  readonly #printingSets: Uint8Array;
  /** Returning blocks by function. */
  readonly #returning: Map<number, number[]> = new Map();
  #inside: Ends = new Map();
  /** Of all loops at once: a line's syscalls are the union over loops, whatever the order. */
  readonly #called: Ends = new Map();
  readonly #sites = new Map<number, SyscallBits>();
  /** Blocks whose end is to be looked at, twice their number; one more within the loop. */
  readonly #queue: number[] = [];
  readonly #isQueued: Uint8Array;
  /** Of the block at hand: whoever keeps it takes a copy. */
  readonly #after: SyscallBits;

  constructor(table: ProgramTable, summaries: TurnSummaries, through: MadeSyscalls) {
    this.#table = table;
    this.#summaries = summaries;
    this.#through = through;
    this.#printingSets = setsWith(table, summaries.printing);
    this.#isQueued = new Uint8Array(2 * table.blockCount);
    this.#after = emptyBits(table);
    for (let block = 0; block < table.blockCount; block++) {
      if (table.returns[block] === 0) continue;
      const f = table.functionOf[block]!;
      const list = this.#returning.get(f);
      if (list === undefined) this.#returning.set(f, [block]);
      else list.push(block);
    }
  }

  /** By site: the syscalls after the last lines of the loops seen so far. */
  get ends(): ReadonlyMap<number, SyscallBits> {
    return this.#sites;
  }

  /** `next`: what the loop does first in its next turn. */
  addEnds(loop: EventLoop, next: SyscallBits): void {
    const blocks = new Set(loop.blocks);
    this.#inside = new Map();
    this.#spread(loop.header, next, true, blocks);
    for (let end = this.#queue.pop(); end !== undefined; end = this.#queue.pop()) {
      this.#isQueued[end] = 0;
      const block = end >>> 1;
      const isInside = end % 2 === 1;
      const known = (isInside ? this.#inside : this.#called).get(block)!;
      const after = this.#after;
      after.set(known.syscalls);
      if (!this.#walkBack(block, after, known.outcomes)) continue;
      // What comes before the header belongs to the turn before.
      if (isInside && block === loop.header) continue;
      this.#spread(block, after, isInside, blocks);
    }
  }

  /** Adds what precedes the events of a block to `after`; whether its beginning is reached. */
  #walkBack(block: number, after: SyscallBits, outcomesAtEnd: number): boolean {
    const { eventFirst, eventKind, eventValue } = this.#table;
    const last = eventFirst[block + 1]! - 1;
    for (let event = last; event >= eventFirst[block]!; event--) {
      const value = eventValue[event]!;
      const outcomes = event === last ? outcomesAtEnd : ~0;
      switch (eventKind[event]) {
        case EventKind.syscall:
          addBit(after, value);
          break;
        case EventKind.log:
          this.#print(value, after);
          return false;
        default:
          if (this.#printingSets[value] === 1) this.#enter(value, after, outcomes);
          if ((this.#summaries.silent.setPasses[value]! & outcomes) === 0) return false;
          addBits(after, this.#through(value));
      }
    }
    return true;
  }

  #print(set: number, after: SyscallBits): void {
    const { first, next } = this.#table.siteSets;
    for (let at = first[set]!; at < first[set + 1]!; at++) {
      const known = this.#sites.get(next[at]!);
      if (known === undefined) this.#sites.set(next[at]!, after.slice());
      else addBits(known, after);
    }
  }

  #enter(set: number, after: SyscallBits, outcomes: number): void {
    const { gives } = this.#table;
    const { first, next } = this.#table.targetSets;
    for (let at = first[set]!; at < first[set + 1]!; at++) {
      const target = next[at]!;
      if (this.#summaries.printing[target] === 0) continue;
      for (const block of this.#returning.get(target) ?? [])
        if (((1 << gives[block]!) & outcomes) !== 0) this.#reach(block, after, ~0, false);
    }
  }

  #spread(block: number, before: SyscallBits, isInside: boolean, loop: ReadonlySet<number>): void {
    const { first, next } = this.#table.predecessors;
    for (let at = first[block]!; at < first[block + 1]!; at++) {
      if (isInside && !loop.has(next[at]!)) continue;
      this.#reach(next[at]!, before, outcomesTo(this.#table, next[at]!, block), isInside);
    }
  }

  /** Looks again only where something is new: the syscalls are finite, so this ends. */
  #reach(block: number, after: SyscallBits, outcomes: number, isInside: boolean): void {
    const ends = isInside ? this.#inside : this.#called;
    const known = ends.get(block);
    if (known === undefined) ends.set(block, { syscalls: after.slice(), outcomes });
    else {
      const isNew = (outcomes & ~known.outcomes) !== 0;
      known.outcomes |= outcomes;
      if (!addBits(known.syscalls, after) && !isNew) return;
    }
    const end = 2 * block + (isInside ? 1 : 0);
    if (this.#isQueued[end] === 1) return;
    this.#isQueued[end] = 1;
    this.#queue.push(end);
  }
}

/** Outcomes of a block's last event with which control goes from there to another, as bits. */
function outcomesTo({ successors, accepts }: ProgramTable, from: number, to: number): number {
  let outcomes = 0;
  for (let at = successors.first[from]!; at < successors.first[from + 1]!; at++)
    if (successors.next[at] === to) outcomes |= accepts[at]!;
  return outcomes;
}
