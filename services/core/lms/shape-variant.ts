/**
 * In which ways the shape of a template may differ from others of its statement: in one word, in several words of one
 * place, in all its names. It must not know which others there are.
 */
import { isValue, value } from './template-shape.ts';
import {
  common_words_min,
  introducesValue,
  isName,
  isPlain,
  longValue_common_min,
  type Place,
  precedesValue,
} from './value-words.ts';

export interface ShapeVariant {
  /** The same for all that are alike but for what stands there. */
  readonly key: string;
  /** Where the place begins, and how many words come after it. */
  readonly at: number;
  readonly after: number;
  /** The shape with a value there. */
  readonly generalised: readonly string[];
  /** Undefined where whatever is alike is of one statement. */
  readonly place: Place | undefined;
}

/** In what comes after them two of one statement do not differ. */
const compared_words_max = 24;
/** Of a value. */
const value_words_max = 4;

export function variants(words: readonly string[]): ShapeVariant[] {
  const nameless = words.map((word) => (isName(word) ? value : word));
  const names = nameless.filter((word, at) => word === value && words[at] !== value).length;
  const found = placesIn(words, '');
  const plain = nameless.filter(isPlain).length;
  if (names > 0) found.push(...placesIn(nameless, 'nameless '));
  if (plain > common_words_min || (plain === common_words_min && names > 1)) {
    const generalised = nameless.filter((word, at) => !(isValue(word) && isValue(nameless[at - 1])));
    const key = `names ${generalised.join(' ')}`;
    found.push({ key, at: 0, after: 0, generalised, place: undefined });
  }
  return found;
}

function placesIn(words: readonly string[], kind: string): ShapeVariant[] {
  const total = words.filter(isPlain).length;
  const found: ShapeVariant[] = [];
  for (const [at, word] of words.slice(0, compared_words_max).entries()) {
    const common = total - (isPlain(word) ? 1 : 0);
    if (common >= common_words_min && (/\p{L}/u.test(word) || word === value)) {
      found.push(variant(words, at, 1, common, kind));
    }
    if (!introducesValue(words[at - 1])) continue;
    let left = total;
    for (let count = 1; count <= value_words_max && at + count <= words.length; count++) {
      if (isPlain(words[at + count - 1]!)) left--;
      if (left >= longValue_common_min) found.push(variant(words, at, count, left, `${kind}long `));
    }
  }
  return found;
}

/** What two shapes have in common, with values for the rest. */
export function inCommon(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === b.length) return a.map((word, at) => (word === b[at] ? word : value));
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter - 1 && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head - 1 && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return [...a.slice(0, head), value, ...a.slice(a.length - tail)];
}

/** What stands in the place, without the values around it; a value where there is nothing else. */
export function textAt(words: readonly string[], at: number, after: number): string {
  const found = words.slice(at, words.length - after);
  while (found.length > 1 && isValue(found.at(-1))) found.pop();
  while (found.length > 1 && isValue(found[0])) found.shift();
  return isValue(found[0]) ? value : found.join(' ');
}

function variant(
  words: readonly string[],
  at: number,
  count: number,
  common: number,
  kind: string,
): ShapeVariant {
  let [from, until] = [at, at + count];
  while (isValue(words[from - 1])) from--;
  // How many values stand in a row says nothing.
  if (precedesValue(words[from - 1])) while (isValue(words[until])) until++;
  else from = at;
  const [head, tail] = [words.slice(0, from), words.slice(until)];
  const generalised = [...head, value, ...tail];
  const place = { before: head.at(-1), common, isLast: tail.length === 0 };
  return { key: `${kind}${from} ${generalised.join(' ')}`, at: from, after: tail.length, generalised, place };
}
