/**
 * Which places may still be asked for: by a condition, or by the caller. What nobody asks for need not be told apart.
 * A backward analysis over the blocks to a fixed point. It must not know what places hold.
 */
import { type BlockGraph, predecessorsOf } from '../cfg/block-graph.ts';
import { COMPARED, type Effect, EffectKind } from './block-effects.ts';

/** Of PLACES_MAX places, as bits. */
export interface PlaceSet {
  low: number;
  high: number;
}

export interface LivePlaces {
  /** By block, at its beginning. */
  readonly before: readonly PlaceSet[];
  /** Behind a call, by its operation. */
  readonly behind: ReadonlyMap<number, PlaceSet>;
  /** By block: the effects on which something that is asked for depends, calls and returns. */
  readonly effects: readonly (readonly Effect[])[];
}

export interface PlaceUse {
  /** Whether the block ends in a condition on what was compared. */
  asks(block: number): boolean;
  readonly resultRegister: number;
  /** Places that a call may change. */
  readonly clobbers: PlaceSet;
}

export function hasPlace({ low, high }: PlaceSet, place: number): boolean {
  return ((place < 32 ? low >>> place : high >>> (place - 32)) & 1) === 1;
}

export function livePlaces(
  graph: BlockGraph,
  effects: readonly (readonly Effect[])[],
  use: PlaceUse,
): LivePlaces {
  const count = graph.from.length;
  const before: PlaceSet[] = graph.from.map(() => ({ low: 0, high: 0 }));
  const predecessors = predecessorsOf(graph);
  const live: PlaceSet = { low: 0, high: 0 };
  const waiting = [...graph.from.keys()];
  const isWaiting = new Uint8Array(count).fill(1);
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    isWaiting[block] = 0;
    const row = effects[block]!;
    takeEnd(live, graph, before, use, block);
    for (let i = row.length - 1; i >= 0; i--) stepBack(row[i]!, live, use);
    const known = before[block]!;
    if (known.low === live.low && known.high === live.high) continue;
    known.low = live.low;
    known.high = live.high;
    for (const from of predecessors[block]!) {
      if (isWaiting[from] === 1) continue;
      isWaiting[from] = 1;
      waiting.push(from);
    }
  }
  const behind = new Map<number, PlaceSet>();
  const useful: Effect[][] = [];
  for (let block = 0; block < count; block++) {
    takeEnd(live, graph, before, use, block);
    useful.push(usefulOf(effects[block]!, live, use, behind));
  }
  return { before, behind, effects: useful };
}

/** What is asked for behind a block. */
function takeEnd(
  live: PlaceSet,
  graph: BlockGraph,
  before: readonly PlaceSet[],
  use: PlaceUse,
  block: number,
): void {
  live.low = 0;
  live.high = 0;
  for (const next of graph.successors[block]!) {
    live.low |= before[next]!.low;
    live.high |= before[next]!.high;
  }
  if (use.asks(block)) add(live, COMPARED);
}

/** Turns `live` from what it is behind an effect into what it is before; whether anything that is asked for depends on it. */
function stepBack(
  { kind, to, from }: Effect,
  live: PlaceSet,
  { resultRegister, clobbers }: PlaceUse,
): boolean {
  if (kind === EffectKind.return) add(live, resultRegister);
  else if (kind === EffectKind.call) {
    live.low &= ~clobbers.low;
    live.high &= ~clobbers.high;
  } else {
    if (!hasPlace(live, to)) return false;
    remove(live, to);
    if (from >= 0) add(live, from);
  }
  return true;
}

function usefulOf(
  row: readonly Effect[],
  live: PlaceSet,
  use: PlaceUse,
  behind: Map<number, PlaceSet>,
): Effect[] {
  const useful: Effect[] = [];
  for (let i = row.length - 1; i >= 0; i--) {
    const effect = row[i]!;
    if (effect.kind === EffectKind.call) behind.set(effect.at, { low: live.low, high: live.high });
    if (stepBack(effect, live, use)) useful.push(effect);
  }
  return useful.reverse();
}

function add(set: PlaceSet, place: number): void {
  if (place < 32) set.low |= 1 << place;
  else set.high |= 1 << (place - 32);
}

function remove(set: PlaceSet, place: number): void {
  if (place < 32) set.low &= ~(1 << place);
  else set.high &= ~(1 << (place - 32));
}
