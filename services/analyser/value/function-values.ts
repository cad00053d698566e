/**
 * The values of one function: a forward may-analysis over its blocks to a fixed point, then one pass that records what
 * others need: calls with their arguments, stores of constants, results. Source: the usual worklist algorithm (Nielson,
 * Nielson and Hankin, Principles of Program Analysis, 2.4). It must not know which functions log.
 */
import { type BlockGraph, blockGraph, type JumpTargets, opAt } from '../cfg/block-graph.ts';
import type { MachineFunction } from '../cfg/machine-function.ts';
import { reversePostorder } from '../cfg/reverse-postorder.ts';
import { type MicroOps, NO_REGISTER, Op } from '../disasm/micro-op.ts';
import { tableBound, tableTargets } from './jump-table.ts';
import { MachineState } from './machine-state.ts';
import type { Transfer } from './transfer.ts';
import { Atom, NOTHING, STALE, UNKNOWN } from './value-table.ts';

export const ARGUMENTS_MAX = 12;

export interface CallRecord {
  /** Operation index. */
  readonly at: number;
  readonly block: number;
  /** Jumps there and does not come back to this function. */
  readonly tail: boolean;
  /** Value of the target's address. */
  readonly target: number;
  /** Values of the first arguments; STALE where nothing was put for it, and behind the last. */
  readonly args: readonly number[];
  /** Words on the stack that arguments point to, directly or by one of these words, where the convention asks for them. */
  readonly pointed?: PointedWords;
  /**
   * The block that control came from, where what is passed depends on it: compilers merge the ends of branches, and
   * with them calls that differ in an argument. One record for each such block then.
   */
  readonly cameFrom?: number;
}

/** By the place of the first, in bytes from the stack pointer at entry. */
export type PointedWords = ReadonlyMap<number, readonly number[]>;

export interface StoreRecord {
  /** Value of the place. */
  readonly place: number;
  /** Bytes behind a pointer that is not known, where the place is not known. */
  readonly field: number | undefined;
  readonly value: number;
  /** The pointer that it goes out from, and how far. */
  readonly pointer: number;
  readonly displacement: number;
}

/** A pointer that is loaded from behind another one. */
export interface LoadRecord {
  /** Operation index, as in the `field` that it is. */
  readonly at: number;
  readonly pointer: number;
  readonly displacement: number;
}

export interface FunctionValues {
  /** How many; `ProgramValues.graph` gives them. */
  readonly blocks: number;
  /** Operation indexes that a computed jump goes to, by the jump's. */
  readonly jumpTargets: JumpTargets;
  readonly calls: readonly CallRecord[];
  readonly stores: readonly StoreRecord[];
  readonly loads: readonly LoadRecord[];
  /** What the function gives back. */
  readonly result: number;
  readonly syscalls: readonly { readonly at: number; readonly block: number; readonly number: number }[];
  readonly unresolvedJumps: number;
  /** Argument registers that are read before they are written. */
  readonly parameters: number;
  /** By block that ends in a condition on a variable or a member: which, and which bits of it. */
  readonly conditions: ReadonlyMap<number, string>;
  /** It saves vector argument registers that may hold anything. */
  readonly variadic: boolean;
}

const noTargets: JumpTargets = new Map();
const vector_first = 32;
const vector_saves_min = 4;
const rounds_max = 12;
const visits_before_widening = 3;

export function functionValues(
  ops: MicroOps,
  fn: MachineFunction,
  transfer: Transfer,
  endsAtCall: (at: number) => boolean,
): FunctionValues {
  let jumpTargets: JumpTargets = noTargets;
  for (let round = 0; ; round++) {
    const graph = blockGraph(ops, fn, { jumpTargets, endsAtCall });
    const states = solve(ops, graph, transfer);
    const resolved = resolveJumps(ops, fn, graph, states, transfer, jumpTargets);
    if (resolved.size === 0 || round === rounds_max)
      return record(ops, fn, graph, states, transfer, jumpTargets);
    jumpTargets = new Map([...jumpTargets, ...resolved]);
  }
}

