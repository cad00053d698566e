/**
 * Finds which learned statement prints a template whose shape is alike to no other: by the same matcher that profiles
 * have. It is made anew whenever the statements have doubled, so that what it knows hangs on their order alone.
 */
import { formatRegex } from './format-regex.ts';
import { createLmsCfg, type LmsCfg, type LmsNode } from './lms-cfg.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { formatOf } from './template-shape.ts';
import { isPlain } from './value-words.ts';

export interface LearnedStatement {
  /** Its place among the groups. */
  readonly id: number;
  readonly words: readonly string[];
}

/** Fewer are told apart by their shapes alone. */
const statements_count_min = 64;
/** A statement must have so many words of its own, and so much of the template, for what fits it to be taken for it. */
const plain_words_min = 3;
const letters_share_min = 0.8;

export class LearnedMatcher {
  #matcher: Matcher | undefined;
  /** By node: the group that it is of. */
  #groups: readonly number[] = [];
  #due = statements_count_min;

  /** To be told of each new statement: how many there are, and which, where that is asked. */
  grew(count: number, statements: () => readonly LearnedStatement[]): void {
    if (count < this.#due) return;
    this.#due = count * 2;
    const telling = statements().filter(({ words }) => words.filter(isPlain).length >= plain_words_min);
    this.#groups = telling.map(({ id }) => id);
    this.#matcher = createMatcher(learnedLmsCfg('', telling));
  }

  /** The group whose statement prints it as a whole; undefined where none does that says enough of it. */
  groupOf(template: string): number | undefined {
    if (this.#matcher === undefined) return undefined;
    const text = template.replaceAll('<lt>', '<');
    for (const { node, variables, from, to } of this.#matcher.match(text)) {
      if (from !== 0 || to !== text.length) return undefined;
      const own = variables.reduce((left, each) => left - lettersIn(each), lettersIn(text));
      if (own >= letters_share_min * lettersIn(text)) return this.#groups[node.id]!;
    }
    return undefined;
  }
}

/** Statements as log message strings: nothing follows anything. */
export function learnedLmsCfg(program: string, statements: readonly LearnedStatement[]): LmsCfg {
  const nodes = statements.map(({ words }, id): LmsNode => {
    const text = formatOf(words);
    const marks = { function: undefined, loopStart: false, loopEnd: false, endSyscalls: [] };
    return { id, text, regex: formatRegex(text).source, ...marks };
  });
  return createLmsCfg({ program, buildId: undefined, nodes }, []);
}

/** Of its own: holes say nothing. */
function lettersIn(text: string): number {
  return (
    text
      .replace(/<\w+>/g, '')
      .match(/[\p{L}\p{N}]+/gu)
      ?.join('').length ?? 0
  );
}
