/**
 * The columns of an answer, filled query by query. Must not know how rows were found.
 */
import type { EdgeColumns } from '../../core/graph-store.ts';
import { EdgeRows } from './edge-rows.ts';

export class FoundEdges implements EdgeColumns {
  readonly ops: readonly string[];
  readonly truncated: number[] = [];
  /** `vertex` holds the positions of queries. */
  readonly #rows: EdgeRows;

  constructor(ops: readonly string[], expected: number) {
    this.ops = ops;
    this.#rows = new EdgeRows(expected);
  }

  append(query: number, from: EdgeRows, positions: Uint32Array): void {
    const rows = this.#rows;
    const start = rows.length;
    rows.reserve(positions.length);
    for (let i = 0; i < positions.length; i++) rows.take(from, positions[i]!);
    rows.vertex.fill(query, start, rows.length);
  }

  get length(): number {
    return this.#rows.length;
  }

  get query(): Uint32Array {
    return this.#rows.vertex;
  }

  get other(): Uint32Array {
    return this.#rows.other;
  }

  get op(): Uint16Array {
    return this.#rows.op;
  }

  get first(): BigInt64Array {
    return this.#rows.first;
  }

  get last(): BigInt64Array {
    return this.#rows.last;
  }

  get count(): Float64Array {
    return this.#rows.count;
  }

  get bytes(): Float64Array {
    return this.#rows.bytes;
  }
}