/** Blocks are taken in reverse postorder, so that most are seen once after all that leads to them. */
function solve(ops: MicroOps, graph: BlockGraph, transfer: Transfer): (MachineState | undefined)[] {
  const states: (MachineState | undefined)[] = new Array(graph.from.length);
  if (graph.from.length === 0) return states;
  states[0] = entryState(transfer);
  const { order, place } = reversePostorder(graph.successors);
  const visits = new Uint16Array(graph.from.length);
  const waiting = new Uint8Array(order.length);
  waiting[0] = 1;
  const out = new MachineState();
  for (let at = 0; at < order.length; at++) {
    if (!waiting[at]) continue;
    waiting[at] = 0;
    const block = order[at]!;
    visits[block]!++;
    out.become(states[block]!);
    for (let op = graph.from[block]!; op < graph.to[block]!; op++) step(ops, out, op, transfer);
    let back = at;
    for (const next of graph.successors[block]!) {
      const state = states[next];
      // Only a way back can go on changing for ever.
      const isBack = place[next]! <= at;
      const widen = isBack && visits[next]! > visits_before_widening;
      let changed = true;
      if (state === undefined) states[next] = out.copy();
      else changed = state.join(out, transfer.values, isBack, widen);
      if (!changed) continue;
      waiting[place[next]!] = 1;
      if (place[next]! <= at) back = Math.min(back, place[next]! - 1);
    }
    at = back;
  }
  return states;
}

function entryState(transfer: Transfer): MachineState {
  const { values, convention } = transfer;
  const state = new MachineState();
  state.registers.fill(UNKNOWN);
  for (const register of convention.callClobbers) state.registers[register] = STALE;
  for (const [i, register] of convention.argumentRegisters.entries()) {
    state.registers[register] = values.atom(Atom.argument, i);
  }
  state.registers[convention.stackPointer] = values.atom(Atom.stack, 0);
  return state;
}

const scratch = new Int32Array(ARGUMENTS_MAX);

function step(ops: MicroOps, state: MachineState, at: number, transfer: Transfer): void {
  const op = ops.op[at]!;
  if (op === Op.call || op === Op.callRegister || op === Op.callMemory) {
    transfer.args(state, scratch, false);
    transfer.afterCall(state, at, scratch);
  } else transfer.apply(state, at);
}

/** Targets of computed jumps that had none. */
function resolveJumps(
  ops: MicroOps,
  fn: MachineFunction,
  graph: BlockGraph,
  states: readonly (MachineState | undefined)[],
  transfer: Transfer,
  known: JumpTargets,
): JumpTargets {
  const found = new Map<number, readonly number[]>();
  const inFunction = (address: number): boolean => opAt(ops, fn, address) !== undefined;
  for (let block = 0; block < graph.from.length; block++) {
    const last = graph.to[block]! - 1;
    const op = ops.op[last];
    if ((op !== Op.jumpRegister && op !== Op.jumpMemory) || known.has(last)) continue;
    const state = stateBefore(ops, graph, states, block, last, transfer);
    if (state === undefined) continue;
    const value = jumpValue(ops, state, last, transfer);
    const bound = tableBound(ops, last, fn.ranges[0]!.from);
    const targets = tableTargets(transfer.reader, transfer.values, value, bound, inFunction);
    if (targets.length === 0) continue;
    found.set(last, [...new Set(targets.map((target) => opAt(ops, fn, target)!))]);
  }
  return found;
}

function stateBefore(
  ops: MicroOps,
  graph: BlockGraph,
  states: readonly (MachineState | undefined)[],
  block: number,
  last: number,
  transfer: Transfer,
): MachineState | undefined {
  const state = states[block]?.copy();
  if (state === undefined) return undefined;
  for (let at = graph.from[block]!; at < last; at++) step(ops, state, at, transfer);
  return state;
}

