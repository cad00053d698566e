/**
 * Time-respecting traversal over the store's port, level by level in batched calls. Backward, an edge [first, last]
 * into v counts for a bound T iff first <= T, and its source is bounded by min(T, last). Forward is the mirror. What
 * was asked of a vertex is remembered, so that a hub is never read twice. After d levels the bounds are those of the
 * best path of at most d edges (Bellman–Ford over min and max of times, relaxed level by level).
 *
 * Where hosts have clocks of their own, all times but those asked of the store are the reference's.
 *
 * It must not know kinds of vertices, ranking or symptoms.
 */
import type { Edge, GraphReader, ScanQuery } from '../graph-store.ts';
import { EdgeClock, type ReferencedColumns } from './clock/edge-clock.ts';
import { type HostClocks, noClocks } from './clock/host-clocks.ts';
import { VertexSet } from './vertex-set.ts';

export type Direction = 'backward' | 'forward';

export interface TraceStart {
  readonly vertex: string;
  /** Backward: what happened up to then (ns). Forward: from then on. */
  readonly time: bigint;
}

export interface TraceBounds {
  readonly depth_levels_max: number;
  readonly vertices_max: number;
  /** Edges read of one vertex at one visit. */
  readonly edgesOfVertex_max: number;
  /** Asked between calls of the store; once true, the trace ends with what it has. */
  readonly isOver?: () => boolean;
}

/** What a bound cut off. */
export interface Truncation {
  /** There is more beyond the last level. */
  readonly depth: boolean;
  readonly vertices: boolean;
  /** Vertices of which not all edges were read, in id order. */
  readonly hubs: readonly string[];
  readonly deadline: boolean;
}

export interface TracedEdge extends Edge {
  /** ns by which its clock may be wrong: it counts where it was so much too late. Left out where that is nothing. */
  readonly slack?: bigint;
}

export interface Traced {
  readonly direction: Direction;
  /** Vertex → time (ns) by which its information counts: latest for backward, earliest for forward. */
  readonly reached: ReadonlyMap<string, bigint>;
  /** Vertices that a bound kept the trace from looking behind, though there is something. */
  readonly unread: ReadonlySet<string>;
  /** Each once; their times are the reference's. */
  readonly edges: readonly TracedEdge[];
  readonly truncated: Truncation | null;
}

export const beginningOfTime = -1n;
export const endOfTime = (1n << 63n) - 1n;

const queriesOfCall_max = 512;
const idsOfCall_max = 2_048;

/** Rejects with what the store rejects with. */
export async function trace(
  reader: GraphReader,
  starts: readonly TraceStart[],
  direction: Direction,
  bounds: TraceBounds,
  clocks: HostClocks = noClocks,
): Promise<Traced> {
  const run = new TraceRun(reader, direction, bounds, clocks);
  await run.begin(starts);
  for (let level = 0; level < bounds.depth_levels_max && run.hasMore; level++) await run.step();
  return await run.result();
}

/** Vertices are places in a set while the run lasts; their ids are asked for when the result is made. */
type Place = number;

/** The answer to a call, and the place that each of its queries asked about. */
interface Visit {
  readonly found: ReferencedColumns;
  readonly places: readonly Place[];
}

interface KeptEdge extends Omit<TracedEdge, 'from' | 'to'> {
  readonly near: Place;
  readonly far: Place;
}

class TraceRun {
  readonly #reader: GraphReader;
  readonly #backward: boolean;
  readonly #bounds: TraceBounds;
  readonly #clock: EdgeClock;
  readonly #met = new VertexSet();
  /** Times by place, and the places that have one, in order of admission. */
  readonly #reached: (bigint | undefined)[] = [];
  readonly #admitted: Place[] = [];
  /** Time up to (from) which a vertex's edges were read. */
  readonly #read: (bigint | undefined)[] = [];
  /** What the level found, kept apart until it is read: its own edges must not move its bounds. */
  readonly #proposed: (bigint | undefined)[] = [];
  readonly #edges: KeptEdge[] = [];
  /** Kept edges that a later visit of their vertex can find again. */
  readonly #lasting = new Set<string>();
  readonly #hubs = new Set<Place>();
  /** Starts that the store does not have. */
  readonly #unknown = new Map<string, bigint>();
  #frontier: Place[] = [];
  #fullVertices = false;
  #over = false;

