/**
 * Makes the point graph small without changing which site can follow which: what lies on no path between two sites
 * goes, rings of points become one junction, and so do junctions that nothing tells apart. Links never become more,
 * so that the result is linear in the program, whatever the number of pairs that follow each other.
 */
import { type Adjacency, flood, PairList, transposed } from './adjacency.ts';
import type { PointGraph } from './point-graph.ts';
import { strongComponents } from './strong-components.ts';

export interface LinkGraph {
  readonly junctions: number;
  /** Targets by source, ascending: sites first, then junctions. */
  readonly links: readonly (readonly number[])[];
}

/** Further rounds would find little: each makes the next one's work smaller. */
const rounds_max = 16;

export function linkGraph(points: PointGraph): LinkGraph {
  const ordered = condensed(points);
  let graph = ordered.next;
  for (let round = 0; round < rounds_max; round++) {
    const forth = mergeAlike(graph, ordered.isJunction, true);
    const back = mergeAlike(transposed(forth.graph), ordered.isJunction, false);
    graph = transposed(back.graph);
    if (!forth.changed && !back.changed) break;
  }
  return numbered(graph, ordered);
}

interface OrderedGraph {
  readonly next: Adjacency;
  readonly isJunction: Uint8Array;
  /** Node by site where it is left, and where it is reached; −1 without one. */
  readonly sources: Int32Array;
  readonly targets: Int32Array;
}

/** Only what lies between two sites; no cycles; every edge leads to a higher number. */
function condensed({ siteCount, nodeCount, next, previous }: PointGraph): OrderedGraph {
  const after = new Uint8Array(nodeCount);
  flood(next, after, range(0, siteCount));
  const before = new Uint8Array(nodeCount);
  flood(previous, before, range(siteCount, 2 * siteCount));
  const keeps = (node: number): boolean => after[node] === 1 && before[node] === 1;
  const { count, of } = strongComponents(next, keeps);
  const pairs = new PairList();
  for (let node = 0; node < nodeCount; node++) {
    if (of[node] === -1) continue;
    for (let at = next.first[node]!; at < next.first[node + 1]!; at++) {
      const target = of[next.next[at]!]!;
      if (target !== -1 && target !== of[node]) pairs.push(count - 1 - of[node]!, count - 1 - target);
    }
  }
  const isJunction = new Uint8Array(count).fill(1);
  const place = (node: number): number => {
    if (of[node] === -1) return -1;
    isJunction[count - 1 - of[node]!] = 0;
    return count - 1 - of[node]!;
  };
  const sources = Int32Array.from(range(0, siteCount), place);
  const targets = Int32Array.from(range(siteCount, 2 * siteCount), place);
  return { next: pairs.adjacency(count), isJunction, sources, targets };
}

/**
 * Takes a junction with one neighbour ahead for that neighbour, and junctions with the same neighbours ahead for one.
 * Ahead is where the edges of `graph` lead: with them turned round, the same is done backwards.
 */
function mergeAlike(graph: Adjacency, isJunction: Uint8Array, forwards: boolean) {
  const count = isJunction.length;
  const stands = new Uint32Array(count);
  for (let node = 0; node < count; node++) stands[node] = node;
  const neighbours = new NeighbourSets(graph, stands);
  let changed = false;
  for (let step = 0; step < count; step++) {
    const node = forwards ? count - 1 - step : step;
    const same = neighbours.add(node, isJunction[node] === 1);
    if (same === undefined) continue;
    stands[node] = same;
    changed = true;
  }
  return { graph: neighbours.pairs.adjacency(count), changed };
}

/** What nodes lead to, by what stands for it; junctions that lead to the same are found by that. */
class NeighbourSets {
  /** Of nodes that stand for themselves. */
  readonly pairs = new PairList();
  readonly #graph: Adjacency;
  readonly #stands: Uint32Array;
  /** By hash, the last junction that stands for itself; by junction, the one before with its hash. */
  readonly #last = new Map<number, number>();
  readonly #before: Int32Array;
  /** By junction: where its pairs begin, and how many there are. */
  readonly #first: Uint32Array;
  readonly #size: Uint32Array;
  #list = new Uint32Array(1 << 6);

