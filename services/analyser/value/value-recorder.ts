/** One pass over a solved function, in the order of its code, that writes down what others need of it. */
import { type JumpTargets, opAt } from '../cfg/block-graph.ts';
import type { MachineFunction } from '../cfg/machine-function.ts';
import { Condition, type MicroOps, NO_REGISTER, Op, opposite } from '../disasm/micro-op.ts';
import type { BlockStates } from './block-states.ts';
import type { ConditionTable } from './condition-table.ts';
import {
  ARGUMENTS_MAX,
  type CallRecord,
  type ConditionRecord,
  type LoadRecord,
  type PointedWords,
  type StoreRecord,
} from './function-record.ts';
import type { MachineState } from './machine-state.ts';
import type { Transfer } from './transfer.ts';
import { Atom, NOTHING, STALE, UNKNOWN } from './value-table.ts';

const vector_first = 32;
const vector_saves_min = 4;
const more: ReadonlySet<number> = new Set([
  Condition.greater,
  Condition.notLess,
  Condition.above,
  Condition.notBelow,
]);

export class ValueRecorder {
  readonly calls: CallRecord[] = [];
  readonly #stores: StoreRecord[] = [];
  readonly #loads: LoadRecord[] = [];
  readonly #syscalls: { at: number; block: number; number: number }[] = [];
  readonly #states: BlockStates;
  readonly #ops: MicroOps;
  readonly #fn: MachineFunction;
  readonly #transfer: Transfer;
  readonly #jumpTargets: JumpTargets;
  readonly #arguments = new Int32Array(ARGUMENTS_MAX);
  #result = NOTHING;
  #unresolved = 0;
  #parameters = 0;
  #vectorsSaved = 0;
  readonly #conditionTable: ConditionTable;
  readonly #conditions = new Map<number, ConditionRecord>();
  /** What the last comparison of the block looked at. */
  #compared: string | undefined;
  /** It was for whether any of that is set. */
  #isWhole = false;

  constructor(
    states: BlockStates,
    fn: MachineFunction,
    jumpTargets: JumpTargets,
    conditionTable: ConditionTable,
  ) {
    this.#states = states;
    this.#ops = states.ops;
    this.#fn = fn;
    this.#transfer = states.transfer;
    this.#jumpTargets = jumpTargets;
    this.#conditionTable = conditionTable;
  }

  /** Whether control comes there. */
  block(block: number): boolean {
    const state = this.#states.before(block);
    if (state === undefined) return false;
    this.#record(state, block);
    const last = this.#states.graph.to[block]! - 1;
    if (this.#compared !== undefined && this.#ops.op[last] === Op.jumpIf)
      this.#conditions.set(block, this.#conditionTable.of(this.#compared, this.#isMoreFirst(last)));
    this.#compared = undefined;
    return true;
  }

  /** A block as it is when control comes from another one. */
  blockFrom(from: number, block: number): void {
    this.#record(this.#states.before(from, this.#states.graph.to[from])!, block);
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

  /** Of a conditional jump: where it goes to stands first. */
  #isMoreFirst(jump: number): boolean | undefined {
    if (opAt(this.#ops, this.#fn, this.#ops.imm[jump]!) === undefined) return undefined;
    const condition = this.#ops.d[jump]!;
    if (condition === Condition.equal || condition === Condition.notEqual)
      return this.#isWhole ? condition === Condition.notEqual : undefined;
    if (more.has(condition)) return true;
    return more.has(opposite(condition)) ? false : undefined;
  }

  #record(state: MachineState, block: number): void {
    const { from, to } = this.#states.graph;
    for (let at = from[block]!; at < to[block]!; at++) this.#step(state, at, block);
  }

  #step(state: MachineState, at: number, block: number): void {
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
        this.#call(state, at, block, transfer.target(state, at), false);
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
    this.#states.step(state, at);
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
    this.#isWhole = ops.op[at] !== Op.compare || ops.imm[at] === 0;
    this.#compared = named ? `${kind} ${values.a(first)} ${bits}` : undefined;
  }

  /** A computed jump with the stack as at entry is a tail call; elsewhere it is a jump that was not understood. */
  #indirectJump(state: MachineState, at: number, block: number): void {
    const { values, convention } = this.#transfer;
    const top = state.registers[convention.stackPointer]!;
    if (values.kind(top) !== Atom.stack || values.a(top) !== 0) this.#unresolved++;
    this.#call(state, at, block, this.#transfer.target(state, at), true);
  }

  #load(state: MachineState, at: number, value: number): void {
    if (!this.#isTold(value, at)) return;
    const pointer = this.#transfer.pointer(state, at);
    this.#loads.push({ at, pointer, displacement: this.#ops.imm[at]! });
  }

  /** Whether a value may be what is loaded at an operation. */
  #isTold(value: number, at: number): boolean {
    const { values } = this.#transfer;
    if (values.kind(value) >= 0) return values.kind(value) === Atom.field && values.b(value) === at;
    for (const atom of values.members(value))
      if (values.kind(atom) === Atom.field && values.b(atom) === at) return true;
    return false;
  }

  #call(state: MachineState, at: number, block: number, target: number, tail: boolean): void {
    const op = this.#ops.op[at];
    if (op === Op.callMemory || op === Op.jumpMemory) this.#load(state, at, target);
    const scratch = this.#arguments;
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
    const { pointed_words: words = 0 } = this.#transfer.convention;
    if (words === 0) return undefined;
    return this.#pointedWords(state, args, words);
  }

  #pointedWords(state: MachineState, args: readonly number[], words: number): PointedWords | undefined {
    const { values } = this.#transfer;
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
    this.#readParameter(state, this.#ops.a[at]!);
    this.#readParameter(state, this.#ops.b[at]!);
    this.#readParameter(state, this.#ops.x[at]!);
  }

  #readParameter(state: MachineState, register: number): void {
    if (register < 0) return;
    const { values } = this.#transfer;
    const value = state.registers[register]!;
    if (values.kind(value) === Atom.argument)
      this.#parameters = Math.max(this.#parameters, values.a(value) + 1);
  }
}