  constructor(reader: GraphReader, direction: Direction, bounds: TraceBounds, clocks: HostClocks) {
    this.#reader = reader;
    this.#clock = new EdgeClock(reader, clocks);
    this.#backward = direction === 'backward';
    this.#bounds = bounds;
  }

  get hasMore(): boolean {
    return this.#frontier.length > 0 && !this.#over;
  }

  async begin(starts: readonly TraceStart[]): Promise<void> {
    const numbers = await this.#reader.numbersOf(starts.map(({ vertex }) => vertex));
    const proposals: Place[] = [];
    for (const [at, { vertex, time }] of starts.entries()) {
      const number = numbers[at];
      if (number !== undefined) this.#propose(proposals, this.#met.placeOf(number), time);
      else if (this.#isMore(time, this.#unknown.get(vertex))) this.#unknown.set(vertex, time);
    }
    await this.#admit(proposals);
  }

  async step(): Promise<void> {
    const proposals: Place[] = [];
    const visits: Visit[] = [];
    for (let at = 0; at < this.#frontier.length && !this.#over; at += queriesOfCall_max) {
      if (this.#bounds.isOver?.()) this.#over = true;
      else visits.push(await this.#visit(this.#frontier.slice(at, at + queriesOfCall_max), proposals));
    }
    const times = visits.map(({ places }) => places.map((place) => this.#reached[place]!));
    await this.#admit(proposals);
    for (const [at, visit] of visits.entries()) this.#keep(visit, times[at]!);
  }

  async result(): Promise<Traced> {
    const ids = await this.#ids(this.#admitted);
    const unread = await this.#unread(ids);
    const depth = unread.size > 0 && !this.#over;
    const cut = depth || this.#over || this.#fullVertices || this.#hubs.size > 0;
    const hubs = [...this.#hubs].map((place) => ids.get(place)!).sort();
    return {
      direction: this.#backward ? 'backward' : 'forward',
      reached: new Map([
        ...this.#admitted.map((place) => [ids.get(place)!, this.#reached[place]!] as const),
        ...this.#unknown,
      ]),
      unread,
      edges: this.#edges.map(({ near, far, ...edge }) => {
        const from = ids.get(this.#backward ? far : near)!;
        const to = ids.get(this.#backward ? near : far)!;
        return { from, to, ...edge };
      }),
      truncated: cut ? { depth, vertices: this.#fullVertices, hubs, deadline: this.#over } : null,
    };
  }

  async #visit(vertices: Place[], proposals: Place[]): Promise<Visit> {
    const places = vertices.sort((a, b) => this.#met.numberAt(a) - this.#met.numberAt(b));
    await this.#clock.learn(places.map((place) => this.#met.numberAt(place)));
    const queries = places.map((place) => this.#query(place));
    const limit = this.#bounds.edgesOfVertex_max;
    const scanned = this.#backward
      ? await this.#reader.scanInto(queries, limit)
      : await this.#reader.scanOutOf(queries, limit);
    for (const at of scanned.truncated) this.#hubs.add(places[at]!);
    const times = places.map((place) => this.#reached[place]!);
    const found = await this.#clock.referenced(scanned, queries, times, this.#backward);
    const { length, query, other } = found;
    const [ends, begins] = this.#backward ? [found.last, found.first] : [found.first, found.last];
    for (let row = 0; row < length; row++) {
      const time = times[query[row]!]!;
      const end = ends[row]!;
      // Within its slack an edge counts that seems to have begun too late; what led to it still comes before it.
      const begun = found.slack === undefined || !this.#isMore(begins[row]!, time) ? time : begins[row]!;
      this.#propose(proposals, this.#met.placeOf(other[row]!), this.#isMore(begun, end) ? end : begun);
    }
    return { found, places };
  }

  #propose(proposals: Place[], place: Place, time: bigint): void {
    const known = this.#proposed[place];
    if (known === undefined) proposals.push(place);
    if (this.#isMore(time, known)) this.#proposed[place] = time;
  }

  /** What betters a bound is visited next, within the bound on vertices. */
  async #admit(proposals: readonly Place[]): Promise<void> {
    const better = proposals.filter((place) => {
      const known = this.#reached[place];
      return known !== undefined && this.#isMore(this.#proposed[place]!, known);
    });
    let fresh = proposals.filter((place) => this.#reached[place] === undefined);
    const room = Math.max(0, this.#bounds.vertices_max - this.#admitted.length);
    if (fresh.length > room) {
      fresh = await this.#nearest(fresh, room);
      this.#fullVertices = true;
    }
    for (const place of fresh) this.#admitted.push(place);
    this.#frontier = [...better, ...fresh];
    for (const place of this.#frontier) this.#reached[place] = this.#proposed[place];
    this.#frontier.sort((a, b) => this.#compare(this.#reached[a]!, this.#reached[b]!));
    for (const place of proposals) this.#proposed[place] = undefined;
  }

  /** What a bound keeps must not hang on the order in which a store answers: nearest in time, then by id. */
  async #nearest(places: readonly Place[], room: number): Promise<Place[]> {
    const sorted = places.toSorted((a, b) => this.#compare(this.#proposed[a]!, this.#proposed[b]!));
    const edge = this.#proposed[sorted[room]!]!;
    const kept = sorted.filter((place) => this.#isMore(this.#proposed[place]!, edge));
    const tied = sorted.filter((place) => this.#proposed[place] === edge);
    const ids = await this.#ids(tied);
    tied.sort((a, b) => (ids.get(a)! < ids.get(b)! ? -1 : 1));
    return [...kept, ...tied.slice(0, room - kept.length)];
  }

  /** Of the rows of a visit made at `times`, those whose far end was reached. */
  #keep({ found, places }: Visit, times: readonly bigint[]): void {
    for (let row = 0; row < found.length; row++) {
      const far = this.#met.placeOf(found.other[row]!);
      if (this.#reached[far] === undefined) continue;
      const near = places[found.query[row]!]!;
      const time = times[found.query[row]!]!;
      const first = found.first[row]!;
      const last = found.last[row]!;
      const op = found.ops[found.op[row]!]!;
      // What was asked of hosts with clocks of their own comes again at the borders.
      if (found.slack !== undefined || this.#isMore(this.#backward ? last : first, time)) {
        const key = `${near} ${far} ${first} ${op}`;
        if (this.#lasting.has(key)) continue;
        this.#lasting.add(key);
      }
      const edge = { near, far, op, first, last, count: found.count[row]!, bytes: found.bytes[row]! };
      const slack = found.slack?.[row] ?? 0n;
      this.#edges.push(slack === 0n ? edge : { ...edge, slack });
    }
  }

  /** Vertices left out of the last levels, save those with nothing behind them. */
  async #unread(ids: ReadonlyMap<Place, string>): Promise<Set<string>> {
    const unread = new Set<string>();
    const left = this.#admitted.filter((place) => this.#read[place] !== this.#reached[place]);
    for (let at = 0; at < left.length; at += idsOfCall_max) {
      const asked = left.slice(at, at + idsOfCall_max).map((place) => ids.get(place)!);
      const degrees = await this.#reader.degrees(asked);
      asked.forEach((id, i) => {
        const behind = this.#backward ? degrees[i]!.into : degrees[i]!.outOf;
        if (behind > 0) unread.add(id);
      });
    }
    return unread;
  }

  async #ids(places: readonly Place[]): Promise<Map<Place, string>> {
    const ids = new Map<Place, string>();
    for (let at = 0; at < places.length; at += idsOfCall_max) {
      const part = places.slice(at, at + idsOfCall_max);
      const names = await this.#reader.idsOf(part.map((place) => this.#met.numberAt(place)));
      for (const [i, place] of part.entries()) ids.set(place, names[i]!);
    }
    return ids;
  }

  #query(place: Place): ScanQuery {
    const vertex = this.#met.numberAt(place);
    const time = this.#reached[place]!;
    const read = this.#read[place];
    this.#read[place] = time;
    return this.#backward
      ? this.#clock.query({ vertex, since: read ?? beginningOfTime, until: time })
      : this.#clock.query({ vertex, since: time, until: read ?? endOfTime });
  }

  #isMore(time: bigint, known: bigint | undefined): boolean {
    return known === undefined || (this.#backward ? time > known : time < known);
  }

  /** The nearest in time first. */
  #compare(a: bigint, b: bigint): number {
    return a === b ? 0 : this.#isMore(a, b) ? -1 : 1;
  }
}

export function edgeKey(e: Edge): string {
  return `${e.from} ${e.to} ${e.op} ${e.first}`;
}
