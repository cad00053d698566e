/**
 * Chooses for each pattern the constant that finds it: its beginning, where that says enough, otherwise the piece of
 * its constants that fewest others have. It must not know how constants are looked up.
 */
import type { IndexedLiteral } from './literal-index.ts';
import type { RegexProgram } from './regex/regex-program.ts';

export interface PatternConstants {
  /** Values are places in the list that was given. */
  readonly heads: readonly IndexedLiteral[];
  readonly inner: readonly IndexedLiteral[];
  /** Those without a constant. */
  readonly always: readonly number[];
}

const gram_length = 4;

export function patternConstants(programs: readonly RegexProgram[]): PatternConstants {
  const heads: IndexedLiteral[] = [];
  const always: number[] = [];
  const others: { value: number; constants: readonly string[] }[] = [];
  for (const [value, { head, constants }] of programs.entries()) {
    const longest = constants.reduce((length, text) => Math.max(length, text.length), 0);
    if (longest === 0) always.push(value);
    else if (head.length >= Math.min(gram_length, longest)) heads.push({ text: head, value });
    else others.push({ value, constants });
  }
  const frequency = new Map<string, number>();
  for (const { constants } of others) {
    for (const gram of new Set(constants.flatMap(grams))) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
  }
  return {
    heads,
    inner: others.map(({ value, constants }) => ({ value, text: rarest(constants, frequency) })),
    always,
  };
}

/** What begins with the rarest gram; of constants that are all shorter, the longest. */
function rarest(constants: readonly string[], frequency: ReadonlyMap<string, number>): string {
  let [best, least] = ['', Number.POSITIVE_INFINITY];
  for (const text of constants) {
    for (const [at, gram] of grams(text).entries()) {
      const count = frequency.get(gram)!;
      if (count >= least) continue;
      [best, least] = [text.slice(at), count];
    }
  }
  return best !== '' ? best : constants.reduce((a, b) => (b.length > a.length ? b : a));
}

function grams(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - gram_length + 1) }, (_, at) =>
    text.slice(at, at + gram_length),
  );
}
