/**
 * Syscalls that functions make on some of their ways, with those of what they call there: on the ways from entry to
 * return without a line, or first of all. It must not know loops.
 */
import type { PassSummary } from '../pass-summary.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';
import { addBit, addBits, emptyBits, type SyscallBits } from './syscall-bits.ts';

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
  const { blockCount, eventFirst, eventKind, eventValue, functionOf, targetSets } = table;
  const words = emptyBits(table).length;
  const all = new Uint32Array(words * table.functionCount);
  const bitsOf = (f: number): SyscallBits => all.subarray(words * f, words * (f + 1));
  const union = (set: number): SyscallBits => {
    const bits = emptyBits(table);
    for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++)
      addBits(bits, bitsOf(targetSets.next[at]!));
    return bits;
  };
  const calls: { f: number; set: number }[] = [];
  for (let block = blockCount - 1; block >= 0; block--) {
    const end = Math.min(eventFirst[block + 1]!, eventFirst[block]! + eventsIn(block));
    for (let event = eventFirst[block]!; event < end; event++) {
      const value = eventValue[event]!;
      if (eventKind[event] === EventKind.call) calls.push({ f: functionOf[block]!, set: value });
      else if (eventKind[event] === EventKind.syscall && counts(value))
        addBit(bitsOf(functionOf[block]!), value);
    }
  }
  const cache = spread(table, calls, bitsOf, union);
  return (set) => cache[set]!;
}

/** Until nothing is new: a function hands what it makes on to the sets that it is in, and they to their callers. */
function spread(
  { setsOf, targetSetCount, functionCount }: ProgramTable,
  calls: readonly { f: number; set: number }[],
  bitsOf: (f: number) => SyscallBits,
  union: (set: number) => SyscallBits,
): readonly SyscallBits[] {
  const callers: number[][] = Array.from({ length: targetSetCount }, () => []);
  for (const { f, set } of calls) callers[set]!.push(f);
  const sets = Array.from({ length: targetSetCount }, (_, set) => union(set));
  const queue: number[] = Array.from({ length: functionCount }, (_, f) => f);
  const isQueued = new Uint8Array(functionCount).fill(1);
  const tell = (set: number): void => {
    for (const f of callers[set]!) {
      if (!addBits(bitsOf(f), sets[set]!) || isQueued[f] === 1) continue;
      isQueued[f] = 1;
      queue.push(f);
    }
  };
  for (let set = 0; set < targetSetCount; set++) tell(set);
  for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
    isQueued[f] = 0;
    for (let at = setsOf.first[f]!; at < setsOf.first[f + 1]!; at++) {
      const set = setsOf.next[at]!;
      if (addBits(sets[set]!, bitsOf(f))) tell(set);
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
