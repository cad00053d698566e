/**
 * A backward trace at its worst, over the port: no ranking, no pruning, twelve levels, as many vertices as allowed.
 * Each vertex remembers the range of time it has been asked for, so that a hub is not read again, only further.
 */
import type { EdgeQuery, GraphReader } from '../../services/core/graph-store.ts';

export interface TraceBounds {
  readonly levels: number;
  readonly vertices: number;
  readonly edgesPerVertex: number;
}

const TIME_MIN = -(2n ** 63n);

export async function worstTrace(
  reader: Pick<GraphReader, 'edgesInto'>,
  start: string,
  time: bigint,
  bounds: TraceBounds,
): Promise<{ vertices: number; edges: number }> {
  const known = new Map<string, Reached>();
  const first: Reached = { id: start, read: TIME_MIN, wanted: time };
  known.set(start, first);
  let frontier = [first];
  let asked = 0;
  let edges = 0;
  for (let level = 0; level < bounds.levels && frontier.length > 0; level++) {
    const queries: EdgeQuery[] = [];
    for (const reached of frontier) {
      if (reached.read === TIME_MIN && asked >= bounds.vertices) continue;
      if (reached.read === TIME_MIN) asked++;
      queries.push({ vertex: reached.id, since: reached.read, until: reached.wanted });
      reached.read = reached.wanted;
    }
    const answer = await reader.edgesInto(queries, bounds.edgesPerVertex);
    edges += answer.edges.length;
    frontier = [];
    let at = first;
    for (const edge of answer.edges) {
      if (edge.to !== at.id) at = known.get(edge.to)!;
      // What `to` had received by then is bounded by when this trace reached it.
      let until = edge.last;
      if (at.read < until) until = at.read;
      let from = known.get(edge.from);
      if (from === undefined) {
        from = { id: edge.from, read: TIME_MIN, wanted: TIME_MIN };
        known.set(edge.from, from);
      }
      if (from.wanted >= until) continue;
      if (from.wanted === from.read) frontier.push(from);
      from.wanted = until;
    }
  }
  return { vertices: asked, edges };
}

interface Reached {
  readonly id: string;
  /** Edges into it have been read up to this time, and are wanted up to that. */
  read: bigint;
  wanted: bigint;
}
