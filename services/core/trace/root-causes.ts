/**
 * Ranks the root causes of a backward trace: what an origin is (its prior) × the decay along its best path. The score
 * is comparable within one answer only. It must not know how a trace was made or how an answer is shown.
 */
import type { Vertex } from '../graph-store.ts';
import { type BestPath, bestPaths } from './best-paths.ts';
import { edgeCost } from './edge-cost.ts';
import { type Origin, originsOf } from './origin.ts';
import { type Degrees, TraceView } from './trace-view.ts';
import type { Traced, TraceStart } from './traversal.ts';

export interface RootCause {
  readonly vertex: Vertex;
  /** 0 to 1. */
  readonly score: number;
  /** Plain words. */
  readonly why: string;
  /** Empty where the symptom is its own cause. */
  readonly path: BestPath;
}

/** Cost of a path that halves a score. */
const halfCost = 14;
/** A symptom explains itself only where nothing else does as well. */
const selfFactor = 0.3;
const selfSearches_max = 8;

/** Candidates by rank; equal scores by id. `starts` are those of the trace. */
export function rankRootCauses(
  traced: Traced,
  starts: readonly TraceStart[],
  vertices: ReadonlyMap<string, Vertex>,
  degrees: ReadonlyMap<string, Degrees>,
): RootCause[] {
  const view = new TraceView(traced, vertices, degrees);
  const search = (from: readonly TraceStart[]) =>
    bestPaths(
      (id) => view.into(id),
      from,
      (e) => edgeCost(e, view),
    );
  const paths = search(starts);
  const startIds = new Set(starts.map((start) => start.vertex));
  const causes: RootCause[] = [];
  const selves: RootCause[] = [];
  let selfSearches = 0;
  for (const origin of originsOf(view, paths)) {
    const { id } = origin.vertex;
    const path = paths.get(id)!;
    if (!startIds.has(id)) {
      causes.push(causeOf(view, origin, path, 1));
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
  return (causes.length > 0 ? causes : selves).sort(
    (a, b) => b.score - a.score || byTime(a.vertex, b.vertex) || (a.vertex.id < b.vertex.id ? -1 : 1),
  );
}

/** Ids are made otherwise for each source, and say nothing. */
function byTime(a: Vertex, b: Vertex): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : 0;
}

function causeOf(view: TraceView, origin: Origin, path: BestPath, factor: number): RootCause {
  const score = origin.prior * factor * 2 ** (-path.cost / halfCost);
  return { vertex: origin.vertex, score, why: `${origin.why}${distance(view, path)}`, path };
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
