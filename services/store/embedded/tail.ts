/**
 * Committed batches that the background has not indexed yet, indexed in memory when a query needs them.
 * Bounded by what the writer lets pile up before it waits. Must not know what is in the segments.
 */
import type { TemplateUse, Vertex } from '../../core/graph-store.ts';
import { StoreError } from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { decodeBlock } from './block.ts';
import { type Database, getValue } from './database.ts';
import { EdgeRows } from './edge-rows.ts';
import { sortedOrder } from './edge-sort.ts';
import { memorySegment, type Segment } from './segment-source.ts';

interface Layer {
  readonly rows: EdgeRows;
  out?: Segment;
  in?: Segment;
}

export class Tail {
  readonly vertices = new Map<number, Vertex>();
  readonly numbers = new Map<string, number>();
  uses: TemplateUse[] = [];
  lines: LogLine[] = [];
  readonly #database: Database;
  /** Batches after #flushed, up to #batch, are here. */
  #flushed = 0;
  #batch = 0;
  /** Oldest first, sizes falling, so that there are few. */
  #layers: Layer[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /** Follows the database. Returns whether anything changed. */
  follow(flushed: number, batch: number): boolean {
    if (flushed === this.#flushed && batch === this.#batch) return false;
    if (flushed !== this.#flushed || batch < this.#batch) {
      this.vertices.clear();
      this.numbers.clear();
      this.uses = [];
      this.lines = [];
      this.#layers = [];
      this.#flushed = flushed;
      this.#batch = flushed;
    }
    while (this.#batch < batch) this.#take(this.#batch + 1);
    return true;
  }

  segments(side: 'in' | 'out'): Segment[] {
    return this.#layers.map((layer) => {
      layer[side] ??= memorySegment(side === 'out' ? layer.rows : layer.rows.reversed());
      return layer[side];
    });
  }

  get layers(): number {
    return this.#layers.length;
  }

  /** Versions of edges in all layers. */
  get rows(): number {
    return this.#layers.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  /** Identities in the oldest layer, found without packing it. */
  edgesOfOldestLayer(): number {
    const layer = this.#layers[0];
    return layer === undefined ? 0 : sortedOrder(layer.rows).length;
  }

  #take(batch: number): void {
    const bytes = getValue(this.#database, this.#database.blocks, batch);
    if (bytes === undefined)
      throw new StoreError(
        'corrupt',
        `the store ${this.#database.dir} is damaged: batch ${batch} is missing`,
      );
    const block = decodeBlock(bytes);
    for (const [number, vertex] of block.vertices) {
      this.vertices.set(number, vertex);
      this.numbers.set(vertex.id, number);
    }
    for (const use of block.uses) this.uses.push(use);
    for (const line of block.lines) this.lines.push(line);
    if (block.edges.length > 0) this.#stack(block.edges);
    this.#batch = batch;
  }

  #stack(edges: EdgeRows): void {
    let rows = edges;
    for (;;) {
      const top = this.#layers.at(-1);
      if (top === undefined || top.rows.length > 2 * rows.length) break;
      this.#layers.pop();
      const joined = new EdgeRows(top.rows.length + rows.length);
      joined.append(top.rows);
      joined.append(rows);
      rows = joined;
    }
    this.#layers.push({ rows });
  }
}
