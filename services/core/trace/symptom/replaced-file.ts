/**
 * Which of the files that one path has meant over time it means no more: `mv new old`, editors and log rotation put
 * another file in its place. What is asked about is the one that is there. It must not know forms of symptoms.
 */
import type { Edge, Vertex } from '../../graph-store.ts';
import { beginningOfTime } from '../traversal.ts';
import type { Question } from './symptom.ts';

/** Calls that say which file a path means at that time. */
const namings = new Set(
  'open openat openat2 creat execve execveat rename renameat renameat2 link linkat symlink symlinkat'.split(
    ' ',
  ),
);
const edgesOfVertex_max = 2_000;

interface Named {
  readonly id: string;
  /** By that path, for the last time; ns. */
  readonly time: bigint;
  readonly paths: number;
  readonly begun: bigint;
}

/** Ids of those among `files` (which all have had the path) that another one of the same container has replaced. */
export async function replacedFiles(
  { reader, before }: Question,
  files: readonly Vertex[],
): Promise<ReadonlySet<string>> {
  const groups = new Map<string, Vertex[]>();
  for (const file of files) {
    if (file.kind !== 'file') continue;
    const key = `${file.host}/${file.container ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  const rivals = [...groups.values()].filter((group) => group.length > 1);
  if (rivals.length === 0) return new Set();
  const queries = rivals.flat().map(({ id }) => ({ vertex: id, since: beginningOfTime, until: before }));
  const into = await reader.edgesInto(queries, edgesOfVertex_max);
  const outOf = await reader.edgesOutOf(queries, edgesOfVertex_max);
  const times = new Map<string, bigint>();
  for (const edge of into.edges) note(times, edge.to, edge);
  for (const edge of outOf.edges) note(times, edge.from, edge);
  return new Set(rivals.flatMap((group) => allButLast(group, times)));
}

function note(times: Map<string, bigint>, file: string, { op, last }: Edge): void {
  if (namings.has(op) && last > (times.get(file) ?? beginningOfTime)) times.set(file, last);
}

/** A call that replaces a file is about both; the one that had another name before is the new one. */
function allButLast(group: readonly Vertex[], times: ReadonlyMap<string, bigint>): string[] {
  const named = group.map(({ id, terms, time }): Named => {
    const paths = terms.filter((each) => each.startsWith('path:')).length;
    return { id, time: times.get(id) ?? beginningOfTime, paths, begun: time };
  });
  return named
    .sort((a, b) => compare(b.time, a.time) || b.paths - a.paths || compare(b.begun, a.begun))
    .slice(1)
    .map(({ id }) => id);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
