/**
 * What registers and stack hold at the beginning of each block of a function, to a fixed point. Its states are used
 * again for the next function: a program has hundreds of thousands of blocks. It must not know what is looked for.
 */
import type { BlockGraph } from '../cfg/block-graph.ts';
import { reversePostorder } from '../cfg/reverse-postorder.ts';
import { type MicroOps, Op } from '../disasm/micro-op.ts';
import { ARGUMENTS_MAX } from './function-record.ts';
import { MachineState } from './machine-state.ts';
import type { Transfer } from './transfer.ts';

const visits_before_widening = 3;
/** More blocks than that are of few functions, whose states are not kept. */
const kept_states_max = 4_096;

const noGraph: BlockGraph = { from: [], to: [], successors: [], leaves: [] };

export class BlockStates {
  readonly ops: MicroOps;
  readonly transfer: Transfer;
  graph: BlockGraph = noGraph;
  /** By block; of those that are not reached, what another function left. */
  readonly #states: MachineState[] = [];
  #reached = new Uint8Array(0);
  readonly #work = new MachineState();
  readonly #arguments = new Int32Array(ARGUMENTS_MAX);

  constructor(ops: MicroOps, transfer: Transfer) {
    this.ops = ops;
    this.transfer = transfer;
  }

  /** Blocks are taken in reverse postorder, so that most are seen once after all that leads to them. */
  solve(graph: BlockGraph): void {
    this.#begin(graph);
    if (graph.from.length === 0) return;
    this.#reach(0).enter(this.transfer.values, this.transfer.convention);
    const { order, place } = reversePostorder(graph.successors);
    const visits = new Uint16Array(graph.from.length);
    const waiting = new Uint8Array(order.length);
    waiting[0] = 1;
    for (let at = 0; at < order.length; at++) {
      if (!waiting[at]) continue;
      waiting[at] = 0;
      const block = order[at]!;
      visits[block]!++;
      const out = this.before(block, graph.to[block])!;
      let back = at;
      for (const next of graph.successors[block]!) {
        // Only a way back can go on changing for ever.
        const isBack = place[next]! <= at;
        const widen = isBack && visits[next]! > visits_before_widening;
        if (!this.#arrive(next, out, isBack, widen)) continue;
        waiting[place[next]!] = 1;
        if (place[next]! <= at) back = Math.min(back, place[next]! - 1);
      }
      at = back;
    }
  }

  isReached(block: number): boolean {
    return this.#reached[block] === 1;
  }

  /**
   * The state before an operation of a block, or at its beginning; undefined where control never comes. One object: it
   * is another one's at the next call.
   */
  before(block: number, at?: number): MachineState | undefined {
    if (!this.isReached(block)) return undefined;
    this.#work.become(this.#states[block]!);
    const end = at ?? 0;
    for (let op = this.graph.from[block]!; op < end; op++) this.step(this.#work, op);
    return this.#work;
  }

  step(state: MachineState, at: number): void {
    const op = this.ops.op[at]!;
    if (op === Op.call || op === Op.callRegister || op === Op.callMemory) {
      this.transfer.args(state, this.#arguments, false);
      this.transfer.afterCall(state, at, this.#arguments);
    } else this.transfer.apply(state, at);
  }

  #begin(graph: BlockGraph): void {
    this.graph = graph;
    if (this.#states.length > kept_states_max) this.#states.length = kept_states_max;
    if (this.#reached.length < graph.from.length) this.#reached = new Uint8Array(2 * graph.from.length);
    else this.#reached.fill(0, 0, graph.from.length);
  }

  #reach(block: number): MachineState {
    this.#reached[block] = 1;
    while (this.#states.length <= block) this.#states.push(new MachineState());
    return this.#states[block]!;
  }

  /** Whether that changed anything. */
  #arrive(block: number, state: MachineState, back: boolean, widen: boolean): boolean {
    if (this.isReached(block)) return this.#states[block]!.join(state, this.transfer.values, back, widen);
    this.#reach(block).become(state);
    return true;
  }
}
