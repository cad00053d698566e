/**
 * Reads a regular expression into a tree. What would need more than one look at a character (lookaround, references to
 * groups) is refused, with its place. It must not know how an expression is run.
 */
import { type CharSet, charSet } from './char-set.ts';

export type Regex =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'list'; readonly parts: readonly Regex[] }
  | { readonly kind: 'either'; readonly ways: readonly Regex[] }
  | {
      readonly kind: 'repeat';
      readonly of: Regex;
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
    }
  /** `number` is undefined for a group that keeps nothing. */
  | { readonly kind: 'group'; readonly of: Regex; readonly number: number | undefined }
  | { readonly kind: 'start' | 'end' | 'edge' | 'no-edge' };

/** Why an expression can't be run; the message begins with the place. */
export class RegexRefused extends Error {
  constructor(at: number, reason: string) {
    super(`at character ${at + 1}: ${reason}`);
    this.name = 'RegexRefused';
  }
}

export interface ParsedRegex {
  readonly tree: Regex;
  readonly groups: number;
}

const depth_max = 100;
const source_length_max = 16_384;

/** Throws a SyntaxError where `source` is no expression (with the `u` flag), RegexRefused where it can't be run. */
export function parseRegex(source: string): ParsedRegex {
  if (source.length > source_length_max)
    throw new RegexRefused(source_length_max, 'it is too long to be what a program prints');
  // It finds what is no expression at all, and says it in the words that people know.
  new RegExp(source, 'su');
  return new Parser(source).parse();
}

class Parser {
  readonly #source: string;
  #at = 0;
  #groups = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): ParsedRegex {
    return { tree: this.#either(), groups: this.#groups };
  }

  #either(): Regex {
    if (++this.#depth > depth_max) this.#refuse(`groups are nested more than ${depth_max} deep`);
    const ways = [this.#list()];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      ways.push(this.#list());
    }
    this.#depth--;
    return ways.length === 1 ? ways[0]! : { kind: 'either', ways };
  }

  #list(): Regex {
    const parts: Regex[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      const part = this.#repeated(this.#atom());
      const last = parts.at(-1);
      if (part.kind === 'text' && last?.kind === 'text')
        parts[parts.length - 1] = { kind: 'text', text: last.text + part.text };
      else parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : { kind: 'list', parts };
  }

  #atom(): Regex {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at)!);
    if (char === '\\') return this.#escape();
    if (char === '[') return { kind: 'set', set: charSet(this.#take(this.#classEnd())) };
    if (char === '(') return this.#group();
    this.#at += char.length;
    if (char === '.') return { kind: 'set', set: charSet('.') };
    if (char === '^') return { kind: 'start' };
    if (char === '$') return { kind: 'end' };
    return { kind: 'text', text: char };
  }

  #group(): Regex {
    const opening = /^\((?:\?(?::|<[^=!>][^>]*>)|(?!\?))/.exec(
      this.#source.slice(this.#at, this.#at + 256),
    )?.[0];
    if (opening === undefined)
      this.#refuse('lookahead, lookbehind and flags within a pattern are not supported');
    const number = opening === '(?:' ? undefined : ++this.#groups;
    this.#at += opening!.length;
    const of = this.#either();
    this.#at++;
    return { kind: 'group', of, number };
  }

  #escape(): Regex {
    const rest = this.#source.slice(this.#at, this.#at + 256);
    const escaped =
      /^\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]+\}|c[A-Za-z]|[pP]\{[^}]*\}|.)/su.exec(rest)![0];
    const letter = escaped[1]!;
    if (letter === 'b' || letter === 'B') {
      this.#at += 2;
      return { kind: letter === 'b' ? 'edge' : 'no-edge' };
    }
    if (letter === 'k' || /[1-9]/.test(letter)) this.#refuse('a reference to a group is not supported');
    this.#at += escaped.length;
    if (/[dDwWsSpP]/.test(letter)) return { kind: 'set', set: charSet(escaped) };
    return { kind: 'text', text: unescaped(escaped) };
  }

  #repeated(of: Regex): Regex {
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})(\??)/.exec(this.#source.slice(this.#at, this.#at + 64));
    if (quantifier === null) return of;
    this.#at += quantifier[0].length;
    const [text, from, comma, to] = quantifier;
    const isLazy = quantifier[4] === '?';
    if (from !== undefined) {
      const max = comma === '' ? Number(from) : to === '' ? Number.POSITIVE_INFINITY : Number(to);
      return { kind: 'repeat', of, min: Number(from), max, isLazy };
    }
    const max = text[0] === '?' ? 1 : Number.POSITIVE_INFINITY;
    return { kind: 'repeat', of, min: text[0] === '+' ? 1 : 0, max, isLazy };
  }

  #classEnd(): number {
    for (let at = this.#at + 1; ; at++) {
      if (this.#source[at] === '\\') at++;
      else if (this.#source[at] === ']') return at + 1;
    }
  }

  #take(end: number): string {
    const text = this.#source.slice(this.#at, end);
    this.#at = end;
    return text;
  }

  #refuse(reason: string): never {
    throw new RegexRefused(this.#at, reason);
  }
}

/** The character that an escape of one stands for. */
function unescaped(escaped: string): string {
  const code = /^\\(?:x|u\{?)([0-9A-Fa-f]+)/.exec(escaped)?.[1];
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  if (escaped[1] === 'c' && escaped.length === 3) return String.fromCharCode(escaped.charCodeAt(2) % 32);
  const named: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', v: '\v', f: '\f', 0: '\0' };
  return named[escaped[1]!] ?? escaped.slice(1);
}
