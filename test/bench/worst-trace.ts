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
/** Before all offsets. */
const NEVER = Number.NEGATIVE_INFINITY;

export async function worstTrace(
  reader: TraceReader,
  start: string,
  time: bigint,
  bounds: TraceBounds,
): Promise<{ vertices: number; edges: number }> {
  const [number] = await reader.numbersOf([start]);
  if (number === undefined) throw new RangeError(`${start} is not stored`);
  const reached = new Reached(time);
  const first = reached.placeOf(number);
  reached.wanted[first] = 0;
  let frontier = [first];
  let asked = 0;
  let edges = 0;
  for (let level = 0; level < bounds.levels && frontier.length > 0; level++) {
    // Once there are enough vertices, those read before are only read further.
    if (asked >= bounds.vertices) frontier = frontier.filter((place) => reached.read[place] !== NEVER);
    const places: number[] = [];
    const queries: ScanQuery[] = [];
    for (const vertex of reached.sortedNumbers(frontier)) {
      const place = reached.placeOf(vertex);
      const since = reached.read[place]!;
      if (since === NEVER && asked >= bounds.vertices) continue;
      if (since === NEVER) asked++;
      const until = reached.wanted[place]!;
      places.push(place);
      queries.push({ vertex, since: reached.timeAt(since), until: reached.timeAt(until) });
      reached.read[place] = until;
    }
    const found = await reader.scanInto(queries, bounds.edgesPerVertex);
    edges += found.length;
    frontier = reached.follow(found, places);
  }
  return { vertices: asked, edges };
}

/**
 * Edges into each vertex have been read, and are wanted, up to a time. Times are ns from that of the start, as
 * numbers: a trace compares some hundred thousand, and as many bigints would be a cost of the benchmark itself.
 */
class Reached {
  read = new Float64Array(2048);
  wanted = new Float64Array(2048);
  readonly #vertices = new VertexSet();
  readonly #time: bigint;

  constructor(time: bigint) {
    this.#time = time;
  }

  placeOf(number: VertexNumber): number {
    const known = this.#vertices.size;
    const place = this.#vertices.placeOf(number);
    if (place < known) return place;
    if (place === this.read.length) {
      this.read = grown(this.read);
      this.wanted = grown(this.wanted);
    }
    this.read[place] = NEVER;
    this.wanted[place] = NEVER;
    return place;
  }

  sortedNumbers(places: readonly number[]): Uint32Array {
    const numbers = new Uint32Array(places.length);
    for (let i = 0; i < places.length; i++) numbers[i] = this.#vertices.numberAt(places[i]!);
    return numbers.sort();
  }

  timeAt(offset: number): bigint {
    return offset === NEVER ? TIME_MIN : this.#time + BigInt(offset);
  }

  /** Places of the vertices from which more is wanted now. `places` are those of the queries. */
  follow(found: EdgeColumns, places: readonly number[]): number[] {
    const { length, query, other, last } = found;
    const words = new Int32Array(last.buffer, last.byteOffset, 2 * length);
    const timeLow = Number(BigInt.asUintN(32, this.#time));
    const timeHigh = Number(this.#time >> 32n);
    const frontier: number[] = [];
    for (let i = 0; i < length; i++) {
      const from = this.placeOf(other[i]!);
      const end = (words[2 * i + 1]! - timeHigh) * 0x100000000 + ((words[2 * i]! >>> 0) - timeLow);
      // What the near end had received by then is bounded by when this trace reached it.
      const until = Math.min(end, this.read[places[query[i]!]!]!);
      const wanted = this.wanted[from]!;
      if (wanted >= until) continue;
      if (wanted === this.read[from]) frontier.push(from);
      this.wanted[from] = until;
    }
    return frontier;
  }
}

function grown(column: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
