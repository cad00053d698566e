/** Finds the log message strings that a line can have come from. It must not know the order of lines. */
import type { AnalysisNode } from '../tool/analyse.ts';

const conversion = /%[-+ #0'*.$\dhlLqjztV]*[A-Za-z@%]/g;

interface Candidate {
  readonly id: number;
  readonly literal_characters: number;
  /** The longest part without a conversion. */
  readonly part: string;
  readonly regexes: readonly RegExp[];
}

/** A logger puts time, level and the like before a message, and some put a context after it. */
export class LineMatcher {
  /** The most telling first. */
  readonly #candidates: readonly Candidate[];
  readonly #known = new Map<string, readonly number[]>();

  constructor(nodes: readonly AnalysisNode[]) {
    this.#candidates = nodes
      .map(candidate)
      .filter(({ literal_characters }) => literal_characters > 0)
      .sort((a, b) => b.literal_characters - a.literal_characters);
  }

  /** Ids of all nodes that fit with the most literal characters; of those, the ones that fit to the end of the line. */
  match(line: string): readonly number[] {
    const known = this.#known.get(line);
    if (known !== undefined) return known;
    const found: { id: number; rank: number }[] = [];
    let best = 0;
    for (const { id, literal_characters, part, regexes } of this.#candidates) {
      if (literal_characters < best) break;
      if (!line.includes(part)) continue;
      const rank = regexes.findIndex((regex) => regex.test(line));
      if (rank < 0) continue;
      best = literal_characters;
      found.push({ id, rank });
    }
    const rank = Math.min(...found.map((each) => each.rank));
    const ids = found.filter((each) => each.rank === rank).map(({ id }) => id);
    this.#known.set(line, ids);
    return ids;
  }
}

function candidate({ id, text, regex }: AnalysisNode): Candidate {
  const parts = text.split(conversion).map((part) => part.trim());
  const body = regex.replace(/^\^/, '').replace(/\$$/, '');
  return {
    id,
    literal_characters: parts.join('').replaceAll(/\s/g, '').length,
    part: parts.reduce((a, b) => (b.length > a.length ? b : a), ''),
    regexes: [
      new RegExp(`(?:^|[^A-Za-z0-9])(?:${body})\\s*$`),
      new RegExp(`(?:^|[^A-Za-z0-9])(?:${body})(?![A-Za-z0-9])`),
    ],
  };
}
