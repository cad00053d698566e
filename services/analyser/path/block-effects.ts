/**
 * What a function's blocks do to the places that hold its small numbers: registers, slots of its own stack, and what
 * was last compared. It must not know which of them matter, or what calls give back.
 */
import type { BlockGraph } from '../cfg/block-graph.ts';
import type { CallingConvention } from '../disasm/instruction-set.ts';
import { type MicroOps, NO_REGISTER, Op } from '../disasm/micro-op.ts';

/** Places by number: general registers, what was compared, stack slots in the order in which they are met. */
const registers_max = 32;
export const COMPARED = 32;
const slot_first = COMPARED + 1;
export const PLACES_MAX = 63;
const NO_PLACE = -1;
const noPlaces: readonly number[] = [];

export const EffectKind = {
  constant: 0,
  copy: 1,
  /** Of the lowest bytes alone. */
  narrow: 2,
  forget: 3,
  call: 4,
  compare: 5,
  return: 6,
} as const;

export interface Effect {
  readonly kind: number;
  /** Operation index. */
  readonly at: number;
  /** The place that changes; of a comparison COMPARED. */
  readonly to: number;
  /** The place that is copied or compared; NO_PLACE: something that is not followed. */
  readonly from: number;
  readonly number: number;
}

/** By block. */
export function blockEffects(
  ops: MicroOps,
  graph: BlockGraph,
  convention: CallingConvention,
  isCall: (at: number) => boolean,
): readonly (readonly Effect[])[] {
  const frame = new StackFrame(ops, graph, convention.stackPointer);
  return graph.from.map((from, block) => {
    const effects = new EffectRow(ops, frame, convention, isCall);
    frame.enter(block);
    for (let at = from; at < graph.to[block]!; at++) {
      effects.add(at);
      frame.step(at);
    }
    return effects.row;
  });
}

class EffectRow {
  readonly row: Effect[] = [];
  readonly #ops: MicroOps;
  readonly #frame: StackFrame;
  readonly #convention: CallingConvention;
  readonly #isCall: (at: number) => boolean;

  constructor(
    ops: MicroOps,
    frame: StackFrame,
    convention: CallingConvention,
    isCall: (at: number) => boolean,
  ) {
    this.#ops = ops;
    this.#frame = frame;
    this.#convention = convention;
    this.#isCall = isCall;
  }

  add(at: number): void {
    const ops = this.#ops;
    const to = placeOf(ops.d[at]!);
    switch (ops.op[at]) {
      case Op.constant:
        this.#constant(at, to, ops.imm[at]!);
        return;
      case Op.copy:
        this.#push(this.#copyKind(at), at, to, placeOf(ops.a[at]!));
        return;
      case Op.choose:
        this.#push(EffectKind.forget, at, to);
        return;
      case Op.load:
        this.#push(this.#copyKind(at), at, to, this.#frame.slot(at));
        return;
      case Op.store:
        this.#store(at, placeOf(ops.a[at]!));
        return;
      case Op.storeConstant:
        this.#constant(at, this.#frame.slot(at), ops.imm2[at]!);
        return;
      case Op.add:
      case Op.index:
      case Op.clobber:
        this.#compute(at, to);
        return;
      case Op.compare:
      case Op.test:
        this.#push(EffectKind.compare, at, COMPARED, placeOf(ops.a[at]!));
        return;
      case Op.compareMemory:
        this.#push(EffectKind.forget, at, COMPARED);
        return;
      case Op.syscall:
        this.#push(EffectKind.forget, at, this.#convention.resultRegister);
        return;
      case Op.ret:
        this.#push(EffectKind.return, at, NO_PLACE);
        return;
    }
    if (this.#isCall(at)) this.#call(at);
  }

  #copyKind(at: number): number {
    return this.#ops.size[at]! < 4 ? EffectKind.narrow : EffectKind.copy;
  }

  #call(at: number): void {
    this.#push(EffectKind.call, at, this.#convention.resultRegister);
    const isConditional = this.#ops.op[at] === Op.jumpIf;
    const leaves = this.#ops.op[at]! >= Op.jump;
    if (leaves && !isConditional) this.#push(EffectKind.return, at, NO_PLACE);
  }

  /** Arithmetic also sets what conditions ask for; an address that is computed does not, and has a base. */
  #compute(at: number, to: number): void {
    const ops = this.#ops;
    this.#push(EffectKind.forget, at, to);
    if (ops.d[at] === this.#convention.stackPointer) return;
    if (ops.op[at] === Op.add && ops.b[at] !== NO_REGISTER) return;
    if (ops.op[at] === Op.add) this.#push(EffectKind.compare, at, COMPARED, to);
    else this.#push(EffectKind.forget, at, COMPARED);
  }

  #store(at: number, from: number): void {
    const slot = this.#frame.slot(at);
    if (slot !== NO_PLACE) this.#push(EffectKind.copy, at, slot, from);
    for (const other of this.#frame.overlapping(at)) this.#push(EffectKind.forget, at, other);
    // What an instruction computes in memory.
    if (this.#ops.a[at] === NO_REGISTER) this.#push(EffectKind.forget, at, COMPARED);
  }

  #constant(at: number, to: number, number: number): void {
    // 32 bits of it, with their sign, whichever way the instruction extends them.
    if (Math.abs(number) < 2 ** 32) this.#push(EffectKind.constant, at, to, NO_PLACE, number | 0);
    else this.#push(EffectKind.forget, at, to);
  }

  #push(kind: number, at: number, to: number, from = NO_PLACE, number = 0): void {
    if (to === NO_PLACE && kind !== EffectKind.return) return;
    this.row.push({ kind, at, to, from, number });
  }
}

