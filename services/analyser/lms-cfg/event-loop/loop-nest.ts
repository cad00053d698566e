/**
 * The loops in which a program prints, and which lies in which. A loop is a strongly connected part of a function's
 * block graph; what is left of it without the edges into its header holds the loops inside. That is the nest of
 * natural loops where control is structured, and a nest where it is not. It must not know syscalls.
 */
import { PairList } from '../adjacency.ts';
import { type PassSummary, setsWith } from '../pass-summary.ts';
import { EventKind, type ProgramTable } from '../program-table.ts';
import { strongComponents } from '../strong-components.ts';

export interface Loop {
  readonly function: number;
  readonly header: number;
  /** The loop around it; −1 for none. Always an earlier loop. */
  readonly parent: number;
  readonly blocks: readonly number[];
}

export interface LoopNest {
  readonly loops: readonly Loop[];
  /** Innermost loop that prints, by block; −1 outside of any. */
  readonly innermost: Int32Array;
}

/** Levels. Hand-written code has ten; what is deeper comes from a generator, and stays one loop. */
const nest_max = 32;

interface Part {
  readonly blocks: readonly number[];
  readonly parent: number;
  /** Its edges into this block don't count; −1 for none. */
  readonly header: number;
  readonly level: number;
}

export function loopNest(table: ProgramTable, printing: Uint8Array, returning: PassSummary): LoopNest {
  const prints = printingBlocks(table, setsWith(table, printing));
  const isTaken = takenEdges(table, returning);
  const innermost = new Int32Array(table.blockCount).fill(-1);
  const loops: Loop[] = [];
  const whole: number[] = [];
  for (let block = 0; block < table.blockCount; block++)
    if (printing[table.functionOf[block]!] === 1) whole.push(block);
  const parts: Part[] = [{ blocks: whole, parent: -1, header: -1, level: 0 }];
  const local = new Int32Array(table.blockCount).fill(-1);
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    for (const blocks of rings(table, isTaken, part, local)) {
      if (!blocks.some((block) => prints[block] === 1)) continue;
      const header = headerOf(table, blocks);
      const id = loops.length;
      loops.push({ function: table.functionOf[header]!, header, parent: part.parent, blocks });
      for (const block of blocks) innermost[block] = id;
      if (part.level < nest_max) parts.push({ blocks, parent: id, header, level: part.level + 1 });
    }
  }
  return { loops, innermost };
}

function printingBlocks(table: ProgramTable, printingSets: Uint8Array): Uint8Array {
  const prints = new Uint8Array(table.blockCount);
  for (let block = 0; block < table.blockCount; block++) {
    for (let event = table.eventFirst[block]!; event < table.eventFirst[block + 1]!; event++) {
      const kind = table.eventKind[event]!;
      const value = table.eventValue[event]!;
      if (kind === EventKind.log || (kind === EventKind.call && printingSets[value] === 1)) prints[block] = 1;
    }
  }
  return prints;
}

/**
 * By place in `successors.next`: whether control can go there. Not where a call of the block never comes back, nor
 * where it never has an outcome that leads there.
 */
function takenEdges(table: ProgramTable, returning: PassSummary): Uint8Array {
  const { successors, eventFirst, eventKind, eventValue, routes, accepts } = table;
  const isTaken = new Uint8Array(successors.next.length);
  for (let block = 0; block < table.blockCount; block++) {
    let came = ~0;
    for (let event = eventFirst[block]!; event < eventFirst[block + 1]! && came !== 0; event++)
      if (eventKind[event] === EventKind.call) came = returning.setPasses[eventValue[event]!]!;
    if (routes[block] === 0 && came !== 0) came = ~0;
    for (let at = successors.first[block]!; at < successors.first[block + 1]!; at++)
      if ((accepts[at]! & came) !== 0) isTaken[at] = 1;
  }
  return isTaken;
}

/** Blocks of each ring in a part, ascending. `local` is −1 everywhere, before and after. */
function rings(table: ProgramTable, isTaken: Uint8Array, part: Part, local: Int32Array): number[][] {
  const { first, next } = table.successors;
  const { blocks, header } = part;
  for (let index = 0; index < blocks.length; index++) local[blocks[index]!] = index;
  const pairs = new PairList();
  /** Blocks that are their own successors. */
  const own = new Set<number>();
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index]!;
    for (let at = first[block]!; at < first[block + 1]!; at++) {
      const target = next[at]!;
      if (isTaken[at] === 0 || local[target] === -1 || target === header) continue;
      pairs.push(index, local[target]!);
      if (target === block) own.add(block);
    }
  }
  for (const block of blocks) local[block] = -1;
  const { count, of } = strongComponents(pairs.adjacency(blocks.length));
  const sizes = new Uint32Array(count);
  for (let index = 0; index < blocks.length; index++) sizes[of[index]!]!++;
  const groups = new Map<number, number[]>();
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index]!;
    const ring = of[index]!;
    if (sizes[ring] === 1 && !own.has(block)) continue;
    const group = groups.get(ring);
    if (group === undefined) groups.set(ring, [block]);
    else group.push(block);
  }
  return [...groups.values()];
}

/** The first block that can be entered from outside of the loop. */
function headerOf(table: ProgramTable, blocks: readonly number[]): number {
  const inside = new Set(blocks);
  const { first, next } = table.predecessors;
  for (const block of blocks) {
    if (table.blockFirst[table.functionOf[block]!] === block) return block;
    for (let at = first[block]!; at < first[block + 1]!; at++) if (!inside.has(next[at]!)) return block;
  }
  return blocks[0]!;
}
