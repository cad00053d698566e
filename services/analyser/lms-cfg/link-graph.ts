/**
 * Makes the point graph small without changing which site can follow which: what lies on no path between two sites
 * goes, rings of points become one junction, and so do junctions that nothing tells apart. Links never become more,
 * so that the result is linear in the program, whatever the number of pairs that follow each other.
 */
import { type Adjacency, flood, PairList } from './adjacency.ts';
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
  const { count, of } = strongComponents(next, range(0, nodeCount), keeps);
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
  const known = new Map<number, number[][]>();
  const pairs = new PairList();
  let changed = false;
  for (let step = 0; step < count; step++) {
    const node = forwards ? count - 1 - step : step;
    const list = distinct(graph, node, stands);
    if (list.length === 0) continue;
    const same = isJunction[node] === 0 ? undefined : standIn(list, node, known);
    if (same === undefined) for (const target of list) pairs.push(node, target);
    else {
      stands[node] = same;
      changed = true;
    }
  }
  return { graph: pairs.adjacency(count), changed };
}

/** What stands for a node's neighbours, each once, ascending. */
function distinct(graph: Adjacency, node: number, stands: Uint32Array): number[] {
  const list: number[] = [];
  for (let at = graph.first[node]!; at < graph.first[node + 1]!; at++) list.push(stands[graph.next[at]!]!);
  if (list.length > 1) list.sort((a, b) => a - b);
  let kept = 0;
  for (const n of list) if (kept === 0 || list[kept - 1] !== n) list[kept++] = n;
  list.length = kept;
  return list;
}

/** What stands for a junction with these neighbours: undefined for itself, which is then known. */
function standIn(list: number[], node: number, known: Map<number, number[][]>): number | undefined {
  if (list.length === 1) return list[0];
  // Distinct lists may share a hash, never the other way round.
  let hash = list.length;
  for (const n of list) hash = (Math.imul(hash, 0x01000193) ^ n) >>> 0;
  const bucket = known.get(hash);
  const entry = [node, ...list];
  if (bucket === undefined) {
    known.set(hash, [entry]);
    return undefined;
  }
  for (const other of bucket)
    if (other.length === entry.length && list.every((n, i) => other[i + 1] === n)) return other[0];
  bucket.push(entry);
  return undefined;
}

function transposed(graph: Adjacency): Adjacency {
  const count = graph.first.length - 1;
  const pairs = new PairList();
  for (let node = 0; node < count; node++) {
    for (let at = graph.first[node]!; at < graph.first[node + 1]!; at++) pairs.push(node, graph.next[at]!);
  }
  return pairs.reversed(count);
}

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
    return list.sort((a, b) => a - b);
  };
  for (const node of sources) links.push(node === -1 ? [] : linksOf(node));
  for (let at = 0; at < waiting.length; at++) links.push(linksOf(waiting[at]!));
  return { junctions: waiting.length, links };
}

function* range(from: number, to: number): Generator<number> {
  for (let n = from; n < to; n++) yield n;
}
