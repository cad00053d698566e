/**
 * A backward trace at its worst, over the port: no ranking, no pruning, twelve levels, as many vertices as allowed.
 * Each vertex remembers the range of time it has been asked for, so that a hub is not read again, only further.
 */
import type { EdgeColumns, GraphReader, ScanQuery, VertexNumber } from '../../services/core/graph-store.ts';
import { VertexSet } from '../../services/core/trace/vertex-set.ts';

export interface TraceBounds {
  readonly levels: number;
  readonly vertices: number;
  readonly edgesPerVertex: number;
}

export type TraceReader = Pick<GraphReader, 'numbersOf' | 'scanInto'>;

const TIME_MIN = -(2n ** 63n);

export async function worstTrace(
  reader: TraceReader,
  start: string,
  time: bigint,
  bounds: TraceBounds,
): Promise<{ vertices: number; edges: number }> {
  const [number] = await reader.numbersOf([start]);
  if (number === undefined) throw new RangeError(`${start} is not stored`);
  const reached = new Reached();
  reached.wanted[reached.placeOf(number)] = time;
  let frontier = [number];
  let asked = 0;
  let edges = 0;
  for (let level = 0; level < bounds.levels && frontier.length > 0; level++) {
    const places: number[] = [];
    const queries: ScanQuery[] = [];
    for (const vertex of Uint32Array.from(frontier).sort()) {
      const place = reached.placeOf(vertex);
      const since = reached.read[place]!;
      if (since === TIME_MIN && asked >= bounds.vertices) continue;
      if (since === TIME_MIN) asked++;
      places.push(place);
      queries.push({ vertex, since, until: reached.wanted[place]! });
      reached.read[place] = reached.wanted[place]!;
    }
    const found = await reader.scanInto(queries, bounds.edgesPerVertex);
    edges += found.length;
    frontier = reached.follow(found, places);
  }
  return { vertices: asked, edges };
}

/** Edges into each vertex have been read, and are wanted, up to a time. */
class Reached {
  read = new BigInt64Array(2048);
  wanted = new BigInt64Array(2048);
  readonly #vertices = new VertexSet();

  placeOf(number: VertexNumber): number {
    const known = this.#vertices.size;
    const place = this.#vertices.placeOf(number);
    if (place < known) return place;
    if (place === this.read.length) {
      this.read = grown(this.read);
      this.wanted = grown(this.wanted);
    }
    this.read[place] = TIME_MIN;
    this.wanted[place] = TIME_MIN;
    return place;
  }

  /** Vertices from which more is wanted now. `places` are those of the queries. */
  follow(found: EdgeColumns, places: readonly number[]): VertexNumber[] {
    const { length, query, other, last } = found;
    const frontier: VertexNumber[] = [];
    for (let i = 0; i < length; i++) {
      const from = this.placeOf(other[i]!);
      // What the near end had received by then is bounded by when this trace reached it.
      const bound = this.read[places[query[i]!]!]!;
      const until = last[i]! < bound ? last[i]! : bound;
      const wanted = this.wanted[from]!;
      if (wanted >= until) continue;
      if (wanted === this.read[from]) frontier.push(other[i]!);
      this.wanted[from] = until;
    }
    return frontier;
  }
}

function grown(column: BigInt64Array): BigInt64Array<ArrayBuffer> {
  const larger = new BigInt64Array(column.length * 2);
  larger.set(column);
  return larger;
}
