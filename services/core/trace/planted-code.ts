/**
 * Code that was written within what was recorded, and then run: a page that a query wrote, a job, a program that was
 * fetched. Whoever had it written is nearer to a root cause than whoever only set it off. It must not know scores.
 */
import type { Vertex } from '../graph-store.ts';
import type { BestPath } from './best-paths.ts';
import { isAttribute, isExec } from './edge-cost.ts';
import { fileRole, isSource, pathOf } from './file-role.ts';
import { rarity } from './frequency.ts';
import type { TraceView } from './trace-view.ts';
import type { TracedEdge, TraceStart } from './traversal.ts';

export interface PlantedCode {
  readonly path: string;
  /** Vertices that ran it. */
  readonly runners: ReadonlySet<string>;
  /** What can have had a part in its text before it last ran, and itself. */
  readonly authors: ReadonlySet<string>;
  /** 0 to 1: how much of a cause it leaves to those who set it off. Code that often runs is a fixture. */
  readonly left: number;
}

/** Each takes a search of its own. */
const plants_max = 4;
const left_min = 0.5;
/** Who reads a script opens it, too. */
const edgesOfRun = 2;

/** The newest first. `search` finds the best paths to where it is told to start. */
export function plantedCode(
  view: TraceView,
  search: (from: readonly TraceStart[]) => ReadonlyMap<string, BestPath>,
): PlantedCode[] {
  const plants: { vertex: Vertex; runs: readonly TracedEdge[]; time: bigint }[] = [];
  for (const vertex of view.vertices.values()) {
    if (vertex.kind !== 'file' || fileRole(vertex) === 'library' || fileRole(vertex) === 'kernel') continue;
    const written = view.into(vertex.id).filter((edge) => !isAttribute(edge));
    if (written.length === 0) continue;
    const runs = view.outOf(vertex.id).filter((edge) => isExec(edge) || isSource(vertex));
    const time = runs.reduce((latest, { last }) => (last > latest ? last : latest), 0n);
    if (written.some(({ first }) => first <= time)) plants.push({ vertex, runs, time });
  }
  plants.sort((a, b) => (a.time > b.time ? -1 : a.time < b.time ? 1 : a.vertex.id < b.vertex.id ? -1 : 1));
  return plants.slice(0, plants_max).map(({ vertex, runs, time }) => ({
    path: pathOf(vertex),
    runners: new Set(runs.map(({ to }) => to)),
    authors: new Set(search([{ vertex: vertex.id, time }]).keys()),
    left: 1 - (1 - left_min) * rarity(Math.max(1, view.degrees(vertex.id).outOf / edgesOfRun)),
  }));
}

/** What a cause set off that it had no part in writing. */
export function setOff(
  planted: readonly PlantedCode[],
  cause: string,
  path: BestPath,
): PlantedCode | undefined {
  return planted.find(
    ({ runners, authors }) => !authors.has(cause) && path.steps.some(({ edge }) => runners.has(edge.to)),
  );
}
