/**
 * The best path from every vertex of a backward trace to its symptom: the cheapest by the edges' costs among those
 * that respect time. A label-setting search over (vertex, cost, bound): labels settle in order of cost, and one
 * counts only with a later bound than every cheaper one of its vertex, since a dearer way that leaves more time can
 * reach causes that the cheaper cannot (multi-criteria shortest paths, Martins 1984).
 *
 * And what there is a path from at all, which costs less to know.
 *
 * It must not know how costs are made.
 */
import { Heap } from './heap.ts';
import { beginningOfTime, type TracedEdge, type TraceStart } from './traversal.ts';

export interface PathStep {
  readonly edge: TracedEdge;
  /** When its information counts at the latest, ns. */
  readonly time: bigint;
}

export interface BestPath {
  readonly cost: number;
  /** Cause first. Empty for a start. */
  readonly steps: readonly PathStep[];
}

interface Label {
  readonly vertex: string;
  readonly cost: number;
  readonly bound: bigint;
  readonly via: PathStep | undefined;
  readonly next: Label | undefined;
}

/** Of every vertex that `into` leads to. Costs are positive; equal ones are decided by time, then by id. */
export function bestPaths(
  into: (vertex: string) => readonly TracedEdge[],
  starts: readonly TraceStart[],
  costOf: (edge: TracedEdge) => number,
): Map<string, BestPath> {
  const heap = new Heap<Label>(compareLabels);
  for (const { vertex, time } of starts) {
    heap.push({ vertex, cost: 0, bound: time, via: undefined, next: undefined });
  }
  const best = new Map<string, Label>();
  /** The latest bound among the settled labels of a vertex. */
  const settled = new Map<string, bigint>();
  /** What waits for a vertex: a dearer label with no later bound would be settled to no avail. */
  const waiting = new Map<string, { cost: number; bound: bigint }>();
  for (let label = heap.pop(); label !== undefined; label = heap.pop()) {
    const { vertex, bound } = label;
    const covered = settled.get(vertex) ?? beginningOfTime;
    if (bound <= covered) continue;
    settled.set(vertex, bound);
    if (!best.has(vertex)) best.set(vertex, label);
    for (const edge of into(vertex)) {
      // An edge that ended by `covered` gives no later bound than it did for a cheaper label.
      if (edge.last <= covered) continue;
      const time = timeThrough(edge, bound);
      if (time === undefined || time <= (settled.get(edge.from) ?? beginningOfTime)) continue;
      const cost = label.cost + costOf(edge);
      const rival = waiting.get(edge.from);
      if (rival !== undefined && rival.cost <= cost && rival.bound >= time) continue;
      waiting.set(edge.from, { cost, bound: time });
      heap.push({ vertex: edge.from, cost, bound: time, via: { edge, time }, next: label });
    }
  }
  return new Map(Array.from(best, ([vertex, label]) => [vertex, pathOf(label)]));
}

/** What can have reached a start in time, and the starts: the vertices of `bestPaths`. */
export function reaching(
  into: (vertex: string) => readonly TracedEdge[],
  starts: readonly TraceStart[],
): Set<string> {
  const heap = new Heap<TraceStart>((a, b) => (a.time > b.time ? -1 : a.time < b.time ? 1 : 0));
  /** The latest bound that is known of each vertex. */
  const bounds = new Map<string, bigint>();
  const reach = (vertex: string, time: bigint): void => {
    if (time <= (bounds.get(vertex) ?? beginningOfTime)) return;
    bounds.set(vertex, time);
    heap.push({ vertex, time });
  };
  for (const { vertex, time } of starts) reach(vertex, time);
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
    if (next.time !== bounds.get(next.vertex)) continue;
    for (const edge of into(next.vertex)) {
      const time = timeThrough(edge, next.time);
      if (time !== undefined) reach(edge.from, time);
    }
  }
  return new Set(bounds.keys());
}

/** By which an edge can have brought what counts by `bound`; undefined where it came too late. */
function timeThrough({ first, last, slack = 0n }: TracedEdge, bound: bigint): bigint | undefined {
  if (first - slack > bound) return undefined;
  const begun = first > bound ? first : bound;
  return last < begun ? last : begun;
}

function pathOf(label: Label): BestPath {
  const steps: PathStep[] = [];
  for (let l: Label | undefined = label; l?.via !== undefined; l = l.next) steps.push(l.via);
  return { cost: label.cost, steps };
}

function compareLabels(a: Label, b: Label): number {
  if (a.cost !== b.cost) return a.cost < b.cost ? -1 : 1;
  if (a.bound !== b.bound) return a.bound > b.bound ? -1 : 1;
  if (a.vertex !== b.vertex) return a.vertex < b.vertex ? -1 : 1;
  return 0;
}
