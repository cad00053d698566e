/**
 * Ranks the root causes of a backward trace. A score is what an origin is (its prior) × how far it is by its best path
 * × how rare the way is. It is comparable within one answer only; docs/RANKING.md says what goes into it. It must not
 * know how a trace was made or how an answer is shown.
 */
import type { Vertex } from '../graph-store.ts';
import { type BestPath, bestPaths } from './best-paths.ts';
import { edgeCosts } from './edge-cost.ts';
import { type Frequencies, rarity } from './frequency.ts';
import { type EntryPoint, type Origin, originsOf } from './origin.ts';
import { filledRooms, type PlantedCode, plantedCode, setOff } from './planted-code.ts';
import type { TraceView } from './trace-view.ts';
import type { TraceStart } from './traversal.ts';

export interface RootCause {
  readonly vertex: Vertex;
  readonly entry: EntryPoint;
  /** 0 to 1: the product of the factors. */
  readonly score: number;
  readonly factors: Factors;
  /** Plain words. */
  readonly why: string;
  /** Empty where the symptom is its own cause. */
  readonly path: BestPath;
}

/** 0 to 1 each. */
export interface Factors {
  readonly prior: number;
  readonly distance: number;
  /** 1 as long as frequencies are not known. */
  readonly rarity: number;
}

/** Cost of a path that halves a score. */
const halfCost = 14;
/** A symptom explains itself only where nothing else does as well. */
const selfFactor = 0.3;
const selfSearches_max = 8;

/** Candidates by rank; equal scores by id. `starts` are those of the trace. */
export function rankRootCauses(view: TraceView, starts: readonly TraceStart[]): RootCause[] {
  const costOf = edgeCosts(view);
  const search = (from: readonly TraceStart[]) => bestPaths((id) => view.into(id), from, costOf);
  const paths = search(starts);
  const planted = [...plantedCode(view), ...filledRooms(view, paths)];
  const startIds = new Set(starts.map((start) => start.vertex));
  const causes: RootCause[] = [];
  const selves: RootCause[] = [];
  let selfSearches = 0;
  for (const origin of originsOf(view, paths)) {
    const { id } = origin.vertex;
    const path = paths.get(id)!;
    if (!startIds.has(id)) {
      causes.push(causeOf(view, triggered(origin, setOff(planted, id, path)), path, 1));
      continue;
    }
    const others = starts.filter((start) => start.vertex !== id);
    // One address can be the client that asked and the place that the data went to.
    const onward =
      others.length > 0 && selfSearches++ < selfSearches_max ? search(others).get(id) : undefined;
    if (onward !== undefined) causes.push(causeOf(view, origin, onward, 1));
    else if (origin.vertex.properties.role === 'inbound')
      causes.push(causeOf(view, origin, path, selfFactor));
    else selves.push(causeOf(view, origin, path, selfFactor));
  }
  return ranked(causes.length > 0 ? causes : selves);
}

/**
 * The same by rank, with the rarity of their ways: the mean over what lies between origin and symptom, so that a long
 * way is not rarer than a short one. A way that everybody takes keeps half of its score.
 */
export function weighRarity(causes: readonly RootCause[], frequencies: Frequencies): RootCause[] {
  return ranked(
    causes.map((cause) => {
      const between = cause.path.steps.slice(0, -1).map(({ edge }) => edge.to);
      const rarities = [cause.vertex.id, ...between].map((id) => rarity(frequencies.get(id) ?? 1));
      const mean = rarities.reduce((sum, r) => sum + r, 0) / rarities.length;
      const factors = { ...cause.factors, rarity: (1 + mean) / 2 };
      return { ...cause, factors, score: product(factors) };
    }),
  );
}

function ranked(causes: readonly RootCause[]): RootCause[] {
  return causes.toSorted(
    (a, b) => b.score - a.score || byTime(a.vertex, b.vertex) || (a.vertex.id < b.vertex.id ? -1 : 1),
  );
}

/** Ids are made otherwise for each source, and say nothing. */
function byTime(a: Vertex, b: Vertex): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : 0;
}

/** Whoever only set off what others had planted caused less of it. */
function triggered(origin: Origin, planted: PlantedCode | undefined): Origin {
  if (planted === undefined) return origin;
  const why = `${origin.why} and ${planted.why}`;
  return { ...origin, prior: origin.prior * planted.left, why };
}

function causeOf(view: TraceView, origin: Origin, path: BestPath, factor: number): RootCause {
  const { vertex, entry } = origin;
  const factors = { prior: origin.prior * factor, distance: 2 ** (-path.cost / halfCost), rarity: 1 };
  return {
    vertex,
    entry,
    score: product(factors),
    factors,
    why: `${origin.why}${distance(view, path)}`,
    path,
  };
}

function product({ prior, distance, rarity }: Factors): number {
  return prior * distance * rarity;
}

function distance(view: TraceView, { steps }: BestPath): string {
  if (steps.length === 0) return '; it is the symptom itself';
  const ids = new Set(steps.flatMap(({ edge }) => [edge.from, edge.to]));
  const units = [...ids].filter((id) => view.kind(id) === 'unit').length;
  const through = units === 0 ? '' : ` through ${count(units, 'request')}`;
  const held = steps.some(({ edge }) => edge.op === 'unit')
    ? ', by what a server held before the request'
    : '';
  return `, ${count(steps.length, 'step')} before the symptom${through}${held}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
