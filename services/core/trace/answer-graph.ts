/**
 * The part of a trace that an answer shows: the paths of its causes, then what flowed into them, the most telling
 * first. Nothing of it is changed; what is left out is counted by why. The store keeps all.
 *
 * It must not know how a graph is written.
 */
import type { Vertex } from '../graph-store.ts';
import type { BestPath } from './best-paths.ts';
import { isExec } from './edge-cost.ts';
import { fileRole } from './file-role.ts';
import { Heap } from './heap.ts';
import { ProgramStarts } from './program-start.ts';
import { starterWay } from './starter-way.ts';
import type { TraceView } from './trace-view.ts';
import type { TracedEdge } from './traversal.ts';

export interface AnswerGraph {
  readonly vertices: ReadonlySet<string>;
  readonly edges: readonly TracedEdge[];
  readonly left: {
    /** Read-only libraries, programs of the system, and what the kernel shows as files. */
    readonly libraries: number;
    /** Files that one process or unit alone wrote and read. */
    readonly scratch: number;
    /** What programs took up before they served anyone, and nobody else wrote. */
    readonly starts: number;
    /** Behind the bound. */
    readonly other: number;
  };
}

interface Candidate {
  readonly id: string;
  readonly cost: number;
}

type Folded = Exclude<keyof AnswerGraph['left'], 'other'>;

const stepCost = 2;
/** What flowed into the way of a cause says less than what flowed into a likelier one's. */
const rankCost = 4;
const namingOperations = new Set(['rename', 'renameat', 'renameat2', 'link', 'linkat']);

/**
 * `paths` are by rank. They, the first one's way over who started what it runs, and what was asked about are kept whole,
 * whatever the bound.
 */
export function answerGraph(
  view: TraceView,
  asked: readonly string[],
  paths: readonly BestPath[],
  vertices_max: number,
): AnswerGraph {
  const kept = new Set(asked);
  const starter = paths[0] === undefined ? [] : starterWay(view, paths[0]);
  const ways = [...paths.map(({ steps }) => steps), starter];
  for (const { edge } of ways.flat()) kept.add(edge.from).add(edge.to);
  const folded = new Map<string, Folded>();
  const starts = new ProgramStarts(view);
  const heap = new Heap<Candidate>((a, b) => a.cost - b.cost || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const met = new Set(kept);
  const look = (id: string, cost: number): void => {
    for (const edge of neighbours(view, id)) {
      const far = edge.from === id ? edge.to : edge.from;
      if (met.has(far)) continue;
      met.add(far);
      const vertex = view.vertices.get(far);
      if (vertex === undefined) continue;
      const why = foldedAs(view, vertex, edge) ?? (starts.has(vertex) ? 'starts' : undefined);
      if (why === undefined) heap.push({ id: far, cost: cost + stepCost + dullness(vertex, edge) });
      else folded.set(far, why);
    }
  };
  for (const id of asked) look(id, 0);
  for (const [rank, { steps }] of paths.entries()) {
    for (const { edge } of steps) for (const id of [edge.from, edge.to]) look(id, rank * rankCost);
  }
  for (let next = heap.pop(); next !== undefined && kept.size < vertices_max; next = heap.pop()) {
    kept.add(next.id);
    look(next.id, next.cost);
  }
  const counted = (why: Folded): number => [...folded.values()].filter((w) => w === why).length;
  const left = {
    libraries: counted('libraries'),
    scratch: counted('scratch'),
    starts: counted('starts'),
  };
  const edges = view.traced.edges.filter(({ from, to }) => kept.has(from) && kept.has(to));
  const other = view.vertices.size - kept.size - folded.size;
  return { vertices: kept, edges, left: { ...left, other: Math.max(0, other) } };
}

/** Backward what flowed in, forward what flowed out. */
function neighbours(view: TraceView, id: string): readonly TracedEdge[] {
  return view.traced.direction === 'backward' ? view.into(id) : view.outOf(id);
}

function foldedAs(view: TraceView, vertex: Vertex, edge: TracedEdge): Folded | undefined {
  if (vertex.kind !== 'file') return undefined;
  const written = view.into(vertex.id);
  const role = fileRole(vertex);
  if (written.length === 0) {
    if (role === 'library' || role === 'kernel') return 'libraries';
    return role === 'system-program' && !isExec(edge) ? 'libraries' : undefined;
  }
  const actors = new Set([...written.map((e) => e.from), ...view.outOf(vertex.id).map((e) => e.to)]);
  const { into, outOf } = view.degrees(vertex.id);
  // Somebody else can have touched it outside of the trace.
  const isWhole = into + outOf <= written.length + view.outOf(vertex.id).length;
  const isScratch = actors.size === 1 && isWhole && view.outOf(vertex.id).length > 0 && !isNamedLast(written);
  return isScratch ? 'scratch' : undefined;
}

/** What was written under another name first, and then put where it was to stay. */
function isNamedLast(written: readonly TracedEdge[]): boolean {
  const last = written.reduce((latest, edge) => (edge.last >= latest.last ? edge : latest));
  return namingOperations.has(last.op);
}

/** What says less comes later. */
function dullness(vertex: Vertex, edge: TracedEdge): number {
  if (vertex.kind === 'socket') return 0;
  if (vertex.kind !== 'file') return 1;
  const role = fileRole(vertex);
  if (role === 'ordinary') return 0;
  return role === 'configuration' || isExec(edge) ? 1 : 2;
}
