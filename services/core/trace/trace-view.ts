/** A finished backward trace as the ranking walks it: vertices by id, edges by either end, how common each vertex is. */
import type { Vertex } from '../graph-store.ts';
import type { Traced, TracedEdge } from './traversal.ts';

/** In the whole store, not in the trace. */
export interface Degrees {
  readonly into: number;
  readonly outOf: number;
}

export class TraceView {
  readonly traced: Traced;
  readonly vertices: ReadonlyMap<string, Vertex>;
  readonly #into = new Map<string, TracedEdge[]>();
  readonly #outOf = new Map<string, TracedEdge[]>();
  readonly #begins = new Map<string, readonly bigint[]>();

  /** `vertices` may be more than the trace's, and their times another clock's. */
  constructor(traced: Traced, vertices: ReadonlyMap<string, Vertex>) {
    this.traced = traced;
    this.vertices = vertices;
    for (const edge of traced.edges) {
      append(this.#into, edge.to, edge);
      append(this.#outOf, edge.from, edge);
    }
  }

  into(id: string): readonly TracedEdge[] {
    return this.#into.get(id) ?? [];
  }

  outOf(id: string): readonly TracedEdge[] {
    return this.#outOf.get(id) ?? [];
  }

  /** Of what is no file and no process, what the trace itself shows. */
  degrees(id: string): Degrees {
    return this.traced.degrees.get(id) ?? { into: this.into(id).length, outOf: this.outOf(id).length };
  }

  /** Edges of the trace into the vertex that began after `time` (ns). */
  since(id: string, time: bigint): number {
    let begins = this.#begins.get(id);
    if (begins === undefined) {
      begins = this.into(id)
        .map(({ first }) => first)
        .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      this.#begins.set(id, begins);
    }
    let [low, high] = [0, begins.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (begins[middle]! > time) high = middle;
      else low = middle + 1;
    }
    return begins.length - low;
  }

  kind(id: string): Vertex['kind'] | undefined {
    return this.vertices.get(id)?.kind;
  }
}

function append(lists: Map<string, TracedEdge[]>, key: string, edge: TracedEdge): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [edge]);
  else list.push(edge);
}