function jumpValue(ops: MicroOps, state: MachineState, at: number, transfer: Transfer): number {
  const op = ops.op[at]!;
  if (op === Op.jumpRegister || op === Op.callRegister) return transfer.register(state, ops.a[at]!);
  return transfer.loaded(state, at);
}

function record(
  ops: MicroOps,
  fn: MachineFunction,
  graph: BlockGraph,
  states: readonly (MachineState | undefined)[],
  transfer: Transfer,
  jumpTargets: JumpTargets,
): FunctionValues {
  const recorder = new Recorder(ops, fn, transfer, jumpTargets);
  const predecessors = predecessorsOf(graph.successors);
  for (let block = 0; block < graph.from.length; block++) {
    const state = states[block]?.copy();
    if (state === undefined) continue;
    const before = recorder.calls.length;
    for (let at = graph.from[block]!; at < graph.to[block]!; at++) recorder.step(state, at, block);
    recorder.endBlock(block);
    const came = predecessors[block]!.filter((from) => states[from] !== undefined);
    if (came.length < 2 || came.length > merged_max) continue;
    const merged = recorder.calls.slice(before).some((call) => isMerged(call, transfer));
    if (!merged) continue;
    const variants = came.map((from) => callsFrom(ops, fn, graph, states, transfer, from, block));
    recorder.calls.splice(
      before,
      recorder.calls.length,
      ...separate(recorder.calls.slice(before), came, variants),
    );
  }
  return { blocks: graph.from.length, jumpTargets, ...recorder.found() };
}

const merged_max = 32;

function predecessorsOf(successors: readonly (readonly number[])[]): number[][] {
  const predecessors: number[][] = successors.map(() => []);
  for (const [block, next] of successors.entries()) for (const to of next) predecessors[to]!.push(block);
  return predecessors;
}

/** Whether an argument is one of several constant texts. */
function isMerged(call: CallRecord, { values, reader }: Transfer): boolean {
  return call.args.some((value) => {
    const members = values.members(value);
    if (members.length < 2) return false;
    const constant = (atom: number): boolean =>
      values.kind(atom) === Atom.constant && values.a(atom) > 4096 && reader.isReadOnly(values.a(atom));
    return members.some(constant);
  });
}

/** The calls of a block as they are when control comes from one other block. */
function callsFrom(
  ops: MicroOps,
  fn: MachineFunction,
  graph: BlockGraph,
  states: readonly (MachineState | undefined)[],
  transfer: Transfer,
  from: number,
  block: number,
): readonly CallRecord[] {
  const state = states[from]!.copy();
  for (let at = graph.from[from]!; at < graph.to[from]!; at++) step(ops, state, at, transfer);
  const recorder = new Recorder(ops, fn, transfer, noTargets);
  for (let at = graph.from[block]!; at < graph.to[block]!; at++) recorder.step(state, at, block);
  return recorder.calls;
}

/** Calls that are the same from everywhere once, others once for each block that control can come from. */
function separate(
  joined: readonly CallRecord[],
  came: readonly number[],
  variants: readonly (readonly CallRecord[])[],
): CallRecord[] {
  return joined.flatMap((call, i) => {
    const differs = variants.some((calls) => calls[i] !== undefined && !sameArguments(calls[i]!, call));
    if (!differs) return [call];
    return variants.map((calls, k) => ({ ...(calls[i] ?? call), cameFrom: came[k]! }));
  });
}

function sameArguments({ args: a }: CallRecord, { args: b }: CallRecord): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

