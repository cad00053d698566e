/**
 * A function's blocks once for each thing that is known on the way there, so that a path through them does not take
 * a condition one way and then, about the same number, the other; and behind a call once for each outcome of it.
 * Source: property simulation (Das, Lerner and Seigle, ESP, PLDI 2002) with small numbers as the property. It must not
 * know which calls print.
 */
import type { BlockGraph } from '../cfg/block-graph.ts';
import type { CallingConvention } from '../disasm/instruction-set.ts';
import { Condition, type MicroOps, NO_REGISTER, Op, opposite } from '../disasm/micro-op.ts';
import { ANY_OUTCOME, type LogBlock } from '../lms-cfg/log-program.ts';
import { blockEffects, COMPARED, type Effect, EffectKind } from './block-effects.ts';
import { hasPlace, type LivePlaces, livePlaces, type PlaceSet } from './live-places.ts';
import { outcomeOf, outcomeRange } from './outcome.ts';
import { PathState } from './path-state.ts';
import { exactly, type ValueRange, withCondition } from './value-range.ts';

/** A block of the log program, and where it stands in the machine's. */
export interface PlacedBlock extends LogBlock {
  /** Undefined: a call on another way out of a block, and a return. */
  readonly block: number | undefined;
  /** The operation of each event. */
  readonly places: readonly number[];
}

export interface CodeOfFunction {
  readonly ops: MicroOps;
  readonly graph: BlockGraph;
  readonly convention: CallingConvention;
  /** Whether an operation calls, or jumps to another function. */
  isCall(at: number): boolean;
}

/** Outcomes that a call can have, as bits; 0: not known. */
export type OutcomesOf = (targets: readonly number[]) => number;

/** More ways to one block are taken for one on which nothing is known. */
const ways_max = 8;
/** All ways of a function: so many, and for each of its blocks. */
const ways_free = 64;
const growth_max = 2;
/** More than a block's bytes can have. */
const effects_max = 2 ** 24;

export function feasiblePaths(
  blocks: readonly PlacedBlock[],
  code: CodeOfFunction,
  outcomesOf: OutcomesOf,
): LogBlock[] {
  return new PathSearch(blocks, code, outcomesOf).run();
}

/** A way into a block, at one of its effects. */
interface Way {
  readonly block: number;
  readonly effect: number;
  readonly state: PathState;
  /** Another way to the same place; NO_WAY: the first one. */
  readonly before: number;
}

class PathSearch {
  readonly #blocks: readonly PlacedBlock[];
  readonly #code: CodeOfFunction;
  readonly #outcomesOf: OutcomesOf;
  readonly #clobbers: PlaceSet;
  readonly #live: LivePlaces;
  /** By block, of the ways to its beginning, and by block and effect, of those behind a call: the last one found. */
  readonly #lastInto: Int32Array;
  readonly #lastBehind = new Map<number, number>();
  readonly #ways: Way[] = [];
  /** What is known at the point at hand, and what of it on one way on: whoever keeps one takes a copy. */
  readonly #here = new PathState();
  readonly #onward = new PathState();

