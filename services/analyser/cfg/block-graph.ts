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
  /** By place among the leaders; -1 of those that lie in no range, and of each but for the first time. */
  const blocks = new Int32Array(leaders.length).fill(-1);
  for (const range of fn.ranges) {
    for (let i = placeOf(leaders, range.from); i < leaders.length && leaders[i]! < range.to; i++) {
      const at = leaders[i]!;
      if (at === leaders[i - 1]) continue;
      blocks[i] = from.length;
      from.push(at);
      if (to.length < from.length - 1) to.push(at);
    }
    if (to.length < from.length) to.push(range.to);
  }
  const blockAt = (at: number): number => blocks[placeOf(leaders, at)] ?? -1;
  const successors: (readonly number[])[] = [];
  const leaves: boolean[] = [];
  for (let block = 0; block < from.length; block++) {
    const last = to[block]! - 1;
    // What follows in the operations follows in memory within a range only.
    const behind = isWithin(fn, last + 1) ? block + 1 : -1;
    const target = jumpTarget(ops, fn, last);
    const next = target === undefined ? -1 : blockAt(target);
    successors.push(follow(ops, facts, last, next, behind, blockAt));
    leaves.push(canLeave(ops, facts, last, target, behind));
  }
  return { from, to, successors, leaves };
}

export function predecessorsOf({ successors }: BlockGraph): number[][] {
  const predecessors: number[][] = successors.map(() => []);
  for (let block = 0; block < successors.length; block++) {
    const nexts = successors[block]!;
    for (let at = 0; at < nexts.length; at++) predecessors[nexts[at]!]!.push(block);
  }
  return predecessors;
}

/** Operations at which blocks begin, ascending, some of them more than once. */
function findLeaders(ops: MicroOps, fn: MachineFunction, facts: BlockFacts): Int32Array {
  const leaders: number[] = [];
  for (const { from, to } of fn.ranges) {
    leaders.push(from);
    for (let at = from; at < to; at++) {
      const op = ops.op[at]!;
      if (op === Op.jump || op === Op.jumpIf) {
        const target = opAt(ops, fn, ops.imm[at]!);
        if (target !== undefined) leaders.push(target);
      }
      const ends = (op >= Op.jump && op <= Op.ret) || op === Op.halt;
      if (ends || (isNamedCall(op) && facts.endsAtCall(at))) leaders.push(at + 1);
    }
  }
  for (const targets of facts.jumpTargets.values()) for (const target of targets) leaders.push(target);
  return Int32Array.from(leaders).sort();
}

/** Of the first that is not below `at`. */
function placeOf(leaders: Int32Array, at: number): number {
  let low = 0;
  let high = leaders.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (leaders[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of something that may have a name: an import is called through the slot that the loader fills, too. */
function isNamedCall(op: number): boolean {
  return op === Op.call || op === Op.callMemory;
}

/** Whether an operation stands behind another one of its range. */
function isWithin({ ranges }: MachineFunction, at: number): boolean {
  for (const { from, to } of ranges) if (at > from && at < to) return true;
  return false;
}

/** The operation in the function that a jump says it goes to. */
function jumpTarget(ops: MicroOps, fn: MachineFunction, at: number): number | undefined {
  const op = ops.op[at]!;
  return op === Op.jump || op === Op.jumpIf ? opAt(ops, fn, ops.imm[at]!) : undefined;
}

const nowhere: readonly number[] = [];

/** Where control can be after the operation at `last`: the block that it jumps to, and the one behind; -1 for none. */
function follow(
  ops: MicroOps,
  facts: BlockFacts,
  last: number,
  target: number,
  behind: number,
  blockAt: (at: number) => number,
): readonly number[] {
  switch (ops.op[last]) {
    case Op.ret:
    case Op.halt:
      return nowhere;
    case Op.jump:
      return target < 0 ? nowhere : [target];
    case Op.jumpIf:
      // A condition can lead to what follows it either way.
      if (target < 0 || target === behind) return behind < 0 ? nowhere : [behind];
      return behind < 0 ? [target] : [target, behind];
    case Op.jumpRegister:
    case Op.jumpMemory: {
      const next = facts.jumpTargets.get(last)?.map(blockAt);
      return next === undefined ? nowhere : next.includes(-1) ? next.filter((block) => block >= 0) : next;
    }
    case Op.call:
    case Op.callMemory:
      if (facts.endsAtCall(last)) return nowhere;
  }
  return behind < 0 ? nowhere : [behind];
}

function canLeave(
  ops: MicroOps,
  facts: BlockFacts,
  last: number,
  target: number | undefined,
  behind: number,
): boolean {
  switch (ops.op[last]) {
    case Op.ret:
      return true;
    case Op.halt:
      return false;
    case Op.jump:
    case Op.jumpIf:
      return target === undefined && !facts.endsAtCall(last);
    case Op.jumpRegister:
    case Op.jumpMemory:
      return !facts.jumpTargets.has(last) && !facts.endsAtCall(last);
    case Op.call:
    case Op.callMemory:
      return behind < 0 && !facts.endsAtCall(last);
  }
  return behind < 0;
}
