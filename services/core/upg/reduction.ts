/**
 * Merges repeated edges where no dependency can be lost, in the stream, at constant state for each live vertex.
 *
 * Rule: an event u→v extends the open edge (u, v, op) while u has learned nothing new since that edge began; then
 * every ancestor that the later event could bring was brought by the first. An extension teaches v nothing new, so
 * it leaves v's version alone. This keeps exactly the ancestors and descendants of the unmerged stream (after the
 * version idea of full dependence preservation: Hossain et al., USENIX Security 2018, section 4).
 *
 * It must not know what vertices are. A vertex that rested for long is forgotten, which costs a row and no truth.
 */
import { StateTable } from '../state-table.ts';
import type { DeltaBuilder, GrowingEdge } from './delta-builder.ts';

/** Steps (edges seen) after which a resting vertex is forgotten, and how often that is looked for. */
const rest_steps_max = 400_000;
const sweep_steps = 65_536;

interface OpenEdge extends GrowingEdge {
  /** Version of the edge's source when it began. */
  version: number;
}

interface VertexState {
  /** Counts the edges that brought this vertex something new. */
  version: number;
  touched: number;
  /** Open edges out of this vertex, by `op target`. */
  open: Record<string, OpenEdge>;
}

const openEdges_max = 64;

export class Reduction {
  readonly #vertices: StateTable<VertexState>;
  readonly #steps: StateTable<number>;
  readonly #builder: DeltaBuilder;
  #step: number;

  constructor(saved: ReadonlyMap<string, string>, builder: DeltaBuilder) {
    this.#vertices = new StateTable('vertex', saved);
    this.#steps = new StateTable('step', saved);
    this.#step = this.#steps.get('') ?? 0;
    this.#builder = builder;
  }

  /** Records that information went from `from` to `to` by `op` at `time` (ns, never going back within a host). */
  flow(from: string, to: string, op: string, time: bigint, bytes: number): void {
    this.#step++;
    if (this.#step % sweep_steps === 0) this.#sweep();
    const source = this.#vertex(from);
    const key = `${op} ${to}`;
    let edge = source.open[key];
    if (edge !== undefined && edge.version === source.version && edge.last <= time) {
      edge.last = time;
      edge.count++;
      edge.bytes += bytes;
    } else {
      if (edge === undefined) this.#makeRoom(source);
      edge = { first: time, last: time, count: 1, bytes, version: source.version };
      source.open[key] = edge;
      this.#vertex(to).version++;
    }
    this.#builder.edge(edge, from, to, op);
  }

  /** The same of what comes to `to` once alone: no later flow extends it. */
  once(from: string, to: string, op: string, time: bigint): void {
    this.#step++;
    if (this.#step % sweep_steps === 0) this.#sweep();
    this.#vertex(from);
    this.#vertex(to).version++;
    this.#builder.edge({ first: time, last: time, count: 1, bytes: 0 }, from, to, op);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#steps.set('', this.#step);
    this.#steps.drainInto(into);
    this.#vertices.drainInto(into);
  }

  #vertex(id: string): VertexState {
    const state = this.#vertices.get(id) ?? this.#vertices.set(id, { version: 0, touched: 0, open: {} });
    state.touched = this.#step;
    this.#vertices.touch(id);
    return state;
  }

  /** Drops the open edge that began first; a deterministic choice, since state may be reloaded in any order. */
  #makeRoom(source: VertexState): void {
    const keys = Object.keys(source.open);
    if (keys.length < openEdges_max) return;
    let oldest = keys[0]!;
    for (const key of keys) {
      const edge = source.open[key]!;
      const best = source.open[oldest]!;
      if (edge.last < best.last || (edge.last === best.last && key < oldest)) oldest = key;
    }
    delete source.open[oldest];
  }

  #sweep(): void {
    for (const [id, state] of this.#vertices.entries()) {
      if (this.#step - state.touched > rest_steps_max) this.#vertices.delete(id);
    }
  }
}
