/** The edges against the order of lines that a real server wrote. */

import { LineMatcher } from '../reality/line-matcher.ts';
import type { LogLine } from '../reality/trace-log.ts';
import type { Analysis } from '../tool/analyse.ts';

export const hit_rate_min = 0.9;
export const random_hit_rate_max = 0.1;

export interface LineOrder {
  readonly lines: number;
  /** The share of lines that some node fits. */
  readonly matched: number;
  /** Kinds of line: distinct sets of nodes. */
  readonly kinds: number;
  readonly pairs: number;
  /** The share of consecutive lines of one thread that are an edge, or a start after an end. */
  readonly hitRate: number;
  /** Of that, by an edge alone. */
  readonly edgeRate: number;
  /** The same over all pairs of the kinds of line that were seen, whatever their order. */
  readonly randomHitRate: number;
  readonly randomEdgeRate: number;
  /** Random pairs that are an edge and no start after an end: what any two turns may do is no fault of the edges. */
  readonly randomWithinRate: number;
  /** Of these pairs, those that the log itself has: nothing that knows the program less well can have fewer. */
  readonly seenRate: number;
  /** Of nodes, over the whole program. */
  readonly meanOutDegree: number;
  /** Of all pairs of nodes, those that are an edge. */
  readonly density: number;
  /** Pairs without an edge, the most frequent first: `count: line → line`. */
  readonly misses: readonly string[];
}

export function lineOrder(lines: readonly LogLine[], analysis: Analysis): LineOrder {
  const matcher = new LineMatcher(analysis.nodes);
  const follows = relation(analysis);
  const isNextTurn = turnRelation(analysis);
  const kinds = new Map<string, readonly number[]>();
  const misses = new Map<string, { count: number; example: string }>();
  const last = new Map<string, { ids: readonly number[]; text: string }>();
  const seen = new Set<string>();
  let [matched, pairs, hits, edges] = [0, 0, 0, 0];
  for (const { thread, text } of lines) {
    const ids = matcher.match(text);
    const before = last.get(thread);
    last.set(thread, { ids, text });
    if (ids.length === 0) continue;
    matched++;
    kinds.set(ids.join(), ids);
    if (before === undefined || before.ids.length === 0) continue;
    pairs++;
    const key = `${before.ids.join()} ${ids.join()}`;
    seen.add(key);
    const how = follows(before.ids, ids);
    if (how === 'edge') edges++;
    if (how !== undefined) {
      hits++;
      continue;
    }
    const miss = misses.get(key) ?? { count: 0, example: `${before.text}\n   → ${text}` };
    misses.set(key, { ...miss, count: miss.count + 1 });
  }
  const all = [...kinds.values()];
  const random = all.flatMap((a) => all.map((b) => follows(a, b))).filter((how) => how !== undefined);
  const randomEdges = random.filter((how) => how === 'edge').length;
  const within = all.flatMap((a) => all.filter((b) => !isNextTurn(a, b) && follows(a, b) !== undefined));
  return {
    lines: lines.length,
    matched: matched / Math.max(lines.length, 1),
    kinds: all.length,
    pairs,
    hitRate: hits / Math.max(pairs, 1),
    edgeRate: edges / Math.max(pairs, 1),
    randomHitRate: random.length / Math.max(all.length ** 2, 1),
    randomEdgeRate: randomEdges / Math.max(all.length ** 2, 1),
    randomWithinRate: within.length / Math.max(all.length ** 2, 1),
    seenRate: seen.size / Math.max(all.length ** 2, 1),
    meanOutDegree: analysis.edges!.length / Math.max(analysis.nodes.length, 1),
    density: analysis.edges!.length / Math.max(analysis.nodes.length ** 2, 1),
    misses: [...misses.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ count, example }) => `${count}: ${example}`),
  };
}

type Follows = (before: readonly number[], after: readonly number[]) => 'edge' | 'turn' | undefined;

function relation(analysis: Analysis): Follows {
  const { edges } = analysis;
  const successors = new Map<number, Set<number>>();
  for (const [from, to] of edges!) {
    const known = successors.get(from);
    if (known === undefined) successors.set(from, new Set([to]));
    else known.add(to);
  }
  const isNextTurn = turnRelation(analysis);
  return (before, after) => {
    if (before.some((from) => after.some((to) => successors.get(from)?.has(to) === true))) return 'edge';
    return isNextTurn(before, after) ? 'turn' : undefined;
  };
}

/** Whether the first line can end a turn of a loop, and the second begin one. */
function turnRelation({ nodes }: Analysis): (before: readonly number[], after: readonly number[]) => boolean {
  const ends = new Set(nodes.filter((node) => node.loopEnd).map((node) => node.id));
  const starts = new Set(nodes.filter((node) => node.loopStart).map((node) => node.id));
  return (before, after) => before.some((from) => ends.has(from)) && after.some((to) => starts.has(to));
}