function placeOf(register: number): number {
  return register < 0 || register >= registers_max ? NO_PLACE : register;
}

/**
 * Which slot of its stack an instruction reaches. Slots that others can reach, since their address or that of one
 * below is taken, are none.
 */
class StackFrame {
  readonly #ops: MicroOps;
  readonly #pointer: number;
  /** By block: bytes from the stack pointer at entry. */
  readonly #before: (number | undefined)[];
  /** Bytes from the stack pointer at entry, in the order in which slots are met. */
  readonly #slots: number[] = [];
  #top: number | undefined;
  #taken = Number.POSITIVE_INFINITY;

  constructor(ops: MicroOps, graph: BlockGraph, pointer: number) {
    this.#ops = ops;
    this.#pointer = pointer;
    this.#before = new Array(graph.from.length).fill(undefined);
    this.#before[0] = 0;
    const queue = [0];
    for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
      this.enter(block);
      for (let at = graph.from[block]!; at < graph.to[block]!; at++) this.step(at);
      for (const next of graph.successors[block]!) {
        if (this.#before[next] !== undefined || this.#top === undefined) continue;
        this.#before[next] = this.#top;
        queue.push(next);
      }
    }
    // All of them first, so that a store knows which others it overlaps.
    for (let block = 0; block < graph.from.length; block++) {
      this.enter(block);
      for (let at = graph.from[block]!; at < graph.to[block]!; at++) {
        if (ops.op[at]! >= Op.load && ops.op[at]! <= Op.storeConstant) this.slot(at);
        this.step(at);
      }
    }
  }

  enter(block: number): void {
    this.#top = this.#before[block];
  }

  step(at: number): void {
    const ops = this.#ops;
    const takes = this.#takes(at);
    if (takes) this.#taken = Math.min(this.#taken, (this.#top ?? Number.NEGATIVE_INFINITY) + ops.imm[at]!);
    // A frame pointer: slots are reached through it, too.
    if (takes && ops.op[at] === Op.copy) this.#taken = Number.NEGATIVE_INFINITY;
    if (ops.d[at] !== this.#pointer || ops.op[at] === Op.jumpIf) return;
    if (ops.op[at] === Op.add && ops.a[at] === this.#pointer && this.#top !== undefined)
      this.#top += ops.imm[at]!;
    else if (ops.op[at] !== Op.index) this.#top = undefined;
  }

  /** Whether it makes an address in the stack, or reaches an element of an array there. */
  #takes(at: number): boolean {
    const { op, a, b, d, x } = this.#ops;
    if (op[at] === Op.copy || op[at] === Op.add || op[at] === Op.index)
      return a[at] === this.#pointer && d[at] !== this.#pointer;
    return b[at] === this.#pointer && x[at] !== NO_REGISTER;
  }

  slot(at: number): number {
    const offset = this.#offset(at);
    if (offset === undefined || offset >= 0 || offset >= this.#taken) return NO_PLACE;
    const known = this.#slots.indexOf(offset);
    if (known >= 0) return slot_first + known;
    if (slot_first + this.#slots.length >= PLACES_MAX) return NO_PLACE;
    return slot_first + this.#slots.push(offset) - 1;
  }

  /** Other slots that a store may change in part. */
  overlapping(at: number): readonly number[] {
    const offset = this.#offset(at);
    if (offset === undefined) return noPlaces;
    let places: number[] | undefined;
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const distance = Math.abs(this.#slots[slot]! - offset);
      if (distance === 0 || distance >= 8) continue;
      places ??= [];
      places.push(slot_first + slot);
    }
    return places ?? noPlaces;
  }

  #offset(at: number): number | undefined {
    const ops = this.#ops;
    if (this.#top === undefined || ops.b[at] !== this.#pointer || ops.x[at] !== NO_REGISTER) return undefined;
    return this.#top + ops.imm[at]!;
  }
}
