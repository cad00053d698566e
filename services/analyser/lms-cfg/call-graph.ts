/** Who calls whom. Target sets are nodes of their own: many callers of many targets would be a product of edges. */
import { type Adjacency, flood, PairList } from './adjacency.ts';
import { EventKind, type ProgramTable } from './program-table.ts';

export interface CallGraph {
  /** Functions by their numbers, then target sets by theirs. */
  readonly next: Adjacency;
  readonly previous: Adjacency;
}

export function callGraph(table: ProgramTable): CallGraph {
  const { functionCount, targetSetCount, targetSets, callersOf, functionOf } = table;
  const pairs = new PairList();
  for (let set = 0; set < targetSetCount; set++) {
    const node = functionCount + set;
    for (let at = targetSets.first[set]!; at < targetSets.first[set + 1]!; at++)
      pairs.push(node, targetSets.next[at]!);
    for (let at = callersOf.first[set]!; at < callersOf.first[set + 1]!; at++)
      pairs.push(functionOf[callersOf.next[at]!]!, node);
  }
  const nodes = functionCount + targetSetCount;
  return { next: pairs.adjacency(nodes), previous: pairs.reversed(nodes) };
}

/** Marks the given functions and all that call them, through any number of others. */
export function withCallers(table: ProgramTable, calls: CallGraph, functions: Iterable<number>): Uint8Array {
  const marks = new Uint8Array(table.functionCount + table.targetSetCount);
  flood(calls.previous, marks, functions);
  return marks.subarray(0, table.functionCount);
}

/** Functions that can print, themselves or through what they call. */
export function printingFunctions(table: ProgramTable, calls: CallGraph): Uint8Array {
  const direct: number[] = [];
  for (let block = 0; block < table.blockCount; block++) {
    for (let event = table.eventFirst[block]!; event < table.eventFirst[block + 1]!; event++) {
      if (table.eventKind[event] === EventKind.log) direct.push(table.functionOf[block]!);
    }
  }
  return withCallers(table, calls, direct);
}
