/**
 * Which log message strings can have printed a message: an index over one constant of each pattern picks candidates,
 * the pattern itself decides. A pattern that does not fit the whole is looked for within the message, since loggers
 * put things before and after what a program says, and a program may print one line in pieces. It must not know
 * control flow: which of several candidates was meant is the unit partition's business.
 */
import { BorderTable } from './border-table.ts';
import { LiteralIndex } from './literal-index.ts';
import type { LmsCfg, LmsNode } from './lms-cfg.ts';
import { type LmsPattern, lmsPatterns, type RejectedNode } from './lms-pattern.ts';
import { patternConstants } from './pattern-constants.ts';
import { canBegin, isEdge, noMatch, outOfSteps, RegexRun } from './regex/regex-run.ts';

export interface LmsMatch {
  readonly node: LmsNode;
  /** Of each capture group; `''` for one that took no part; of a line of a text of several, up to that line's last. */
  readonly variables: readonly string[];
  /** The part of the message that it is; what stands before and after is not this node's. */
  readonly from: number;
  readonly to: number;
}

export interface Matcher {
  /**
   * First what is the whole message, then what is a part of it, then what any message is (at most
   * `catchAll_nodes_max`); among each the more constant text, the earlier, then by id.
   *
   * A part begins and ends at a word's edge. Where something telling is the whole, only parts are given that begin in
   * the gap at its end and reach the message's end: what was printed after it, or into it.
   */
  match(message: string): LmsMatch[];
  /** Of `nodes` alone, by their ids: what each is of the message, the whole or any part that begins at a word's edge. */
  matchOf(message: string, nodes: readonly number[]): LmsMatch[];
  /** Nodes whose regex can't be run, and why. */
  readonly rejected: readonly RejectedNode[];
  /** Messages of which not everything was tried, by reason. */
  readonly cut: { tooLong: number; tooDear: number };
}

/** Characters. Programs format a message into a buffer of some kilobytes; beyond this it is data, not a message. */
export const message_length_max = 64 * 1024;
/** Of all patterns together for one message: less than a millisecond. */
const steps_max = 3_000;
/** Characters at a message's beginning, and as many at its end, in which constants of patterns are looked for. */
export const searched_length_max = 1_024;
export const catchAll_nodes_max = 64;
const part_nodes_max = 64;
/** Edges of words at which a part may begin: what a logger puts before a message is short. */
const part_places_max = 256;

export function createMatcher(cfg: LmsCfg): Matcher {
  return new IndexedMatcher(cfg.nodes);
}

class IndexedMatcher implements Matcher {
  readonly rejected: readonly RejectedNode[];
  readonly cut = { tooLong: 0, tooDear: 0 };
  readonly #patterns: readonly LmsPattern[];
  /** By a constant at the beginning, and by one that stands anywhere. */
  readonly #heads: LiteralIndex;
  readonly #inner: LiteralIndex;
  readonly #always: readonly number[];
  /** Whether a pattern is found by its beginning. */
  readonly #hasHead: ReadonlySet<LmsPattern>;
  readonly #borders: BorderTable;
  readonly #run = new RegexRun();
  #byNode: ReadonlyMap<number, readonly LmsPattern[]> | undefined;

  constructor(nodes: readonly LmsNode[]) {
    const { patterns, rejected } = lmsPatterns(nodes);
    const { heads, inner, always } = patternConstants(patterns.map(({ program }) => program));
    this.rejected = rejected;
    this.#patterns = patterns;
    this.#borders = new BorderTable(patterns.map(({ program }) => program));
    this.#heads = new LiteralIndex(heads);
    this.#inner = new LiteralIndex(inner);
    this.#always = always;
    this.#hasHead = new Set(heads.map(({ value }) => patterns[value]!));
  }

