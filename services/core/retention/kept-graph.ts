/**
 * What of a graph stays when all before a time is to go, so that traces from within the window find each vertex of the
 * window that they found before, by the same times: the edges of the window, and of the older ones those that carry the
 * best way from one vertex of the window to another. Nothing is added, so that no trace finds more either.
 *
 * Backward from a vertex v by a bound b, an edge [first, last] into v counts iff first <= b and bounds its source by
 * min(b, last). Between two vertices of the window only the way with the latest bound matters: whatever could follow
 * another could follow it. So each (vertex of the window, bound) is searched once, as far as the next ones, and what
 * those searches used is kept. It must not know ids, kinds or a store.
 */
import { Heap } from '../trace/heap.ts';

/** Row i is one edge; vertices are numbers below `vertices`. Times are ns. */
export interface TimedGraph {
  readonly vertices: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly first: BigInt64Array;
  readonly last: BigInt64Array;
}

export interface KeptGraph {
  /** 1 where the vertex stays. */
  readonly vertices: Uint8Array;
  readonly edges: Uint8Array;
}

/** Looks at edges, for each edge that there is. What was not searched by then is kept as it is. */
const looks_per_edge_max = 64;
const looks_min = 1_000_000;

/** `held`: 1 for vertices that stay whatever their edges say. */
export function keptGraph(graph: TimedGraph, since: bigint, held: Uint8Array): KeptGraph {
  const run = new Retention(graph, since, held);
  run.search();
  return run.kept;
}

/** A vertex of the window, and the time (ns) up to which a trace has come to it. */
interface Demand {
  readonly vertex: number;
  readonly bound: bigint;
}

class Retention {
  readonly kept: KeptGraph;
  readonly #graph: TimedGraph;
  readonly #since: bigint;
  /** Vertices of the window; what is only on a way between them is kept besides. */
  readonly #inWindow: Uint8Array;
  /** Edges that began before the window, by the vertex that they lead into. */
  readonly #begins: Uint32Array;
  readonly #into: Uint32Array;
  readonly #demands: Demand[] = [];
  readonly #demanded = new Map<number, Set<bigint>>();
  #looks: number;

  constructor(graph: TimedGraph, since: bigint, held: Uint8Array) {
    this.#graph = graph;
    this.#since = since;
    this.#inWindow = held.slice();
    const { from, to, first, last } = graph;
    const edges = new Uint8Array(from.length);
    this.#begins = new Uint32Array(graph.vertices + 1);
    for (let e = 0; e < from.length; e++) {
      if (last[e]! >= since) {
        edges[e] = 1;
        this.#inWindow[from[e]!] = 1;
        this.#inWindow[to[e]!] = 1;
      }
      if (first[e]! < since) this.#begins[to[e]! + 1]!++;
    }
    for (let v = 0; v < graph.vertices; v++) this.#begins[v + 1]! += this.#begins[v]!;
    this.#into = new Uint32Array(this.#begins[graph.vertices]!);
    const next = this.#begins.slice();
    for (let e = 0; e < from.length; e++) if (first[e]! < since) this.#into[next[to[e]!]!++] = e;
    this.kept = { vertices: this.#inWindow.slice(), edges };
    this.#looks = Math.max(looks_min, from.length * looks_per_edge_max);
  }

  search(): void {
    for (let v = 0; v < this.#graph.vertices; v++) if (this.#inWindow[v] === 1) this.#demand(v, this.#since);
    while (this.#demands.length > 0 && this.#looks > 0) this.#searchFrom(this.#demands.pop()!);
    if (this.#demands.length > 0) this.#keepAllBehind(this.#demands.map(({ vertex }) => vertex));
  }

  #demand(vertex: number, bound: bigint): void {
    let bounds = this.#demanded.get(vertex);
    if (bounds === undefined) {
      bounds = new Set();
      this.#demanded.set(vertex, bounds);
    }
    if (bounds.has(bound)) return;
    bounds.add(bound);
    this.#demands.push({ vertex, bound });
  }

  /** Latest bound first, through vertices that are not of the window, up to those that are. */
  #searchFrom(start: Demand): void {
    const { from } = this.#graph;
    const best = new Map([[start.vertex, start.bound]]);
    /** Vertex → the edge out of it by which it was reached. */
    const by = new Map<number, number>();
    const heap = new Heap<Demand>((a, b) => (a.bound > b.bound ? -1 : a.bound < b.bound ? 1 : 0));
    heap.push(start);
    for (let at = heap.pop(); at !== undefined; at = heap.pop()) {
      const { vertex, bound } = at;
      if (best.get(vertex)! > bound) continue;
      if (vertex !== start.vertex && this.#inWindow[vertex] === 1) {
        this.#keepWay(vertex, start.vertex, by);
        this.#demand(vertex, bound);
        continue;
      }
      for (const [e, reached] of this.#passable(vertex, bound)) {
        const source = from[e]!;
        const known = best.get(source);
        if (known !== undefined && known >= reached) continue;
        best.set(source, reached);
        by.set(source, e);
        heap.push({ vertex: source, bound: reached });
      }
    }
  }

  /** Edges into the vertex that count, and how they bound their sources. */
  *#passable(vertex: number, bound: bigint): Iterable<[number, bigint]> {
    const { first, last } = this.#graph;
    const end = this.#begins[vertex + 1]!;
    this.#looks -= end - this.#begins[vertex]!;
    for (let i = this.#begins[vertex]!; i < end; i++) {
      const e = this.#into[i]!;
      if (first[e]! > bound) continue;
      // From within the window an edge that lasts into it is passed there.
      if (bound === this.#since && last[e]! >= this.#since) continue;
      yield [e, last[e]! < bound ? last[e]! : bound];
    }
  }

  #keepWay(begin: number, end: number, by: ReadonlyMap<number, number>): void {
    for (let vertex = begin; vertex !== end; ) {
      const e = by.get(vertex)!;
      this.kept.edges[e] = 1;
      vertex = this.#graph.to[e]!;
      this.kept.vertices[vertex] = 1;
    }
  }

  /** Too much to be thinned out: all that could lead there stays. */
  #keepAllBehind(vertices: number[]): void {
    const seen = new Set(vertices);
    for (let vertex = vertices.pop(); vertex !== undefined; vertex = vertices.pop()) {
      this.kept.vertices[vertex] = 1;
      for (let i = this.#begins[vertex]!; i < this.#begins[vertex + 1]!; i++) {
        const e = this.#into[i]!;
        const source = this.#graph.from[e]!;
        this.kept.edges[e] = 1;
        this.kept.vertices[source] = 1;
        if (seen.has(source)) continue;
        seen.add(source);
        vertices.push(source);
      }
    }
  }
}
