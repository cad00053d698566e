/** Edges of one vertex, by the page: the newest into it, or the oldest out of it. */
import type { Neighbours } from '../../contract/browse.ts';
import { edgeAnswer, vertexAnswer } from '../../contract/graph-answer.ts';
import type { Edge, GraphReader } from '../../core/graph-store.ts';
import { beginningOfTime, endOfTime } from '../../core/trace/traversal.ts';
import { cursorText, readCursor } from './cursor.ts';

/** Edges that are read to find a page: of long ones that go on, many may have been given before. */
const edges_max = 262_144;

export interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export async function neighbours(
  reader: GraphReader,
  vertex: string,
  direction: 'into' | 'outOf',
  { limit, cursor }: Page,
): Promise<Neighbours> {
  const at = readCursor(cursor);
  const from = at?.time;
  const isLeft = (e: Edge): boolean =>
    from === undefined || (direction === 'into' ? e.first <= from : e.first >= from);
  const query = {
    vertex,
    since: direction === 'into' || from === undefined ? beginningOfTime : from,
    until: direction === 'into' && from !== undefined ? from : endOfTime,
  };
  const seen = at?.seen ?? 0;
  for (let read = limit + seen + 1; ; read *= 4) {
    const found =
      direction === 'into' ? await reader.edgesInto([query], read) : await reader.edgesOutOf([query], read);
    const left = found.edges.filter(isLeft).slice(seen);
    if (left.length <= limit && found.truncated.length > 0 && read < edges_max) continue;
    const edges = left.slice(0, limit);
    const ends = [...new Set(edges.map((e) => (direction === 'into' ? e.from : e.to)))];
    const next = left.length > limit ? nextCursor(edges, from, seen) : null;
    return {
      edges: edges.map(edgeAnswer),
      vertices: (await reader.vertices(ends)).map(vertexAnswer),
      next,
    };
  }
}

function nextCursor(edges: readonly Edge[], from: bigint | undefined, seen: number): string {
  const time = edges.at(-1)!.first;
  const same = edges.filter((e) => e.first === time).length;
  return cursorText({ time, seen: time === from ? seen + same : same });
}