class Recorder {
  readonly calls: CallRecord[] = [];
  readonly #stores: StoreRecord[] = [];
  readonly #loads: LoadRecord[] = [];
  readonly #syscalls: { at: number; block: number; number: number }[] = [];
  readonly #ops: MicroOps;
  readonly #fn: MachineFunction;
  readonly #transfer: Transfer;
  readonly #jumpTargets: JumpTargets;
  #result = NOTHING;
  #unresolved = 0;
  #parameters = 0;
  #vectorsSaved = 0;
  readonly #conditions = new Map<number, string>();
  /** What the last comparison of the block looked at. */
  #compared: string | undefined;

  constructor(ops: MicroOps, fn: MachineFunction, transfer: Transfer, jumpTargets: JumpTargets) {
    this.#ops = ops;
    this.#fn = fn;
    this.#transfer = transfer;
    this.#jumpTargets = jumpTargets;
  }

  found() {
    return {
      calls: this.calls,
      stores: this.#stores,
      loads: this.#loads,
      syscalls: this.#syscalls,
      result: this.#result,
      unresolvedJumps: this.#unresolved,
      parameters: this.#parameters,
      conditions: this.#conditions,
      variadic: this.#vectorsSaved >= vector_saves_min,
    };
  }

  step(state: MachineState, at: number, block: number): void {
    const ops = this.#ops;
    const transfer = this.#transfer;
    const { values, convention } = transfer;
    this.#readParameters(state, at);
    switch (ops.op[at]) {
      case Op.call:
        this.#call(state, at, block, values.constant(ops.imm[at]!), false);
        break;
      case Op.load:
        if (ops.size[at] === 8 && ops.d[at]! >= 0) this.#load(state, at, transfer.loaded(state, at));
        break;
      case Op.callRegister:
      case Op.callMemory:
        this.#call(state, at, block, jumpValue(ops, state, at, transfer), false);
        break;
      case Op.jump:
      case Op.jumpIf:
        if (opAt(ops, this.#fn, ops.imm[at]!) !== undefined) break;
        this.#call(state, at, block, values.constant(ops.imm[at]!), true);
        break;
      case Op.jumpRegister:
      case Op.jumpMemory:
        if (!this.#jumpTargets.has(at)) this.#indirectJump(state, at, block);
        break;
      case Op.compare:
      case Op.test:
      case Op.compareMemory:
        this.#compare(state, at);
        break;
      case Op.ret:
        this.#result = values.union(this.#result, state.registers[convention.resultRegister]!);
        break;
      case Op.syscall: {
        const number = state.registers[convention.syscallRegister]!;
        const known = values.kind(number) === Atom.constant ? values.a(number) : -1;
        this.#syscalls.push({ at, block, number: known });
        break;
      }
      case Op.store:
      case Op.storeConstant:
        this.#store(state, at);
    }
    step(ops, state, at, transfer);
  }

  endBlock(block: number): void {
    if (this.#compared !== undefined) this.#conditions.set(block, this.#compared);
    this.#compared = undefined;
  }

  #compare(state: MachineState, at: number): void {
    const ops = this.#ops;
    const { values } = this.#transfer;
    const inMemory = ops.op[at] === Op.compareMemory;
    const value = inMemory ? this.#transfer.loaded(state, at) : this.#transfer.register(state, ops.a[at]!);
    const bits = inMemory ? ops.imm2[at]! : ops.op[at] === Op.test ? ops.imm[at]! : 0;
    const [first = UNKNOWN, ...others] = values.members(value);
    const kind = values.kind(first);
    const one = others.every((atom) => values.kind(atom) === kind && values.a(atom) === values.a(first));
    const named = one && (kind === Atom.global || kind === Atom.field);
    this.#compared = named ? `${kind} ${values.a(first)} ${bits}` : undefined;
  }

  /** A computed jump with the stack as at entry is a tail call; elsewhere it is a jump that was not understood. */
  #indirectJump(state: MachineState, at: number, block: number): void {
    const { values, convention } = this.#transfer;
    const top = state.registers[convention.stackPointer]!;
    if (values.kind(top) !== Atom.stack || values.a(top) !== 0) this.#unresolved++;
    this.#call(state, at, block, jumpValue(this.#ops, state, at, this.#transfer), true);
  }

  #load(state: MachineState, at: number, value: number): void {
    const { values } = this.#transfer;
    const told = values
      .members(value)
      .some((atom) => values.kind(atom) === Atom.field && values.b(atom) === at);
    if (!told) return;
    const pointer = this.#transfer.pointer(state, at);
    this.#loads.push({ at, pointer, displacement: this.#ops.imm[at]! });
  }

  #call(state: MachineState, at: number, block: number, target: number, tail: boolean): void {
    const op = this.#ops.op[at];
    if (op === Op.callMemory || op === Op.jumpMemory) this.#load(state, at, target);
    this.#transfer.args(state, scratch, tail);
    let last = scratch.length;
    while (last > 0 && scratch[last - 1] === STALE) last--;
    // Of just that length: there are as many as the program has calls.
    const args = new Array<number>(last);
    for (let i = 0; i < last; i++) args[i] = scratch[i]!;
    const pointed = this.#pointed(state, args);
    this.calls.push({ at, block, tail, target, args, ...(pointed === undefined ? {} : { pointed }) });
    if (tail) {
      const { values } = this.#transfer;
      this.#result = values.union(this.#result, values.atom(Atom.result, at));
    }
  }