  constructor(blocks: readonly PlacedBlock[], code: CodeOfFunction, outcomesOf: OutcomesOf) {
    this.#blocks = blocks;
    this.#code = code;
    this.#outcomesOf = outcomesOf;
    this.#lastInto = new Int32Array(blocks.length).fill(NO_WAY);
    const { ops, graph, convention } = code;
    const effects = blockEffects(ops, graph, convention, (at) => code.isCall(at));
    const clobbers = { low: 0, high: 1 };
    for (const register of convention.callClobbers) if (register < 32) clobbers.low |= 1 << register;
    this.#clobbers = clobbers;
    this.#live = livePlaces(graph, effects, {
      asks: (block) => this.#condition(block) !== NO_REGISTER,
      resultRegister: convention.resultRegister,
      clobbers,
    });
  }

  run(): LogBlock[] {
    this.#way(0, 0, nothingKnown);
    const found: LogBlock[] = [];
    for (let at = 0; at < this.#ways.length; at++) found.push(this.#follow(this.#ways[at]!));
    return found;
  }

  #way(block: number, effect: number, state: PathState): number {
    const place = block * effects_max + effect;
    const last = effect === 0 ? this.#lastInto[block]! : (this.#lastBehind.get(place) ?? NO_WAY);
    let count = 0;
    for (let way = last; way !== NO_WAY; way = this.#ways[way]!.before, count++)
      if (this.#ways[way]!.state.equals(state)) return way;
    const isOver = count >= ways_max || this.#ways.length > this.#blocks.length * growth_max + ways_free;
    if (isOver && !state.isEmpty) return this.#way(block, effect, nothingKnown);
    const kept = state.isEmpty ? nothingKnown : state.copy();
    const id = this.#ways.push({ block, effect, state: kept, before: last }) - 1;
    if (effect === 0) this.#lastInto[block] = id;
    else this.#lastBehind.set(place, id);
    return id;
  }

  #follow({ block, effect, state: before }: Way): LogBlock {
    const placed = this.#blocks[block]!;
    const row = this.#rowOf(placed);
    const state = this.#here;
    state.become(before);
    const { events, places } = placed;
    const begin = effect === 0 ? 0 : places.findIndex((place) => place > row[effect - 1]!.at);
    const first = begin === -1 ? events.length : begin;
    let next = first;
    for (let i = effect; i < row.length; i++) {
      const { kind, at } = row[i]!;
      if (kind !== EffectKind.call) {
        this.#apply(state, row[i]!);
        continue;
      }
      while (next < events.length && places[next]! <= at) next++;
      state.forgetAll(this.#clobbers);
      const last = next > first ? events[next - 1] : undefined;
      if (last?.kind !== 'call' || places[next - 1] !== at) continue;
      const routed = this.#route(block, i, at, state, last.targets);
      if (routed !== undefined) return { events: events.slice(first, next), ...routed, returns: false };
    }
    const gives = placed.returns ? outcomeOf(state.range(this.#code.convention.resultRegister)) : undefined;
    return {
      events: first === 0 ? events : events.slice(first),
      successors: this.#successors(placed, state),
      returns: placed.returns,
      ...(gives === undefined ? {} : { gives }),
    };
  }

  /** On from a call by its outcome; undefined where that makes no difference. */
  #route(block: number, effect: number, at: number, state: PathState, targets: readonly number[]) {
    const { resultRegister } = this.#code.convention;
    const live = this.#blocks[block]!.block === undefined ? undefined : this.#live.behind.get(at);
    if (live !== undefined && !hasPlace(live, resultRegister)) return undefined;
    const successors: number[] = [];
    const after: number[] = [];
    const outcomes = this.#outcomesOf(targets);
    if (outcomes === 0 || outcomes === 1 << ANY_OUTCOME) return undefined;
    for (let bits = outcomes; bits !== 0; bits &= bits - 1) {
      const outcome = 31 - Math.clz32(bits & -bits);
      const own = this.#onward;
      own.become(state);
      if (outcome !== ANY_OUTCOME) own.setRange(resultRegister, outcomeRange(outcome), at);
      if (live !== undefined) own.keepOnly(live);
      successors.push(this.#way(block, effect + 1, own));
      after.push(outcome);
    }
    return successors.every((way) => way === successors[0]) && (outcomes & 1) === 1
      ? undefined
      : { successors, after };
  }

  #apply(state: PathState, { kind, at, to, from, number }: Effect): void {
    switch (kind) {
      case EffectKind.constant:
        state.set(to, number);
        break;
      case EffectKind.copy:
      case EffectKind.compare:
        if (from < 0) state.forget(to);
        else state.copyPlace(to, from, at);
        break;
      case EffectKind.narrow:
        state.narrowCopy(to, from);
        break;
      case EffectKind.forget:
        state.forget(to);
    }
    if (to === COMPARED) state.comparison = kind === EffectKind.compare && from >= 0 ? at : -1;
  }

  /** Where the block can go on, with what its condition says on each way. */
  #successors(placed: PlacedBlock, state: PathState): number[] {
    const { successors } = placed;
    if (state.isEmpty) return successors.map((next) => this.#way(next, 0, nothingKnown));
    const ways = successors.map((next) => this.#onTo(placed, next, state));
    return ways.includes(NO_WAY) ? ways.filter((way) => way !== NO_WAY) : ways;
  }

  #onTo(placed: PlacedBlock, next: number, here: PathState): number {
    const state = this.#onward;
    state.become(here);
    if (!this.#meets(placed, next, state)) return NO_WAY;
    const to = this.#blocks[next]!.block;
    state.keepOnly(to === undefined ? nothing : this.#live.before[to]!);
    return this.#way(next, 0, state);
  }

  /** Whether the condition at the block's end lets control go on to `next`; `state` then knows so. */
  #meets({ block, successors }: PlacedBlock, next: number, state: PathState): boolean {
    const condition = block === undefined ? NO_REGISTER : this.#condition(block);
    if (block === undefined || condition === NO_REGISTER || state.comparison < 0) return true;
    const to = this.#blocks[next]!.block;
    const ways = this.#code.graph.successors[block]!;
    const leaves = successors.some((other) => this.#blocks[other]!.block === undefined);
    // Where both ways lead to one block nothing is learnt.
    if (ways.length !== 2 && !leaves) return true;
    const taken = to === undefined || (ways.length === 2 && to === ways[0]);
    const range = this.#narrowed(state, taken ? condition : opposite(condition));
    if (range !== undefined) state.narrow(COMPARED, range);
    return range !== undefined;
  }

  #narrowed(state: PathState, condition: number): ValueRange | undefined {
    const { ops } = this.#code;
    const at = state.comparison;
    const range = state.range(COMPARED);
    const number = ops.imm[at]! | 0;
    const isOne = range.low === range.high;
    switch (ops.op[at]) {
      case Op.compare:
        if (ops.size[at]! >= 4) return withCondition(range, condition, number);
        return isOne && !holds(narrow(range.low, ops.size[at]!), condition, narrow(number, ops.size[at]!))
          ? undefined
          : range;
      case Op.test:
        if (number === 0 && ops.size[at]! >= 4) return withCondition(range, condition, 0);
        if (!isOne) return range;
        return holds(narrow(number === 0 ? range.low : range.low & number, ops.size[at]!), condition, 0)
          ? range
          : undefined;
      default:
        // A sum: whether it overflowed is another matter.
        return condition <= Condition.notEqual ? withCondition(range, condition, 0) : range;
    }
  }

  /** NO_REGISTER where the block ends in none. */
  #condition(block: number): number {
    const { ops, graph } = this.#code;
    const last = graph.to[block]! - 1;
    return ops.op[last] === Op.jumpIf ? ops.d[last]! : NO_REGISTER;
  }

  #rowOf({ block, places }: PlacedBlock): readonly Effect[] {
    if (block !== undefined) return this.#live.effects[block]!;
    const to = this.#code.convention.resultRegister;
    return places.slice(0, 1).map((at) => ({ kind: EffectKind.call, at, to, from: -1, number: 0 }));
  }
}

const NO_WAY = -1;
const nothing: PlaceSet = { low: 0, high: 0 };
/** Ways copy what they begin with. */
const nothingKnown = new PathState();

function holds(n: number, condition: number, than: number): boolean {
  return withCondition(exactly(n), condition, than) !== undefined;
}

/** The lowest bytes of a number, with their sign. */
function narrow(n: number, bytes: number): number {
  if (bytes >= 4) return n;
  const unused = 32 - 8 * bytes;
  return (n << unused) >> unused;
}
