/**
 * Vertices in batches that are not indexed yet, so that neither cache nor table can be asked for them.
 * Kept in epochs, each dropped whole once all of its batches are indexed. Must not know the database.
 */
import type { Vertex } from '../../core/graph-store.ts';

interface Epoch {
  /** Batches in it. */
  last: number;
  readonly ids: Map<string, number>;
  readonly records: Map<number, Vertex>;
}

export class Pinned {
  /** Batches that are not indexed, oldest first, with their edges and the bytes of their lines. */
  #batches: { readonly batch: number; readonly edges: number; readonly lineBytes: number }[] = [];
  /** Newest first. */
  #epochs: Epoch[] = [];
  edges = 0;
  lineBytes = 0;

  get batches(): number {
    return this.#batches.length;
  }

  /** What comes from now on can be dropped apart from what came before. */
  startEpoch(): void {
    if (this.#epochs[0]?.records.size !== 0)
      this.#epochs.unshift({ last: 0, ids: new Map(), records: new Map() });
  }

  add(
    batch: number,
    { edges, lineBytes }: { readonly edges: number; readonly lineBytes: number },
    vertices: readonly (readonly [number, Vertex])[],
  ): void {
    if (this.#epochs.length === 0) this.startEpoch();
    const epoch = this.#epochs[0]!;
    epoch.last = batch;
    for (const [number, vertex] of vertices) {
      epoch.ids.set(vertex.id, number);
      epoch.records.set(number, vertex);
    }
    this.#batches.push({ batch, edges, lineBytes });
    this.edges += edges;
    this.lineBytes += lineBytes;
  }

  /** Batches up to `flushed` are indexed. */
  drop(flushed: number): void {
    const left = this.#batches.findIndex(({ batch }) => batch > flushed);
    const done = this.#batches.splice(0, left < 0 ? this.#batches.length : left);
    for (const { edges, lineBytes } of done) {
      this.edges -= edges;
      this.lineBytes -= lineBytes;
    }
    this.#epochs = this.#epochs.filter(({ last }) => last > flushed);
  }

  numberOf(id: string): number | undefined {
    for (const { ids } of this.#epochs) {
      const number = ids.get(id);
      if (number !== undefined) return number;
    }
    return undefined;
  }

  record(number: number): Vertex | undefined {
    for (const { records } of this.#epochs) {
      const vertex = records.get(number);
      if (vertex !== undefined) return vertex;
    }
    return undefined;
  }
}
