/** Strongly connected components (Tarjan 1972) without recursion: a program's graphs are deeper than any stack. */
import type { Adjacency } from './adjacency.ts';

export interface Components {
  readonly count: number;
  /** Component by node; a component's successors have lower numbers. −1 where the node was left out. */
  readonly of: Int32Array;
}

/** `keeps` says which nodes count. */
export function strongComponents(
  graph: Adjacency,
  keeps: (node: number) => boolean = () => true,
): Components {
  const size = graph.first.length - 1;
  return new TarjanSearch(graph, keeps, new Int32Array(size).fill(-1), size).run();
}

class TarjanSearch {
  readonly #graph: Adjacency;
  readonly #keeps: (node: number) => boolean;
  readonly #of: Int32Array;
  /** Order of visit from 1; 0 before it. */
  readonly #order: Uint32Array;
  readonly #low: Uint32Array;
  /** Where the walk over a node's targets stands. */
  readonly #at: Uint32Array;
  readonly #path: number[] = [];
  readonly #open: number[] = [];
  #visited = 0;
  #count = 0;

  constructor(graph: Adjacency, keeps: (node: number) => boolean, of: Int32Array, size: number) {
    this.#graph = graph;
    this.#keeps = keeps;
    this.#of = of;
    this.#order = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#at = new Uint32Array(size);
  }

  run(): Components {
    for (let node = 0; node < this.#order.length; node++) {
      if (this.#order[node] !== 0 || !this.#keeps(node)) continue;
      this.#enter(node);
      while (this.#path.length > 0) this.#step(this.#path.at(-1)!);
    }
    return { count: this.#count, of: this.#of };
  }

  #enter(node: number): void {
    this.#order[node] = this.#low[node] = ++this.#visited;
    this.#at[node] = this.#graph.first[node]!;
    this.#path.push(node);
    this.#open.push(node);
  }

  #step(node: number): void {
    const end = this.#graph.first[node + 1]!;
    while (this.#at[node]! < end) {
      const next = this.#graph.next[this.#at[node]!++]!;
      if (!this.#keeps(next)) continue;
      if (this.#order[next] === 0) {
        this.#enter(next);
        return;
      }
      if (this.#of[next] === -1) this.#low[node] = Math.min(this.#low[node]!, this.#order[next]!);
    }
    this.#path.pop();
    const parent = this.#path.at(-1);
    if (parent !== undefined) this.#low[parent] = Math.min(this.#low[parent]!, this.#low[node]!);
    if (this.#low[node] === this.#order[node]) this.#close(node);
  }

  #close(root: number): void {
    for (let node = -1; node !== root; ) {
      node = this.#open.pop()!;
      this.#of[node] = this.#count;
    }
    this.#count++;
  }
}
