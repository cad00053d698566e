/**
 * Which loops handle events. It must not know what is printed, or when in a turn.
 *
 * 1. Every syscall elects one loop: the innermost one around it that prints. Where no loop of its function does, the
 *    calls of that function elect in its place, and so on up, at most BT callers (Algorithm 1 of the paper). A call
 *    that can run one of many functions says nothing of any of them, and elects none.
 * 2. A loop is as strong as the strongest syscall that elected it: it waits for work, it receives, or it does
 *    something else.
 * 3. Within a turn of an elected loop, a loop handles events of its own only if it waits, or is the stronger one:
 *    what only receives or does something else there is a data loop.
 * 4. A loop that does something else around one that waits or receives (a restart, a retry) is only its frame.
 */
import { type CallGraph, withCallers } from '../call-graph.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';
import { strongComponents } from '../strong-components.ts';
import type { Loop, LoopNest } from './loop-nest.ts';
import { Strength, strengthOf } from './syscall-strength.ts';

/** Functions that a call can run which elects for them. */
const targets_max = 5;

export interface EventLoop extends Loop {
  readonly strength: number;
}

export function electLoops(table: ProgramTable, calls: CallGraph, nest: LoopNest, bt: number): EventLoop[] {
  const election = new Election(table, calls, nest);
  election.vote(bt);
  return election.choose();
}

class Election {
  readonly #table: ProgramTable;
  readonly #calls: CallGraph;
  readonly #nest: LoopNest;
  /** By loop. */
  readonly #strength: Uint8Array;
  readonly #chosen = new Set<number>();
  /** Functions and target sets that run within a turn of a chosen loop. */
  readonly #inTurn: Uint8Array;
  /** Ring of the call graph by function: callers have higher numbers. */
  readonly #ring: Int32Array;
  /** Rings whose calls to others are marked already: whoever comes to one function of a ring comes to all. */
  readonly #knownRings = new Set<number>();

  constructor(table: ProgramTable, calls: CallGraph, nest: LoopNest) {
    this.#table = table;
    this.#calls = calls;
    this.#nest = nest;
    this.#strength = new Uint8Array(nest.loops.length);
    this.#inTurn = new Uint8Array(table.functionCount + table.targetSetCount);
    this.#ring = strongComponents(calls.next).of;
  }

  vote(bt: number): void {
    const { blockCount, eventFirst, eventKind, eventValue, syscalls } = this.#table;
    const strengths = syscalls.map(strengthOf);
    let pending = new Map<number, number>();
    for (let block = 0; block < blockCount; block++) {
      for (let event = eventFirst[block]!; event < eventFirst[block + 1]!; event++) {
        if (eventKind[event] === EventKind.syscall)
          this.#voteAt(block, strengths[eventValue[event]!]!, pending);
      }
    }
    // A function votes again only for something stronger.
    const voted = new Uint8Array(this.#table.functionCount);
    for (let caller = 0; caller < bt && pending.size > 0; caller++) {
      const next = new Map<number, number>();
      for (const [f, strength] of pending) {
        if (voted[f]! >= strength) continue;
        voted[f] = strength;
        for (const block of this.#callersOf(f)) this.#voteAt(block, strength, next);
      }
      pending = next;
    }
  }

  choose(): EventLoop[] {
    for (const level of [Strength.waits, Strength.receives, Strength.other]) {
      const isFrame = level === Strength.other ? this.#frames() : () => false;
      for (const loop of this.#candidates(level)) {
        if (level !== Strength.waits && this.#isInTurn(loop)) continue;
        if (isFrame(loop)) continue;
        this.#chosen.add(loop);
        this.#markTurn(loop);
      }
    }
    const ids = [...this.#chosen].sort((a, b) => a - b);
    return ids.map((id) => ({ ...this.#nest.loops[id]!, strength: this.#strength[id]! }));
  }

  #voteAt(block: number, strength: number, pending: Map<number, number>): void {
    const loop = this.#nest.innermost[block]!;
    if (loop >= 0) this.#strength[loop] = Math.max(this.#strength[loop]!, strength);
    else {
      const f = this.#table.functionOf[block]!;
      pending.set(f, Math.max(pending.get(f) ?? 0, strength));
    }
  }

  *#callersOf(f: number): Generator<number> {
    const { setsOf, callersOf, targetSets } = this.#table;
    for (let at = setsOf.first[f]!; at < setsOf.first[f + 1]!; at++) {
      const set = setsOf.next[at]!;
      if (targetSets.first[set + 1]! - targetSets.first[set]! > targets_max) continue;
      yield* callersOf.next.subarray(callersOf.first[set], callersOf.first[set + 1]);
    }
  }

  /** Callers first, the outer loop first. */
  #candidates(level: number): number[] {
    const loops = [...this.#nest.loops.keys()].filter((loop) => this.#strength[loop] === level);
    const ring = (loop: number): number => this.#ring[this.#nest.loops[loop]!.function]!;
    return loops.sort((a, b) => ring(b) - ring(a) || a - b);
  }

  #isInTurn(loop: number): boolean {
    const { loops } = this.#nest;
    if (this.#inTurn[loops[loop]!.function] === 1) return true;
    for (let outer = loops[loop]!.parent; outer >= 0; outer = loops[outer]!.parent)
      if (this.#chosen.has(outer)) return true;
    return false;
  }

  /** All that the loop calls. A function of its own recursion runs beside the loop as much as within it. */
  #markTurn(loop: number): void {
    const { functionCount } = this.#table;
    const own = this.#ring[this.#nest.loops[loop]!.function]!;
    const isKnown = this.#knownRings.has(own);
    const besides = new Set<number>();
    const queue = [...this.#setsIn(loop)].map((set) => functionCount + set);
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      if (this.#inTurn[node] === 1 || besides.has(node)) continue;
      if (this.#ring[node] !== own) this.#inTurn[node] = 1;
      else if (isKnown) continue;
      else besides.add(node);
      const { first, next } = this.#calls.next;
      for (let at = first[node]!; at < first[node + 1]!; at++) queue.push(next[at]!);
    }
    if (besides.size > 0) this.#knownRings.add(own);
  }

  /** Whether a loop has a chosen one within its turn. */
  #frames(): (loop: number) => boolean {
    const { loops } = this.#nest;
    const around = new Set<number>();
    for (const loop of this.#chosen)
      for (let outer = loops[loop]!.parent; outer >= 0; outer = loops[outer]!.parent) around.add(outer);
    const holders = [...this.#chosen].map((loop) => loops[loop]!.function);
    const holds = withCallers(this.#table, this.#calls, holders);
    const { first, next } = this.#table.targetSets;
    const leads = (set: number) => next.subarray(first[set], first[set + 1]).some((f) => holds[f] === 1);
    return (loop) => around.has(loop) || [...this.#setsIn(loop)].some(leads);
  }

  *#setsIn(loop: number): Generator<number> {
    const { eventFirst, eventKind, eventValue } = this.#table;
    for (const block of this.#nest.loops[loop]!.blocks) {
      for (let event = eventFirst[block]!; event < eventFirst[block + 1]!; event++)
        if (eventKind[event] === EventKind.call) yield eventValue[event]!;
    }
  }
}
