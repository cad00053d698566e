/**
 * Time-respecting traversal over the store's port, level by level in batched calls. Backward, an edge [first, last]
 * into v counts for a bound T iff first <= T, and its source is bounded by min(T, last). Forward is the mirror. What
 * was asked of a vertex is remembered, so that a hub is never read twice. After d levels the bounds are those of the
 * best path of at most d edges (Bellman–Ford over min and max of times, relaxed level by level).
 *
 * It must not know kinds of vertices, ranking or symptoms.
 */
import type { Edge, EdgeQuery, GraphReader } from '../graph-store.ts';

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

export interface Traced {
  readonly direction: Direction;
  /** Vertex → time (ns) by which its information counts: latest for backward, earliest for forward. */
  readonly reached: ReadonlyMap<string, bigint>;
  /** Vertices that a bound kept the trace from looking behind, though there is something. */
  readonly unread: ReadonlySet<string>;
  readonly edges: readonly Edge[];
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
): Promise<Traced> {
  const run = new TraceRun(reader, direction, bounds);
  run.begin(starts);
  for (let level = 0; level < bounds.depth_levels_max && run.hasMore; level++) await run.step();
  return await run.result();
}

class TraceRun {
  readonly #reader: GraphReader;
  readonly #direction: Direction;
  readonly #bounds: TraceBounds;
  readonly #reached = new Map<string, bigint>();
  /** Time up to (from) which a vertex's edges were read. */
  readonly #read = new Map<string, bigint>();
  readonly #edges = new Map<string, Edge>();
  readonly #hubs = new Set<string>();
  #frontier: string[] = [];
  #fullVertices = false;
  #over = false;

  constructor(reader: GraphReader, direction: Direction, bounds: TraceBounds) {
    this.#reader = reader;
    this.#direction = direction;
    this.#bounds = bounds;
  }

  get hasMore(): boolean {
    return this.#frontier.length > 0 && !this.#over;
  }

  begin(starts: readonly TraceStart[]): void {
    const proposals = new Map<string, bigint>();
    for (const { vertex, time } of starts) this.#propose(proposals, vertex, time);
    this.#admit(proposals);
  }

  async step(): Promise<void> {
    const proposals = new Map<string, bigint>();
    const found: Edge[] = [];
    for (let at = 0; at < this.#frontier.length && !this.#over; at += queriesOfCall_max) {
      if (this.#bounds.isOver?.()) this.#over = true;
      else found.push(...(await this.#visit(this.#frontier.slice(at, at + queriesOfCall_max), proposals)));
    }
    this.#admit(proposals);
    for (const edge of found) if (this.#reached.has(this.#far(edge))) this.#edges.set(edgeKey(edge), edge);
  }

  async result(): Promise<Traced> {
    const unread = await this.#unread();
    const depth = unread.size > 0 && !this.#over;
    const cut = depth || this.#over || this.#fullVertices || this.#hubs.size > 0;
    return {
      direction: this.#direction,
      reached: this.#reached,
      unread,
      edges: [...this.#edges.values()],
      truncated: cut
        ? { depth, vertices: this.#fullVertices, hubs: [...this.#hubs].sort(), deadline: this.#over }
        : null,
    };
  }

  /** Proposals are kept apart until the level is read: its own edges must not move its bounds. */
  async #visit(vertices: readonly string[], proposals: Map<string, bigint>): Promise<Edge[]> {
    const queries = vertices.map((v) => this.#query(v));
    const limit = this.#bounds.edgesOfVertex_max;
    const backward = this.#direction === 'backward';
    const { edges, truncated } = backward
      ? await this.#reader.edgesInto(queries, limit)
      : await this.#reader.edgesOutOf(queries, limit);
    for (const vertex of truncated) this.#hubs.add(vertex);
    for (const edge of edges) {
      const time = this.#reached.get(backward ? edge.to : edge.from)!;
      const passed = backward ? (edge.last < time ? edge.last : time) : edge.first > time ? edge.first : time;
      this.#propose(proposals, this.#far(edge), passed);
    }
    return edges;
  }

  #propose(proposals: Map<string, bigint>, vertex: string, time: bigint): void {
    const known = proposals.get(vertex);
    if (known === undefined || this.#isMore(time, known)) proposals.set(vertex, time);
  }

  /** What betters a bound is visited next, within the bound on vertices. */
  #admit(proposals: ReadonlyMap<string, bigint>): void {
    const fresh: string[] = [];
    const better: string[] = [];
    for (const [vertex, time] of proposals) {
      const known = this.#reached.get(vertex);
      if (known === undefined) fresh.push(vertex);
      else if (this.#isMore(time, known)) better.push(vertex);
    }
    const room = Math.max(0, this.#bounds.vertices_max - this.#reached.size);
    if (fresh.length > room) {
      // What a bound keeps must not hang on the order in which a store answers.
      fresh.sort((a, b) => this.#compare(proposals, a, b));
      fresh.length = room;
      this.#fullVertices = true;
    }
    this.#frontier = [...better, ...fresh];
    for (const vertex of this.#frontier) this.#reached.set(vertex, proposals.get(vertex)!);
    this.#frontier.sort((a, b) => this.#compare(proposals, a, b));
  }

  /** Vertices left out of the last levels, save those with nothing behind them. */
  async #unread(): Promise<Set<string>> {
    const unread = new Set<string>();
    const left = [...this.#reached.keys()].filter((v) => this.#read.get(v) !== this.#reached.get(v));
    for (let at = 0; at < left.length; at += idsOfCall_max) {
      const ids = left.slice(at, at + idsOfCall_max);
      const degrees = await this.#reader.degrees(ids);
      ids.forEach((id, i) => {
        const behind = this.#direction === 'backward' ? degrees[i]!.into : degrees[i]!.outOf;
        if (behind > 0) unread.add(id);
      });
    }
    return unread;
  }

  #query(vertex: string): EdgeQuery {
    const time = this.#reached.get(vertex)!;
    const read = this.#read.get(vertex);
    this.#read.set(vertex, time);
    return this.#direction === 'backward'
      ? { vertex, since: read ?? beginningOfTime, until: time }
      : { vertex, since: time, until: read ?? endOfTime };
  }

  #far(edge: Edge): string {
    return this.#direction === 'backward' ? edge.from : edge.to;
  }

  #isMore(time: bigint, known: bigint): boolean {
    return this.#direction === 'backward' ? time > known : time < known;
  }

  /** The nearest in time first, then by id. */
  #compare(times: ReadonlyMap<string, bigint>, a: string, b: string): number {
    const [timeA, timeB] = [times.get(a)!, times.get(b)!];
    if (timeA !== timeB) return this.#isMore(timeA, timeB) ? -1 : 1;
    return a < b ? -1 : 1;
  }
}

export function edgeKey(e: Edge): string {
  return `${e.from} ${e.to} ${e.op} ${e.first}`;
}
