/**
 * The values of one function: a forward may-analysis over its blocks to a fixed point, then one pass that records what
 * others need: calls with their arguments, stores of constants, results. Source: the usual worklist algorithm (Nielson,
 * Nielson and Hankin, Principles of Program Analysis, 2.4). It must not know which functions log.
 */
import { blockGraph, type JumpTargets, predecessorsOf } from '../cfg/block-graph.ts';
import type { MachineFunction } from '../cfg/machine-function.ts';
import type { BlockStates } from './block-states.ts';
import { resolveJumps } from './computed-jumps.ts';
import type { ConditionTable } from './condition-table.ts';
import type { FunctionValues } from './function-record.ts';
import { isMerged, separate } from './merged-calls.ts';
import { ValueRecorder } from './value-recorder.ts';

const noTargets: JumpTargets = new Map();
const rounds_max = 12;
/** Blocks that lead to one block. */
const merged_max = 32;

export function functionValues(
  states: BlockStates,
  fn: MachineFunction,
  endsAtCall: (at: number) => boolean,
  conditions: ConditionTable,
): FunctionValues {
  let jumpTargets: JumpTargets = noTargets;
  for (let round = 0; ; round++) {
    states.solve(blockGraph(states.ops, fn, { jumpTargets, endsAtCall }));
    const resolved = resolveJumps(states, fn, jumpTargets);
    if (resolved.size === 0 || round === rounds_max) return record(states, fn, jumpTargets, conditions);
    jumpTargets = new Map([...jumpTargets, ...resolved]);
  }
}

function record(
  states: BlockStates,
  fn: MachineFunction,
  jumpTargets: JumpTargets,
  conditions: ConditionTable,
): FunctionValues {
  const { graph, transfer } = states;
  const recorder = new ValueRecorder(states, fn, jumpTargets, conditions);
  let predecessors: number[][] | undefined;
  for (let block = 0; block < graph.from.length; block++) {
    const before = recorder.calls.length;
    if (!recorder.block(block)) continue;
    const calls = recorder.calls.slice(before);
    if (!calls.some((call) => isMerged(call, transfer))) continue;
    predecessors ??= predecessorsOf(graph);
    const came = predecessors[block]!.filter((from) => states.isReached(from));
    if (came.length < 2 || came.length > merged_max) continue;
    const variants = came.map((from) => {
      const other = new ValueRecorder(states, fn, noTargets, conditions);
      other.blockFrom(from, block);
      return other.calls;
    });
    recorder.calls.splice(before, calls.length, ...separate(calls, came, variants));
  }
  return { graph, jumpTargets, ...recorder.found() };
}
