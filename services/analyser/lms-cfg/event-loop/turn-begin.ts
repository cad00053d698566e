/** What can come first in a turn of a loop: its first lines, and the calls by which it waits before it prints. */
import { passSummary, setsWith } from '../pass-summary.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';
import type { EventLoop } from './loop-election.ts';
import { type MadeSyscalls, syscallsFirst } from './made-syscalls.ts';
import { addBit, addBits, emptyBits, type SyscallBits } from './syscall-bits.ts';
import { Strength, strengthOf } from './syscall-strength.ts';
import type { TurnSummaries } from './turn-marks.ts';

/** Whether the walk passes an event. */
type Visit = (kind: number, value: number) => boolean;

export class TurnBegin {
  /** By site: the first lines of the loops seen so far. */
  readonly starts: Uint8Array;
  readonly #table: ProgramTable;
  readonly #summaries: TurnSummaries;
  readonly #printingSets: Uint8Array;
  readonly #strengths: readonly number[];
  readonly #waits = new Map<number, Visit>();
  #met: SyscallBits;
  /** What loops call is walked once: where it leads doesn't depend on the loop. */
  readonly #called: Uint8Array;
  readonly #queue: number[] = [];

  constructor(table: ProgramTable, summaries: TurnSummaries) {
    this.#table = table;
    this.#summaries = summaries;
    this.starts = new Uint8Array(table.siteCount);
    this.#printingSets = setsWith(table, summaries.printing);
    this.#strengths = table.syscalls.map(strengthOf);
    this.#met = emptyBits(table);
    this.#called = new Uint8Array(table.blockCount);
  }

  addStarts(loop: EventLoop): void {
    this.#walkLoop(loop, this.#visitLine);
    const { first, next } = this.#table.successors;
    for (let block = this.#queue.pop(); block !== undefined; block = this.#queue.pop()) {
      if (!this.#passes(block, this.#visitLine)) continue;
      for (let at = first[block]!; at < first[block + 1]!; at++)
        if (this.#leads(block, at)) this.#enter(next[at]!);
    }
  }

  /** Calls by which a turn waits (or receives, where that is all the loop does) before it prints. */
  nextWaits(loop: EventLoop): SyscallBits {
    this.#met = emptyBits(this.#table);
    if (loop.strength !== Strength.other) this.#walkLoop(loop, this.#waitVisit(loop.strength));
    return this.#met;
  }

  readonly #visitLine: Visit = (kind, value) => {
    const { siteSets, targetSets, blockFirst } = this.#table;
    if (kind === EventKind.log) {
      for (let at = siteSets.first[value]!; at < siteSets.first[value + 1]!; at++)
        this.starts[siteSets.next[at]!] = 1;
      return false;
    }
    if (kind !== EventKind.call) return true;
    if (this.#printingSets[value] === 1) {
      for (let at = targetSets.first[value]!; at < targetSets.first[value + 1]!; at++)
        this.#enter(blockFirst[targetSets.next[at]!]!);
    }
    return this.#summaries.silent.setPasses[value] !== 0;
  };

  #enter(block: number): void {
    if (this.#called[block] === 1) return;
    this.#called[block] = 1;
    this.#queue.push(block);
  }

  #waitVisit(strength: number): Visit {
    const known = this.#waits.get(strength);
    if (known !== undefined) return known;
    const isWait = (syscall: number): boolean => this.#strengths[syscall]! >= strength;
    const stops = (kind: number, value: number): boolean =>
      kind === EventKind.log || (kind === EventKind.syscall && isWait(value));
    const quiet = passSummary(this.#table, stops);
    const first: MadeSyscalls = syscallsFirst(this.#table, quiet, isWait);
    const visit: Visit = (kind, value) => {
      if (kind === EventKind.call) {
        addBits(this.#met, first(value));
        return quiet.setPasses[value] !== 0;
      }
      if (kind === EventKind.syscall && isWait(value)) addBit(this.#met, value);
      return !stops(kind, value);
    };
    this.#waits.set(strength, visit);
    return visit;
  }

  #walkLoop({ blocks, header }: EventLoop, visit: Visit): void {
    const { first, next } = this.#table.successors;
    const unseen = new Set(blocks);
    unseen.delete(header);
    const queue = [header];
    for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
      if (!this.#passes(block, visit)) continue;
      for (let at = first[block]!; at < first[block + 1]!; at++)
        if (this.#leads(block, at) && unseen.delete(next[at]!)) queue.push(next[at]!);
    }
  }

  /** Whether control comes to a successor without a line in the call that is the block's last event. */
  #leads(block: number, at: number): boolean {
    const { routes, accepts, eventFirst, eventValue } = this.#table;
    if (routes[block] === 0) return true;
    return (this.#summaries.silent.setPasses[eventValue[eventFirst[block + 1]! - 1]!]! & accepts[at]!) !== 0;
  }

  #passes(block: number, visit: Visit): boolean {
    const { eventFirst, eventKind, eventValue } = this.#table;
    for (let event = eventFirst[block]!; event < eventFirst[block + 1]!; event++)
      if (!visit(eventKind[event]!, eventValue[event]!)) return false;
    return true;
  }
}
