/** Directed graphs over numbers, in typed arrays: a program has hundreds of thousands of blocks. */

/** The targets of `n` are `next[first[n]]` up to, not including, `next[first[n + 1]]`. */
export interface Adjacency {
  readonly first: Uint32Array;
  readonly next: Uint32Array;
}

/** With every edge turned round. */
export function transposed({ first, next }: Adjacency): Adjacency {
  const count = first.length - 1;
  const begin = new Uint32Array(count + 1);
  for (let at = 0; at < next.length; at++) begin[next[at]! + 1]!++;
  for (let n = 0; n < count; n++) begin[n + 1]! += begin[n]!;
  const place = begin.slice(0, count);
  const back = new Uint32Array(next.length);
  for (let node = 0; node < count; node++)
    for (let at = first[node]!; at < first[node + 1]!; at++) back[place[next[at]!]!++] = node;
  return { first: begin, next: back };
}

/** Pairs of numbers, in the order given. */
export class PairList {
  #pairs = new Uint32Array(1 << 6);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(from: number, to: number): void {
    if (2 * this.#length === this.#pairs.length) {
      // In its place where there is room: a copy would stay until it is swept.
      this.#pairs = new Uint32Array(this.#pairs.buffer.transfer(2 * this.#pairs.byteLength));
    }
    this.#pairs[2 * this.#length] = from;
    this.#pairs[2 * this.#length + 1] = to;
    this.#length++;
  }

  /** The second number of the pair at a place. */
  to(at: number): number {
    return this.#pairs[2 * at + 1]!;
  }

  /** `nodes` is one more than the largest number of a pair. */
  adjacency(nodes: number): Adjacency {
    return this.#grouped(nodes, 0);
  }

  /** With every pair turned round. */
  reversed(nodes: number): Adjacency {
    return this.#grouped(nodes, 1);
  }

  #grouped(nodes: number, key: 0 | 1): Adjacency {
    const pairs = this.#pairs;
    const first = new Uint32Array(nodes + 1);
    const end = 2 * this.#length;
    for (let at = key; at < end; at += 2) first[pairs[at]! + 1]!++;
    for (let n = 0; n < nodes; n++) first[n + 1]! += first[n]!;
    const place = first.slice(0, nodes);
    const next = new Uint32Array(this.#length);
    for (let at = 0; at < end; at += 2) next[place[pairs[at + key]!]!++] = pairs[at + 1 - key]!;
    return { first, next };
  }
}

/** Members of sets, each numbered once however often it is given. */
export class SetTable {
  /** Most sets have one member. */
  readonly #ofOne: number[] = [];
  readonly #byIdentity = new Map<readonly number[], number>();
  readonly #byContent = new Map<string, number>();
  readonly #sets: number[][] = [];

  get length(): number {
    return this.#sets.length;
  }

  add(members: readonly number[]): number {
    if (members.length === 1) return this.#addOne(members[0]!);
    const known = this.#byIdentity.get(members);
    if (known !== undefined) return known;
    const sorted = [...new Set(members)].sort((a, b) => a - b);
    if (sorted.length === 1) return this.#addOne(sorted[0]!);
    const key = sorted.join(',');
    let id = this.#byContent.get(key);
    if (id === undefined) {
      id = this.#sets.length;
      this.#sets.push(sorted);
      this.#byContent.set(key, id);
    }
    this.#byIdentity.set(members, id);
    return id;
  }

  #addOne(member: number): number {
    let id = this.#ofOne[member];
    if (id === undefined) {
      id = this.#ofOne[member] = this.#sets.length;
      this.#sets.push([member]);
    }
    return id;
  }

  adjacency(): Adjacency {
    return this.#pairs().adjacency(this.#sets.length);
  }

  reversed(members: number): Adjacency {
    return this.#pairs().reversed(members);
  }

  #pairs(): PairList {
    const pairs = new PairList();
    for (let id = 0; id < this.#sets.length; id++)
      for (const member of this.#sets[id]!) pairs.push(id, member);
    return pairs;
  }
}

/** Marks the starts and all that can be reached from them through what is not marked yet. */
export function flood(graph: Adjacency, marks: Uint8Array, starts: Iterable<number>): void {
  const queue: number[] = [];
  for (const start of starts) {
    if (marks[start] === 1) continue;
    marks[start] = 1;
    queue.push(start);
  }
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (let at = graph.first[node]!; at < graph.first[node + 1]!; at++) {
      const next = graph.next[at]!;
      if (marks[next] === 1) continue;
      marks[next] = 1;
      queue.push(next);
    }
  }
}
