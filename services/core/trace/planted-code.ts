/**
 * What lay in wait for others: code that was written within what was recorded, and then run (a page that a query wrote,
 * a job, a program that was fetched), and file systems that were filled. Whoever brought it about is nearer to a root
 * cause than whoever only set it off, or met it. It must not know scores.
 */
import type { Vertex } from '../graph-store.ts';
import { fillOperation } from '../upg/space-use.ts';
import { type BestPath, reaching } from './best-paths.ts';
import { isAttribute, isExec } from './edge-cost.ts';
import { failedBy } from './failure.ts';
import { fileRole, isSource, pathOf } from './file-role.ts';
import { rarity } from './frequency.ts';
import type { TraceView } from './trace-view.ts';
import { endOfTime, type TracedEdge } from './traversal.ts';

export interface PlantedCode {
  /** What setting it off is, in words. */
  readonly why: string;
  /** Vertices that ran it, or had to do with what failed by it. */
  readonly runners: ReadonlySet<string>;
  /** What can have had a part in it before it last ran, and itself. */
  readonly authors: ReadonlySet<string>;
  /** 0 to 1: how much of a cause it leaves to those who set it off. Code that often runs is a fixture. */
  readonly left: number;
}

/** Each takes a search of its own. */
const plants_max = 4;
const left_min = 0.5;
/** Who reads a script opens it, too. */
const edgesOfRun = 2;

/** The newest first. */
export function plantedCode(view: TraceView): PlantedCode[] {
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
    why: `set off ${pathOf(vertex)}, which others had written`,
    runners: new Set(runs.map(({ to }) => to)),
    authors: authorsOf(view, vertex.id, time),
    left: 1 - (1 - left_min) * rarity(Math.max(1, view.degrees(vertex.id).outOf / edgesOfRun)),
  }));
}

/** Of file systems without room: those who have to do with what failed are on its way to the symptom, or had it from there. */
export function filledRooms(view: TraceView, paths: ReadonlyMap<string, BestPath>): PlantedCode[] {
  const rooms = [...view.vertices.values()].filter(({ id }) =>
    view.into(id).some(({ op }) => op === fillOperation),
  );
  return rooms.slice(0, plants_max).map(({ id, label }) => ({
    why: `met that others had taken ${label}`,
    runners: new Set([...failedBy(view, id), ...wayOf(view, paths.get(id))]),
    authors: authorsOf(view, id, endOfTime),
    left: left_min,
  }));
}

/** Without files: what one writer met is not what met another. */
function wayOf(view: TraceView, path: BestPath | undefined): string[] {
  return path?.steps.flatMap(({ edge: { to } }) => (view.kind(to) === 'file' ? [] : [to])) ?? [];
}

function authorsOf(view: TraceView, vertex: string, time: bigint): Set<string> {
  return reaching((id) => view.into(id), [{ vertex, time }]);
}

/** What a cause set off that it had no part in. */
export function setOff(
  planted: readonly PlantedCode[],
  cause: string,
  path: BestPath,
): PlantedCode | undefined {
  return planted.find(
    ({ runners, authors }) => !authors.has(cause) && path.steps.some(({ edge }) => runners.has(edge.to)),
  );
}