  constructor(graph: Adjacency, stands: Uint32Array) {
    this.#graph = graph;
    this.#stands = stands;
    this.#before = new Int32Array(stands.length);
    this.#first = new Uint32Array(stands.length);
    this.#size = new Uint32Array(stands.length);
  }

  /** What stands for the node from now on; undefined: itself. */
  add(node: number, isJunction: boolean): number | undefined {
    const size = this.#take(node);
    if (size === 0) return undefined;
    const same = isJunction ? this.#standIn(node, size) : undefined;
    if (same === undefined) for (let at = 0; at < size; at++) this.pairs.push(node, this.#list[at]!);
    return same;
  }

  /** Makes `#list` what stands for the node's neighbours, each once, ascending; how many there are. */
  #take(node: number): number {
    const { first, next } = this.#graph;
    const [begin, end] = [first[node]!, first[node + 1]!];
    if (end - begin > this.#list.length) this.#list = new Uint32Array(2 * (end - begin));
    const list = this.#list;
    for (let at = begin; at < end; at++) list[at - begin] = this.#stands[next[at]!]!;
    sort(list, end - begin);
    let kept = 0;
    for (let at = 0; at < end - begin; at++)
      if (kept === 0 || list[kept - 1] !== list[at]) list[kept++] = list[at]!;
    return kept;
  }

  #standIn(node: number, size: number): number | undefined {
    const list = this.#list;
    if (size === 1) return list[0];
    // Distinct lists may share a hash, never the other way round.
    let hash = size;
    for (let at = 0; at < size; at++) hash = Math.imul(hash, 0x01000193) ^ list[at]!;
    const last = this.#last.get(hash) ?? -1;
    for (let other = last; other !== -1; other = this.#before[other]!)
      if (this.#isSame(other, size)) return other;
    this.#last.set(hash, node);
    this.#before[node] = last;
    this.#first[node] = this.pairs.length;
    this.#size[node] = size;
    return undefined;
  }

  #isSame(other: number, size: number): boolean {
    if (this.#size[other] !== size) return false;
    const first = this.#first[other]!;
    for (let at = 0; at < size; at++) if (this.pairs.to(first + at) !== this.#list[at]) return false;
    return true;
  }
}

/** The first numbers of a list, ascending: most lists are short. */
function sort(list: Uint32Array, size: number): void {
  if (size > short_max) {
    list.subarray(0, size).sort();
    return;
  }
  for (let at = 1; at < size; at++) {
    const n = list[at]!;
    let to = at;
    while (to > 0 && list[to - 1]! > n) list[to] = list[--to]!;
    list[to] = n;
  }
}

const short_max = 24;

/** Sites by their own numbers, junctions in the order in which a walk from the first site meets them. */
function numbered(graph: Adjacency, { sources, targets, isJunction }: OrderedGraph): LinkGraph {
  const ids = new Int32Array(isJunction.length).fill(-1);
  for (const [site, node] of targets.entries()) if (node !== -1) ids[node] = site;
  const links: number[][] = [];
  const waiting: number[] = [];
  let next = sources.length;
  const linksOf = (node: number): number[] => {
    const list: number[] = [];
    for (let at = graph.first[node]!; at < graph.first[node + 1]!; at++) {
      const target = graph.next[at]!;
      if (ids[target] === -1) {
        ids[target] = next++;
        waiting.push(target);
      }
      list.push(ids[target]!);
    }
    return list.length > 1 ? list.sort((a, b) => a - b) : list;
  };
  for (const node of sources) links.push(node === -1 ? [] : linksOf(node));
  for (let at = 0; at < waiting.length; at++) links.push(linksOf(waiting[at]!));
  return { junctions: waiting.length, links };
}

function range(from: number, to: number): Uint32Array {
  const numbers = new Uint32Array(to - from);
  for (let n = from; n < to; n++) numbers[n - from] = n;
  return numbers;
}
