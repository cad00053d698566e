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

  /** The first `count` of `positions`. */
  append(query: number, from: EdgeRows, positions: Uint32Array, count: number): void {
    this.#rows.reserve(count);
    const { vertex, other, op, firstWords, lastWords, count: counts, bytes, length } = this.#rows;
    for (let i = 0; i < count; i++) {
      const row = positions[i]!;
      const at = length + i;
      vertex[at] = query;
      other[at] = from.other[row]!;
      op[at] = from.op[row]!;
      firstWords[2 * at] = from.firstWords[2 * row]!;
      firstWords[2 * at + 1] = from.firstWords[2 * row + 1]!;
      lastWords[2 * at] = from.lastWords[2 * row]!;
      lastWords[2 * at + 1] = from.lastWords[2 * row + 1]!;
      counts[at] = from.count[row]!;
      bytes[at] = from.bytes[row]!;
    }
    this.#rows.length += count;
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