  #pointed(state: MachineState, args: readonly number[]): PointedWords | undefined {
    const { values, convention } = this.#transfer;
    const { pointed_words: words = 0 } = convention;
    if (words === 0) return undefined;
    const found = new Map<number, readonly number[]>();
    const take = (value: number, deeper: boolean): void => {
      const place = values.a(value);
      if (values.kind(value) !== Atom.stack || found.has(place)) return;
      const held = Array.from({ length: words }, (_, i) => state.slot(place + 8 * i) ?? UNKNOWN);
      found.set(place, held);
      if (deeper) for (const word of held) take(word, false);
    };
    for (const value of args) take(value, true);
    return found.size === 0 ? undefined : found;
  }

  #store(state: MachineState, at: number): void {
    const ops = this.#ops;
    const { values } = this.#transfer;
    const from = ops.a[at]!;
    // What a variadic function does at its entry, for whoever passes floating-point arguments.
    if (from >= vector_first && from < vector_first + 8 && state.registers[from] === STALE)
      this.#vectorsSaved++;
    const value =
      ops.op[at] === Op.store ? this.#transfer.register(state, ops.a[at]!) : values.constant(ops.imm2[at]!);
    if (!values.members(value).some((atom) => this.#mayPoint(atom))) return;
    const place = this.#transfer.address(state, at);
    const kind = values.kind(place);
    const onStack = kind === Atom.stack || kind === Atom.stackWithin;
    if (onStack && !this.#transfer.loadsApart) return;
    const known = kind === Atom.constant || kind === Atom.within || kind === Atom.stack;
    const field = known || ops.x[at] !== NO_REGISTER ? undefined : ops.imm[at]!;
    const pointer = this.#transfer.pointer(state, at);
    this.#stores.push({ place, field, value, pointer, displacement: ops.imm[at]! });
  }

  /** A place in the file, or what somebody else may have put there. */
  #mayPoint(atom: number): boolean {
    const { values } = this.#transfer;
    return values.kind(atom) === Atom.constant ? values.a(atom) > 4096 : atom !== UNKNOWN;
  }

  #readParameters(state: MachineState, at: number): void {
    const ops = this.#ops;
    const { values } = this.#transfer;
    for (const register of [ops.a[at]!, ops.b[at]!, ops.x[at]!]) {
      if (register < 0) continue;
      const value = state.registers[register]!;
      if (values.kind(value) === Atom.argument)
        this.#parameters = Math.max(this.#parameters, values.a(value) + 1);
    }
  }
}
