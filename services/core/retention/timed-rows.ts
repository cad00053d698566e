/** Edges as they come, into columns. It must not know where they come from. */
import type { TimedGraph } from './kept-graph.ts';

const rows_min = 1_024;

export class TimedRows {
  #from = new Uint32Array(rows_min);
  #to = new Uint32Array(rows_min);
  #first = new BigInt64Array(rows_min);
  #last = new BigInt64Array(rows_min);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(from: number, to: number, first: bigint, last: bigint): void {
    const at = this.#length++;
    if (at === this.#from.length) this.#grow();
    this.#from[at] = from;
    this.#to[at] = to;
    this.#first[at] = first;
    this.#last[at] = last;
  }

  graph(vertices: number): TimedGraph {
    const end = this.#length;
    return {
      vertices,
      from: this.#from.subarray(0, end),
      to: this.#to.subarray(0, end),
      first: this.#first.subarray(0, end),
      last: this.#last.subarray(0, end),
    };
  }

  #grow(): void {
    const rows = this.#from.length * 2;
    const larger = <T extends Uint32Array | BigInt64Array>(made: T, column: T): T => {
      made.set(column as never);
      return made;
    };
    this.#from = larger(new Uint32Array(rows), this.#from);
    this.#to = larger(new Uint32Array(rows), this.#to);
    this.#first = larger(new BigInt64Array(rows), this.#first);
    this.#last = larger(new BigInt64Array(rows), this.#last);
  }
}
