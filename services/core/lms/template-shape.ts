/**
 * What of a template is constant once runs of characters that hold a number, an address or a path are taken for
 * values: its words, with `<*>` for a value. It must not learn from other templates.
 */
import { errorText } from './error-texts.ts';

export const value = '<*>';

/** What is looked at; what comes after it is one value. */
const template_length_max = 4_096;
const words_max = 64;
const word_length_max = 64;

const hole = '<(?:num|ip|hex|uuid|time|str)>';
/** What names and numbers are made of; a border of a value is anything else. */
const part = `(?:${hole}|[^\\s=:,;()\\[\\]{}<>"'|])`;
/** Not what is called: `SSL_set0_chain(`. */
const withHole = new RegExp(`${part}*(?:${hole}|\\d)${part}*(?!${part}|\\()`, 'g');
const path =
  /(?<![^\s=:,;()[\]{}<>"'|])(?:\/[^\s=:,;()[\]{}<>"'|]*|[^\s=:,;()[\]{}<>"'|/]+(?:\/[^\s=:,;()[\]{}<>"'|/]+){2,}|[^\s=:,;()[\]{}<>"'|@]+@[^\s=:,;()[\]{}<>"'|]+)/g;
const url = /\b[a-z][a-z0-9+.-]{1,15}:\/\/\S*/g;
/** Names and values as a table: `Request-URI     : /`. */
const listed = /^([^:]{1,64} :) .+$/s;
/** Of a request: which one it was is a value, as its path is. */
const requestLine = /\b(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|CONNECT|TRACE|PROPFIND) (?=[/*<]|\w+:)/g;
/** What a name is said to be: `user=eve`. */
const assigned = /(?<=\w=)[^\s,;()[\]{}<>"']*/g;
/** What says whether, whatever it is of. */
const truth = /(?<![^\s=:,;()[\]{}])(?:true|false|null|nil|NULL|undefined)(?![^\s=:,;.()[\]{}])/g;
/** Names one after another: `none,zlib`; what follows a number is not one of them. */
const list = /(?<![^\s:])[A-Za-z][\w.@+-]*(?:,[\w.@+-]+)+(?=[\s;)]|$)/g;
/** How two values compare. */
const comparison = /(?<= )(?:[=!]=|[=!]~|=[\^$]|[<>]=|<lt>=)(?= )/g;
/** From one state to another: `open -> drain`. */
const turn = /(?<=^| )[\w-]+ ([-=]>) [\w-]+(?=[\s,;]|$)/g;
/** Nothing but names with values, `fd:7 state:at rest`: a value goes up to the next name. */
const pairs = /^(?:[a-z]\w*:\S+ )+[a-z]\w*:\S+(?: [^:]*)?$/;
const pairValue = /([a-z]\w*:)\S+(?: (?!\w+:)\S+)*/g;
/** What stands within marks at a word's end, `commit[main]`, or between such quotes. */
const within = /(?<=\w[[(])[^\s()[\]]+(?=[\])])|(?<=`)[^`']*(?=')/g;
/** Numbers are padded to a width: the blanks are the value's. */
const padding = new RegExp(` {2,}(?=${hole})`, 'g');
const holes = new RegExp(`${hole}|<\\*>`, 'g');
const values = /<\*>(?:[:,;|/.=-]*<\*>)+/g;

/** Of a template as `templateOf` makes it. */
export function shapeOf(template: string): string[] {
  const given = template
    .slice(0, template_length_max)
    .replace(errorText, value)
    .replace(requestLine, `${value} `)
    .replace(url, value)
    .replace(listed, `$1 ${value}`)
    .replace(within, value)
    .replace(truth, value)
    .replace(list, value)
    .replace(comparison, value)
    .replace(turn, `${value} $1 ${value}`)
    .replace(pairs, (all) => all.replace(pairValue, `$1${value}`))
    .replace(padding, ' ')
    .split(' ', words_max + 1);
  const words: string[] = [];
  for (const [at, word] of given.entries()) {
    const isBeyond = at === words_max || word.length > word_length_max;
    const shaped = isBeyond || words.at(-1) === '=' ? value : shapedWord(word, at);
    // How many values stand in a list says nothing of the statement.
    if (isValue(shaped) && isValue(words.at(-1))) continue;
    words.push(shaped);
    if (at === words_max) break;
  }
  // Where all is a value, the statement is known by nothing else.
  return words.some((word) => /\p{L}/u.test(word)) ? words : [template];
}

/** A value, and the marks around it that separate it from others. */
export function isValue(word: string | undefined): boolean {
  return word !== undefined && /^[[({"']*<\*>[\])}"',;.]*$/.test(word);
}

/** A format that prints what has this shape. */
export function formatOf(words: readonly string[]): string {
  return words
    .map((word) => (isValue(word) ? value : word))
    .join(' ')
    .replaceAll('%', '%%')
    .replace(holes, '%s')
    .replaceAll('<lt>', '<');
}

/** A name of the program's own source: `SSH2_MSG_KEXINIT`. */
const constant = /^[A-Z][A-Z\d]*(?:_[A-Z][A-Z\d]*)+[:,.;]?$/;

function shapedWord(word: string, at: number): string {
  // A code before all else names the statement: `AH00558:`.
  if ((at === 0 && /^[A-Z]{1,8}-?\d+:?$/.test(word)) || constant.test(word)) return word;
  return word.replace(withHole, value).replace(path, value).replace(assigned, value).replace(values, value);
}
