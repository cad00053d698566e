/** What can come first in a turn of a loop: its first lines, and the first calls by which it waits. */
import { type PassSummary, passSummary, setsWith } from '../pass-summary.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';
import type { EventLoop } from './loop-election.ts';
import { addBit, emptyBits, type SyscallBits } from './silent-syscalls.ts';
import { Strength, strengthOf } from './syscall-strength.ts';
import type { TurnSummaries } from './turn-marks.ts';

/** What a walk from the header looks for. */
interface Search {
  /** Whether the walk ends at an event that is no call. */
  meets(kind: number, value: number): boolean;
  /** Target sets worth going into, and those that can be passed without meeting anything. */
  readonly enters: Uint8Array;
  readonly passes: Uint8Array;
}

export class TurnBegin {
  readonly #table: ProgramTable;
  readonly #lines: Search;
  readonly #waits = new Map<number, Search>();
  readonly #strengths: readonly number[];
  /** Number of the last walk that came by, by block: within the loop, and in what it calls. */
  readonly #inside: Uint32Array;
  readonly #called: Uint32Array;
  readonly #isInLoop: Uint8Array;
  #walk = 0;

  constructor(table: ProgramTable, { printing, silent }: TurnSummaries) {
    this.#table = table;
    this.#strengths = table.syscalls.map(strengthOf);
    this.#inside = new Uint32Array(table.blockCount);
    this.#called = new Uint32Array(table.blockCount);
    this.#isInLoop = new Uint8Array(table.blockCount);
    this.#lines = {
      meets: (kind) => kind === EventKind.log,
      enters: setsWith(table, printing),
      passes: silent.setPasses,
    };
  }

  firstSites(loop: EventLoop): Set<number> {
    const { first, next } = this.#table.siteSets;
    const sites = new Set<number>();
    this.#search(loop, this.#lines, (_, set) => {
      for (let at = first[set]!; at < first[set + 1]!; at++) sites.add(next[at]!);
    });
    return sites;
  }

  /** Calls by which a turn can wait (or receive, where that is all the loop does) before it prints. */
  nextWaits(loop: EventLoop): SyscallBits {
    const bits = emptyBits(this.#table);
    if (loop.strength === Strength.other) return bits;
    this.#search(loop, this.#waitSearch(loop.strength), (kind, value) => {
      if (kind === EventKind.syscall) addBit(bits, value);
    });
    return bits;
  }

  #waitSearch(strength: number): Search {
    const known = this.#waits.get(strength);
    if (known !== undefined) return known;
    const isWait = (kind: number, value: number): boolean =>
      kind === EventKind.syscall && this.#strengths[value]! >= strength;
    const meets = (kind: number, value: number): boolean => kind === EventKind.log || isWait(kind, value);
    const quiet: PassSummary = passSummary(this.#table, meets);
    const enters = new Uint8Array(this.#table.targetSetCount).fill(1);
    const search = { meets, enters, passes: quiet.setPasses };
    this.#waits.set(strength, search);
    return search;
  }

  #search(loop: EventLoop, search: Search, found: (kind: number, value: number) => void): void {
    const { successors, blockFirst, targetSets } = this.#table;
    const walk = ++this.#walk;
    for (const block of loop.blocks) this.#isInLoop[block] = 1;
    this.#inside[loop.header] = walk;
    const inside: number[] = [loop.header];
    const called: number[] = [];
    const call = (set: number): void => {
      for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++) {
        const entry = blockFirst[targetSets.next[at]!]!;
        if (this.#called[entry] === walk) continue;
        this.#called[entry] = walk;
        called.push(entry);
      }
    };
    const spread = (block: number, stamps: Uint32Array, queue: number[]): void => {
      for (let at = successors.first[block]!; at < successors.first[block + 1]!; at++) {
        const next = successors.next[at]!;
        if (stamps[next] === walk || (queue === inside && this.#isInLoop[next] === 0)) continue;
        stamps[next] = walk;
        queue.push(next);
      }
    };
    while (inside.length + called.length > 0) {
      const block = inside.pop();
      if (block !== undefined) {
        if (this.#passes(block, search, found, call)) spread(block, this.#inside, inside);
      } else {
        const other = called.pop()!;
        if (this.#passes(other, search, found, call)) spread(other, this.#called, called);
      }
    }
    for (const block of loop.blocks) this.#isInLoop[block] = 0;
  }

  /** Whether the end of the block is reached. */
  #passes(
    block: number,
    search: Search,
    found: (kind: number, value: number) => void,
    call: (set: number) => void,
  ): boolean {
    const { eventFirst, eventKind, eventValue } = this.#table;
    for (let event = eventFirst[block]!; event < eventFirst[block + 1]!; event++) {
      const kind = eventKind[event]!;
      const value = eventValue[event]!;
      if (kind === EventKind.call) {
        if (search.enters[value] === 1) call(value);
        if (search.passes[value] === 0) return false;
      } else if (search.meets(kind, value)) {
        found(kind, value);
        return false;
      }
    }
    return true;
  }
}
