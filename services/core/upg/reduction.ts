/**
 * Merges repeated edges where no dependency can be lost, in the stream, at constant state for each live vertex.
 *
 * Rule: an event u→v extends the open edge (u, v, op) while u has learned nothing new since that edge began; then
 * every ancestor that the later event could bring was brought by the first. An extension teaches v nothing new, so
 * it leaves what is open of v alone. This keeps exactly the ancestors and descendants of the unmerged stream (after the
 * version idea of full dependence preservation: Hossain et al., USENIX Security 2018, section 4).
 *
 * It must not know what vertices are. A vertex that rested for long is forgotten, which costs a row and no truth.
 */
import { StateTable } from '../state-table.ts';
import type { DeltaBuilder, GrowingEdge } from './delta-builder.ts';

/** Steps (edges seen) after which a resting vertex is forgotten, and how often that is looked for. */
const rest_steps_max = 400_000;
const sweep_steps = 65_536;

interface VertexState {
  touched: number;
  /** Edges out of this vertex since it learned something, by `op target`. */
  open: Record<string, GrowingEdge>;
  /** Of these. */
  count: number;
}

const openEdges_max = 64;
const dropped_edges = 16;

export class Reduction {
  readonly #vertices: StateTable<VertexState>;
  readonly #steps: StateTable<number>;
  readonly #builder: DeltaBuilder;
  #step: number;

  constructor(saved: ReadonlyMap<string, string>, builder: DeltaBuilder) {
    this.#vertices = new StateTable('open', saved);
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
    if (edge !== undefined && edge.last <= time) {
      edge.last = time;
      edge.count++;
      edge.bytes += bytes;
    } else {
      if (edge === undefined) {
        this.#makeRoom(source);
        source.count++;
      }
      edge = { first: time, last: time, count: 1, bytes };
      source.open[key] = edge;
      this.#learn(to);
    }
    this.#builder.edge(edge, from, to, op);
  }

  /** The same of what comes to `to` once alone: no later flow extends it. */
  once(from: string, to: string, op: string, time: bigint): void {
    this.#step++;
    if (this.#step % sweep_steps === 0) this.#sweep();
    this.#vertex(from);
    this.#learn(to);
    this.#builder.edge({ first: time, last: time, count: 1, bytes: 0 }, from, to, op);
  }

  drainInto(into: Map<string, string | undefined>): void {
    this.#steps.set('', this.#step);
    this.#steps.drainInto(into);
    this.#vertices.drainInto(into);
  }

  #vertex(id: string): VertexState {
    const state = this.#vertices.get(id) ?? this.#vertices.set(id, { touched: 0, open: {}, count: 0 });
    state.touched = this.#step;
    this.#vertices.touch(id);
    return state;
  }

  /** What went out of it before can't bring what it knows now. */
  #learn(id: string): void {
    const state = this.#vertex(id);
    if (state.count === 0) return;
    state.open = {};
    state.count = 0;
  }

  /** Of many open edges drops those that went on least lately; a deterministic choice: state may be reloaded in any order. */
  #makeRoom(source: VertexState): void {
    if (source.count < openEdges_max) return;
    const { open } = source;
    const keys = Object.keys(open).sort((a, b) => {
      const [first, second] = [open[a]!.last, open[b]!.last];
      return first < second ? -1 : first > second ? 1 : a < b ? -1 : 1;
    });
    // Several at a time: a hub would look through them all for each of its edges.
    for (const key of keys.slice(0, dropped_edges)) delete open[key];
    source.count -= dropped_edges;
  }

  #sweep(): void {
    for (const [id, state] of this.#vertices.entries()) {
      if (this.#step - state.touched > rest_steps_max) this.#vertices.delete(id);
    }
  }
}
