/**
 * Syscalls that functions make on some of their ways, with those of what they call there: on the ways from entry to
 * return without a line, or first of all. It must not know loops.
 */
import { type Adjacency, PairList } from '../adjacency.ts';
import type { PassSummary } from '../pass-summary.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';
import { emptyBits, type SyscallBits, SyscallRows } from './syscall-bits.ts';

/** By target set. */
export type MadeSyscalls = (set: number) => SyscallBits;

/** On the ways from entry to return that `silent` passes. */
export function syscallsThrough(table: ProgramTable, silent: PassSummary): MadeSyscalls {
  const onWay = blocksToReturn(table, silent);
  const events = (block: number): number => table.eventFirst[block + 1]! - table.eventFirst[block]!;
  return made(table, (block) => (onWay[block] === 1 ? events(block) : 0));
}

/** The ones at which the ways from the entry end that `quiet` passes. */
export function syscallsFirst(
  table: ProgramTable,
  quiet: PassSummary,
  isMet: (syscall: number) => boolean,
): MadeSyscalls {
  // One more than was passed: the event at which a way ended.
  return made(table, (block) => quiet.passed[block]! + 1, isMet);
}

function made(
  table: ProgramTable,
  eventsIn: (block: number) => number,
  counts: (syscall: number) => boolean = () => true,
): MadeSyscalls {
  const { blockCount, eventFirst, eventKind, eventValue, functionOf } = table;
  const byFunction = new SyscallRows(table, table.functionCount);
  const calls = new PairList();
  for (let block = blockCount - 1; block >= 0; block--) {
    const end = Math.min(eventFirst[block + 1]!, eventFirst[block]! + eventsIn(block));
    for (let event = eventFirst[block]!; event < end; event++) {
      const value = eventValue[event]!;
      if (eventKind[event] === EventKind.call) calls.push(value, functionOf[block]!);
      else if (eventKind[event] === EventKind.syscall && counts(value))
        byFunction.addOne(functionOf[block]!, value);
    }
  }
  const bySet = spread(table, calls.adjacency(table.targetSetCount), byFunction);
  return (set) => bySet[set]!;
}

/** Until nothing is new: a function hands what it makes on to the sets that it is in, and they to their callers. */
function spread(table: ProgramTable, callers: Adjacency, byFunction: SyscallRows): readonly SyscallBits[] {
  const { targetSets, setsOf, targetSetCount, functionCount } = table;
  const sets: SyscallBits[] = [];
  for (let set = 0; set < targetSetCount; set++) {
    const bits = emptyBits(table);
    for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++)
      byFunction.addTo(bits, targetSets.next[at]!);
    sets.push(bits);
  }
  const queue: number[] = Array.from({ length: functionCount }, (_, f) => f);
  const isQueued = new Uint8Array(functionCount).fill(1);
  const tell = (set: number): void => {
    for (let at = callers.first[set]!; at < callers.first[set + 1]!; at++) {
      const f = callers.next[at]!;
      if (!byFunction.add(f, sets[set]!) || isQueued[f] === 1) continue;
      isQueued[f] = 1;
      queue.push(f);
    }
  };
  for (let set = 0; set < targetSetCount; set++) tell(set);
  for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
    isQueued[f] = 0;
    for (let at = setsOf.first[f]!; at < setsOf.first[f + 1]!; at++) {
      const set = setsOf.next[at]!;
      if (byFunction.addTo(sets[set]!, f)) tell(set);
    }
  }
  return sets;
}

function blocksToReturn(table: ProgramTable, { passed }: PassSummary): Uint8Array {
  const { blockCount, eventFirst, returns, predecessors } = table;
  const marks = new Uint8Array(blockCount);
  const queue: number[] = [];
  const mark = (block: number): void => {
    const isPassed = passed[block] === eventFirst[block + 1]! - eventFirst[block]!;
    if (marks[block] === 1 || !isPassed) return;
    marks[block] = 1;
    queue.push(block);
  };
  for (let block = 0; block < blockCount; block++) if (returns[block] === 1) mark(block);
  for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
    for (let at = predecessors.first[block]!; at < predecessors.first[block + 1]!; at++)
      mark(predecessors.next[at]!);
  }
  return marks;
}
