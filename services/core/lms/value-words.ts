/**
 * Whether words that stand in one place of alike lines are values, or make the lines those of different statements. What
 * decides is how much else the lines have in common, what stands before the place, and what kind of words they are.
 */
import { isValue, value } from './template-shape.ts';

/** A place in a shape, and what is alike around it. */
export interface Place {
  readonly before: string | undefined;
  /** Other words of a language in the shape. */
  readonly common: number;
  readonly isLast: boolean;
}

/** Fewer words in common say nothing. */
export const common_words_min = 2;
/** So many different plain words in one place are values; more with the fewest words in common; and more of titles, `var:`. */
const differentWords_min = 3;
const differentWords_many = 4;
const differentTitles_min = 8;
/** With so many in common, two texts of several words may be values of one. */
export const longValue_common_min = 5;

/** What has no meaning but by what it joins: a value has others, or is a name. */
const functionWord =
  /^(?:a|an|and|any|are|be|been|but|by|can|cannot|could|did|do|does|for|from|had|has|have|if|into|is|it|its|may|must|no|not|of|on|or|our|shall|should|than|that|the|their|this|to|was|were|when|while|will|with|without|would)$/i;
const verbForm = /^\p{Ll}{3,}(?:ing|ed)$/u;
/** What stands before who or what is meant. */
const introduces = /^(?:user|group|named|called|by|from|for|as|via|using|into)$/i;
/** And what may stand before it. */
const precedes = /^(?:to|at|on|in|with|client|peer|host|node|session|user|group|device|as|from|for|by)$/i;

/** `texts`: what stood there, each a word, or several. */
export function areValues(texts: readonly string[], { before = '', common, isLast }: Place): boolean {
  if (texts.length < 2 || texts.some((text) => isText(text, isLast))) return false;
  if (texts.every(isName)) return true;
  if (texts.some((text) => text.includes(' ')))
    return introducesValue(before) && common >= longValue_common_min && !texts.some(isBuilt);
  const different = new Set(texts).size;
  const isMeant = !texts.some((text) => verbForm.test(text));
  if (isMeant && texts.includes(value) && precedesValue(before)) return true;
  if (common > common_words_min) {
    if (isMeant && different > 1 && introducesValue(before) && !texts.some(introducesValue)) return true;
    return different >= differentWords_min;
  }
  return different >= (texts.every(isTitle) ? differentTitles_min : differentWords_many);
}

/** Whether a value may come after the word: where one is known to, what else stands there is one, too. */
export function precedesValue(word: string | undefined): boolean {
  return precedes.test(word ?? '');
}

/** A word of a language. */
export function isPlain(word: string): boolean {
  return /\p{L}/u.test(word) && !isValue(word);
}

/** Whether what comes after the word is who or what is meant. */
export function introducesValue(word: string | undefined): boolean {
  return introduces.test(word ?? '');
}

/** Not a word of a language, and not what is called: it has marks or capitals inside. */
export function isName(word: string): boolean {
  return (
    word === value || (!isConstant(word) && !/[( ]/.test(word) && /[._@$\-/\\]>?\w|\p{Ll}\p{Lu}/u.test(word))
  );
}

/** Has a word that must be the statement's own: one that joins others, or a name of the program's source. */
function isText(text: string, isLast: boolean): boolean {
  return text
    .split(' ')
    .some((word) => (functionWord.test(word) && !(isLast && word === text)) || isConstant(word));
}

/** Of words and values, or of words that introduce others, as a statement is. */
function isBuilt(text: string): boolean {
  return text.includes(' ') && (text.includes(value) || text.split(' ').some(introducesValue));
}

/** `var:`, or a name such as protocols have, `CONNACK`. */
function isTitle(text: string): boolean {
  return /:$|^\p{Lu}{4,}$/u.test(text);
}

/** A name that a program's source has, and so one of its text: `MSG_KEXINIT`. */
function isConstant(word: string): boolean {
  return /^[A-Z][A-Z0-9]*_[A-Z0-9_<*>]+[:,.]?$/.test(word);
}
