/**
 * Which log message strings can have printed a message: an index over the rarest 4-gram of each pattern's constants
 * picks candidates, the pattern itself decides. It must not know control flow: which of several candidates was meant
 * is the unit partition's business.
 */
import type { LmsCfg, LmsNode } from './lms-cfg.ts';
import { literalsOf, tamed } from './regex-literals.ts';

export interface LmsMatch {
  readonly node: LmsNode;
  /** Of each capture group; `''` for one that took no part. */
  readonly variables: readonly string[];
}

export interface Matcher {
  /** The more constant text, the earlier; then by id. A message over `MESSAGE_MAX` characters matches nothing. */
  match(message: string): LmsMatch[];
  /** Nodes whose regex does not compile, and why. */
  readonly rejected: readonly { readonly node: LmsNode; readonly reason: string }[];
}

/** Characters. Programs format a message into a buffer of some kilobytes; beyond this it is data, not a message. */
export const MESSAGE_MAX = 64 * 1024;

interface Pattern {
  readonly node: LmsNode;
  readonly regex: RegExp;
  /** Constant at the very beginning. */
  readonly head: string;
  readonly literals: readonly string[];
  readonly weight: number;
  rank: number;
}

const GRAM = 4;

export function createMatcher(cfg: LmsCfg): Matcher {
  const rejected: { node: LmsNode; reason: string }[] = [];
  const patterns: Pattern[] = [];
  for (const node of cfg.nodes) {
    const compiled = compile(node);
    if (typeof compiled === 'string') rejected.push({ node, reason: compiled });
    else patterns.push(compiled);
  }
  patterns.sort((a, b) => b.weight - a.weight || a.node.id - b.node.id);
  for (const [rank, pattern] of patterns.entries()) pattern.rank = rank;
  const { byGram, always } = index(patterns);
  return {
    rejected,
    match(message) {
      if (message.length > MESSAGE_MAX) return [];
      const found: LmsMatch[] = [];
      for (const pattern of candidates(message, byGram, always)) {
        if (!message.startsWith(pattern.head)) continue;
        const match = pattern.regex.exec(message);
        if (match === null) continue;
        found.push({ node: pattern.node, variables: match.slice(1).map((group) => group ?? '') });
      }
      return found;
    },
  };
}

function compile(node: LmsNode): Pattern | string {
  try {
    const source = tamed(node.regex);
    const regex = new RegExp(source, 's');
    const { head, literals } = literalsOf(source);
    const weight = literals.reduce((sum, literal) => sum + literal.length, 0);
    return { node, regex, head, literals, weight, rank: 0 };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function index(patterns: readonly Pattern[]) {
  const frequency = new Map<number, number>();
  const gramsOf = patterns.map(
    (pattern) => new Set(pattern.literals.flatMap((literal) => [...grams(literal)])),
  );
  for (const set of gramsOf) for (const gram of set) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
  const byGram = new Map<number, Pattern[]>();
  const always: Pattern[] = [];
  for (const [at, pattern] of patterns.entries()) {
    let rarest: number | undefined;
    for (const gram of gramsOf[at]!) {
      if (rarest === undefined || frequency.get(gram)! < frequency.get(rarest)!) rarest = gram;
    }
    const bucket = rarest === undefined ? always : (byGram.get(rarest) ?? []);
    bucket.push(pattern);
    if (rarest !== undefined) byGram.set(rarest, bucket);
  }
  return { byGram, always };
}

function candidates(
  message: string,
  byGram: ReadonlyMap<number, readonly Pattern[]>,
  always: readonly Pattern[],
): Pattern[] {
  const found = [...always];
  const seen = new Set<number>();
  for (const gram of grams(message)) {
    const bucket = byGram.get(gram);
    if (bucket === undefined || seen.has(gram)) continue;
    seen.add(gram);
    found.push(...bucket);
  }
  return found.sort((a, b) => a.rank - b.rank);
}

/** A number for each run of four characters; two runs may share one, which costs a candidate and no match. */
function* grams(text: string): Generator<number> {
  let gram = 0;
  for (let at = 0; at < text.length; at++) {
    gram = ((gram << 8) ^ text.charCodeAt(at)) | 0;
    if (at >= GRAM - 1) yield gram;
  }
}