  match(message: string): LmsMatch[] {
    if (message.length > message_length_max) {
      this.cut.tooLong++;
      return [];
    }
    this.#run.steps = steps_max;
    const matches: LmsMatch[] = [];
    const catchAlls: LmsMatch[] = [];
    const failed: LmsPattern[] = [];
    let best: LmsPattern | undefined;
    // Stays so where it has no gap at its end; the place of a gap that took no part is -1, too.
    let gapAt = -1;
    for (const rank of this.#candidates(message, failed)) {
      if (this.#run.steps < 0) break;
      const pattern = this.#patterns[rank]!;
      if (this.#run.run(pattern.program, message, 0, false) < 0) {
        if (pattern.isTelling) failed.push(pattern);
        continue;
      }
      // One that is not telling can have more text, and would hide that a telling one is the whole.
      if (best === undefined && pattern.isTelling) {
        best = pattern;
        if (pattern.lastGap !== undefined) gapAt = this.#run.saves[pattern.lastGap]!;
      }
      this.#keep(pattern, message, 0, message.length, pattern.isCatchAll ? catchAlls : matches);
    }
    if (best === undefined) this.#parts(message, failed, 0, true, matches);
    else if (gapAt >= 0) this.#parts(message, failed, gapAt, false, matches);
    if (this.#run.steps < 0 || message.length > 2 * searched_length_max) this.cut.tooDear++;
    for (const each of catchAlls.slice(0, catchAll_nodes_max)) matches.push(each);
    return matches;
  }

  matchOf(message: string, nodes: readonly number[]): LmsMatch[] {
    if (message.length > message_length_max) return [];
    this.#run.steps = steps_max;
    const matches: LmsMatch[] = [];
    this.#byNode ??= patternsByNode(this.#patterns);
    const patterns = new Set(nodes.flatMap((id) => this.#byNode!.get(id) ?? []));
    for (const pattern of patterns) {
      const part = this.#firstPart(pattern, message);
      if (part !== undefined) this.#keep(pattern, message, part.from, part.to, matches);
    }
    return matches.filter(({ node }) => nodes.includes(node.id));
  }

  /** The whole; else a part up to the end; else any. */
  #firstPart(pattern: LmsPattern, message: string): { from: number; to: number } | undefined {
    if (pattern.groupsBefore !== undefined && message.includes('\n')) return undefined;
    if (this.#run.run(pattern.program, message, 0, false) >= 0) return { from: 0, to: message.length };
    return this.#partWithin(pattern, message, false) ?? this.#partWithin(pattern, message, true);
  }

  #partWithin(
    { program }: LmsPattern,
    message: string,
    isLoose: boolean,
  ): { from: number; to: number } | undefined {
    const until = Math.min(message.length, searched_length_max);
    for (let from = 1, edges = 0; from < until && edges < part_places_max; from++) {
      if (!isEdge(message, from) || !canBegin(program, message, from)) continue;
      edges++;
      const to = this.#run.run(program, message, from, isLoose);
      if (to >= 0) return { from, to };
    }
    return undefined;
  }

  /** Ranks of those that may be the whole, ascending; what can't be, and may be a part, is added to `failed`. */
  #candidates(message: string, failed: LmsPattern[]): number[] {
    const found = [...this.#always];
    this.#heads.find(message, 0, found);
    this.#inner.findAll(message, searched_length_max, found);
    const [first, last] = [message.charCodeAt(0), message.charCodeAt(message.length - 1)];
    const candidates: number[] = [];
    const isLine = !message.includes('\n');
    for (const rank of found) {
      if (!isLine && this.#patterns[rank]!.groupsBefore !== undefined) continue;
      if (this.#borders.allows(rank, first, last)) candidates.push(rank);
      else if (this.#patterns[rank]!.isTelling) failed.push(this.#patterns[rank]!);
    }
    return candidates.sort((a, b) => a - b);
  }

  /** Parts that begin at an edge from `from` on; of each pattern the first. One that is not loose ends the message. */
  #parts(
    message: string,
    failed: readonly LmsPattern[],
    from: number,
    isLoose: boolean,
    into: LmsMatch[],
  ): void {
    const starts = new Map<LmsPattern, number[]>();
    const isLine = !message.includes('\n');
    const edges: number[] = [];
    const found: number[] = [];
    const to = Math.min(message.length, from + searched_length_max);
    for (let at = from; at < to && edges.length < part_places_max; at++) {
      if (!isEdge(message, at)) continue;
      edges.push(at);
      found.length = 0;
      this.#heads.find(message, at, found);
      for (const rank of found) {
        const pattern = this.#patterns[rank]!;
        if (pattern.isTelling && (isLine || pattern.groupsBefore === undefined)) add(starts, pattern, at);
      }
    }
    for (const pattern of failed) {
      if (this.#hasHead.has(pattern)) continue;
      const all = pattern.beginsWithGap ? edges.slice(0, 1) : edges;
      const possible = all.filter((at) => canBegin(pattern.program, message, at));
      if (possible.length > 0) starts.set(pattern, possible);
    }
    const matches: LmsMatch[] = [];
    const ranked = [...starts].sort(([a], [b]) => a.rank - b.rank);
    for (const [pattern, places] of ranked) {
      for (const start of places) {
        const end = this.#run.run(pattern.program, message, start, isLoose);
        if (end === outOfSteps) break;
        if (end === noMatch) continue;
        this.#keep(pattern, message, start, end, matches);
        break;
      }
      if (matches.length >= part_nodes_max) break;
    }
    for (const each of matches.slice(0, part_nodes_max)) into.push(each);
  }

  #keep(
    { nodes, program, groupsBefore }: LmsPattern,
    message: string,
    from: number,
    to: number,
    into: LmsMatch[],
  ): void {
    const { saves } = this.#run;
    const variables: string[] = Array.from({ length: groupsBefore ?? 0 }, () => '');
    for (let group = 1; group <= program.groups; group++) {
      const start = saves[2 * group]!;
      variables.push(start < 0 ? '' : message.slice(start, saves[2 * group + 1]));
    }
    const isLine = groupsBefore !== undefined;
    for (const node of nodes) {
      // Two lines of one text may be alike.
      if (isLine && into.some((match) => match.node === node)) continue;
      into.push({ node, variables, from, to });
    }
  }
}

function patternsByNode(patterns: readonly LmsPattern[]): Map<number, LmsPattern[]> {
  const byNode = new Map<number, LmsPattern[]>();
  for (const pattern of patterns)
    for (const { id } of pattern.nodes) {
      const others = byNode.get(id);
      if (others === undefined) byNode.set(id, [pattern]);
      else others.push(pattern);
    }
  return byNode;
}

function add(map: Map<LmsPattern, number[]>, key: LmsPattern, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
