/** Where the computed jumps of a function go, by the values that they go through. It must not know who calls it. */
import { type JumpTargets, opAt } from '../cfg/block-graph.ts';
import type { MachineFunction } from '../cfg/machine-function.ts';
import { Op } from '../disasm/micro-op.ts';
import type { BlockStates } from './block-states.ts';
import { tableBound, tableTargets } from './jump-table.ts';

/** Targets of computed jumps that had none. */
export function resolveJumps(states: BlockStates, fn: MachineFunction, known: JumpTargets): JumpTargets {
  const { ops, graph, transfer } = states;
  const found = new Map<number, readonly number[]>();
  const inFunction = (address: number): boolean => opAt(ops, fn, address) !== undefined;
  for (let block = 0; block < graph.from.length; block++) {
    const last = graph.to[block]! - 1;
    const op = ops.op[last];
    if ((op !== Op.jumpRegister && op !== Op.jumpMemory) || known.has(last)) continue;
    const state = states.before(block, last);
    if (state === undefined) continue;
    const bound = tableBound(ops, last, fn.ranges[0]!.from);
    const value = transfer.target(state, last);
    const targets = tableTargets(transfer.reader, transfer.values, value, bound, inFunction);
    if (targets.length === 0) continue;
    found.set(last, [...new Set(targets.map((target) => opAt(ops, fn, target)!))]);
  }
  return found;
}
