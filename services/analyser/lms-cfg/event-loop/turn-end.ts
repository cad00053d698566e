/**
 * What can come last in a turn of a loop: its last lines, and the syscalls between each of them and the turn's end.
 * Walks backwards from the edges into the header, down into what the loop calls, and carries the syscalls it passes.
 */
import { type Adjacency, PairList } from '../adjacency.ts';
import { setsWith } from '../pass-summary.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';
import type { EventLoop } from './loop-election.ts';
import type { MadeSyscalls } from './made-syscalls.ts';
import { addBit, addBits, emptyBits, type SyscallBits, SyscallRows } from './syscall-bits.ts';
import type { TurnSummaries } from './turn-marks.ts';

/** What can follow the ends of blocks in the turn: syscalls, and outcomes of the call that is a block's last event. */
class BlockEnds {
  /** By block: one more than its row; 0 where it is not known. */
  readonly #rows: Uint32Array;
  readonly #blocks: number[] = [];
  readonly #syscalls: SyscallRows;
  /** By row, as bits. */
  readonly #outcomes: number[] = [];

  constructor(table: ProgramTable) {
    this.#rows = new Uint32Array(table.blockCount);
    this.#syscalls = new SyscallRows(table, 1 << 8);
  }

  /** Whether anything of it is new. */
  add(block: number, syscalls: SyscallBits, outcomes: number): boolean {
    const known = this.#rows[block]!;
    if (known === 0) {
      this.#rows[block] = this.#blocks.push(block);
      this.#outcomes.push(outcomes);
      this.#syscalls.add(this.#blocks.length - 1, syscalls);
      return true;
    }
    const isNew = (outcomes & ~this.#outcomes[known - 1]!) !== 0;
    this.#outcomes[known - 1]! |= outcomes;
    return this.#syscalls.add(known - 1, syscalls) || isNew;
  }

  outcomes(block: number): number {
    return this.#outcomes[this.#rows[block]! - 1]!;
  }

  addTo(syscalls: SyscallBits, block: number): void {
    this.#syscalls.addTo(syscalls, this.#rows[block]! - 1);
  }

  clear(): void {
    for (const block of this.#blocks) this.#rows[block] = 0;
    this.#syscalls.clear(this.#blocks.length);
    this.#blocks.length = 0;
    this.#outcomes.length = 0;
  }
}

export class TurnEnd {
  readonly #table: ProgramTable;
  readonly #summaries: TurnSummaries;
  readonly #through: MadeSyscalls;
  readonly #printingSets: Uint8Array;
  /** By function: blocks that return. */
  readonly #returning: Adjacency;
  /** By place in `predecessors.next`: outcomes with which control comes from there, as bits. */
  readonly #comesWith: Uint32Array;
  /** By target set and outcomes (`handKey`): what follows a return with one of them, as far as it was handed on. */
  readonly #handedOn = new Map<number, SyscallBits>();
  /** Of the loop at hand. */
  readonly #inside: BlockEnds;
  readonly #isInLoop: Uint8Array;
  /** Of all loops at once: a line's syscalls are the union over loops, whatever the order. */
  readonly #called: BlockEnds;
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
    this.#isInLoop = new Uint8Array(table.blockCount);
    this.#after = emptyBits(table);
    this.#inside = new BlockEnds(table);
    this.#called = new BlockEnds(table);
    this.#comesWith = comesWith(table);
    const returning = new PairList();
    for (let block = 0; block < table.blockCount; block++)
      if (table.returns[block] === 1) returning.push(table.functionOf[block]!, block);
    this.#returning = returning.adjacency(table.functionCount);
  }

  /** By site: the syscalls after the last lines of the loops seen so far. */
  get ends(): ReadonlyMap<number, SyscallBits> {
    return this.#sites;
  }

  /** `next`: what the loop does first in its next turn. */
  addEnds(loop: EventLoop, next: SyscallBits): void {
    for (const block of loop.blocks) this.#isInLoop[block] = 1;
    this.#spread(loop.header, next, true);
    for (let end = this.#queue.pop(); end !== undefined; end = this.#queue.pop()) {
      this.#isQueued[end] = 0;
      const block = end >>> 1;
      const isInside = end % 2 === 1;
      const known = isInside ? this.#inside : this.#called;
      const after = this.#after.fill(0);
      known.addTo(after, block);
      if (!this.#walkBack(block, after, known.outcomes(block))) continue;
      // What comes before the header belongs to the turn before.
      if (isInside && block === loop.header) continue;
      this.#spread(block, after, isInside);
    }
    for (const block of loop.blocks) this.#isInLoop[block] = 0;
    this.#inside.clear();
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
    if (!this.#handsOn(set, after, outcomes)) return;
    const { gives, targetSets } = this.#table;
    for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++) {
      const target = targetSets.next[at]!;
      if (this.#summaries.printing[target] === 0) continue;
      const { first, next } = this.#returning;
      for (let i = first[target]!; i < first[target + 1]!; i++)
        if (((1 << gives[next[i]!]!) & outcomes) !== 0) this.#reach(next[i]!, after, ~0, false);
    }
  }

  /** Many calls share a set of many functions: what one call has handed on to them, another one need not. */
  #handsOn(set: number, after: SyscallBits, outcomes: number): boolean {
    const { first } = this.#table.targetSets;
    if (first[set + 1]! - first[set]! < shared_min) return true;
    const key = handKey(set, outcomes);
    const known = this.#handedOn.get(key);
    if (known !== undefined) return addBits(known, after);
    this.#handedOn.set(key, after.slice());
    return true;
  }

  #spread(block: number, before: SyscallBits, isInside: boolean): void {
    const { first, next } = this.#table.predecessors;
    for (let at = first[block]!; at < first[block + 1]!; at++) {
      if (isInside && this.#isInLoop[next[at]!] === 0) continue;
      this.#reach(next[at]!, before, this.#comesWith[at]!, isInside);
    }
  }

  /** Looks again only where something is new: the syscalls are finite, so this ends. */
  #reach(block: number, after: SyscallBits, outcomes: number, isInside: boolean): void {
    if (!(isInside ? this.#inside : this.#called).add(block, after, outcomes)) return;
    const end = 2 * block + (isInside ? 1 : 0);
    if (this.#isQueued[end] === 1) return;
    this.#isQueued[end] = 1;
    this.#queue.push(end);
  }
}

/** Functions of a set from which on it is worth while to know what it was handed. */
const shared_min = 3;

function handKey(set: number, outcomes: number): number {
  return set * 2 ** 32 + (outcomes >>> 0);
}

function comesWith({ blockCount, successors, predecessors, accepts }: ProgramTable): Uint32Array {
  const places = predecessors.first.slice(0, blockCount);
  const found = new Uint32Array(accepts.length);
  for (let at = 0; at < accepts.length; at++) {
    const place = places[successors.next[at]!]!++;
    found[place] = accepts[at]!;
  }
  return found;
}
