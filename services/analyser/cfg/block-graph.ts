/** Basic blocks of one function. It must not know values: the targets of computed jumps are given. */
import { type MicroOps, Op } from '../disasm/micro-op.ts';
import { firstAt } from './function-finder.ts';
import type { MachineFunction } from './machine-function.ts';

export interface BlockGraph {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly successors: readonly (readonly number[])[];
  /** Control can leave to the caller at the end of it: a return, a tail call or a jump that nobody resolved. */
  readonly leaves: readonly boolean[];
}

/** Operation indexes that some computed jump goes to, by the jump's operation index. */
export type JumpTargets = ReadonlyMap<number, readonly number[]>;

export interface BlockFacts {
  readonly jumpTargets: JumpTargets;
  /** Whether the call (or jump to another function) at this operation never comes back. */
  endsAtCall(at: number): boolean;
}

/** The operation that an address in the function stands for; undefined outside of it. */
export function opAt(ops: MicroOps, fn: MachineFunction, address: number): number | undefined {
  for (const range of fn.ranges) {
    if (address < range.address || address >= range.end) continue;
    const at = firstAt(ops, range.from, range.to, address);
    return at < range.to ? at : undefined;
  }
  return undefined;
}

export function blockGraph(ops: MicroOps, fn: MachineFunction, facts: BlockFacts): BlockGraph {
  const leaders = findLeaders(ops, fn, facts);
  const from: number[] = [];
  const to: number[] = [];
  const blockAt = new Map<number, number>();
  for (const range of fn.ranges) {
    for (let at = range.from; at < range.to; at++) {
      if (at !== range.from && !leaders.has(at)) continue;
      blockAt.set(at, from.length);
      from.push(at);
      if (to.length < from.length - 1) to.push(at);
    }
    if (to.length < from.length) to.push(range.to);
  }
  const successors: number[][] = [];
  const leaves: boolean[] = [];
  for (let block = 0; block < from.length; block++) {
    const { next, leaving } = follow(ops, fn, facts, to[block]! - 1);
    // What follows in the operations follows in memory within a range only.
    const blocks = next.map((at) => blockAt.get(at)).filter((b) => b !== undefined);
    // A condition can lead to what follows it either way; a table's targets are distinct.
    successors.push(blocks.length === 2 && blocks[0] === blocks[1] ? [blocks[0]!] : blocks);
    leaves.push(leaving);
  }
  return { from, to, successors, leaves };
}

function findLeaders(ops: MicroOps, fn: MachineFunction, facts: BlockFacts): Set<number> {
  const leaders = new Set<number>();
  for (const { from, to } of fn.ranges) {
    for (let at = from; at < to; at++) {
      const op = ops.op[at]!;
      if (op === Op.jump || op === Op.jumpIf) {
        const target = opAt(ops, fn, ops.imm[at]!);
        if (target !== undefined) leaders.add(target);
      }
      const ends = (op >= Op.jump && op <= Op.ret) || op === Op.halt;
      if (ends || (isNamedCall(op) && facts.endsAtCall(at))) leaders.add(at + 1);
    }
  }
  for (const targets of facts.jumpTargets.values()) for (const target of targets) leaders.add(target);
  return leaders;
}

/** Of something that may have a name: an import is called through the slot that the loader fills, too. */
function isNamedCall(op: number): boolean {
  return op === Op.call || op === Op.callMemory;
}

/** Where control can be after the operation at `last`. */
function follow(ops: MicroOps, fn: MachineFunction, facts: BlockFacts, last: number) {
  const op = ops.op[last]!;
  const inRange = fn.ranges.some((range) => last + 1 > range.from && last + 1 < range.to);
  switch (op) {
    case Op.ret:
      return { next: [], leaving: true };
    case Op.halt:
      return { next: [], leaving: false };
    case Op.jump:
    case Op.jumpIf: {
      const target = opAt(ops, fn, ops.imm[last]!);
      const next = target === undefined ? [] : [target];
      if (op === Op.jumpIf && inRange) next.push(last + 1);
      return { next, leaving: target === undefined && !facts.endsAtCall(last) };
    }
    case Op.jumpRegister:
    case Op.jumpMemory: {
      const next = facts.jumpTargets.get(last);
      return { next: next ?? [], leaving: next === undefined && !facts.endsAtCall(last) };
    }
    case Op.call:
    case Op.callMemory:
      if (facts.endsAtCall(last)) return { next: [], leaving: false };
  }
  return inRange ? { next: [last + 1], leaving: false } : { next: [], leaving: true };
}
