/** The texts of log calls that the compiler kept: those that the binary holds as strings. */
import { readFileSync } from 'node:fs';
import type { LogCall } from './log-calls.ts';
import type { TextPattern } from './string-value.ts';

const matches_max = 4;
const conversion = /%[-+ #0'*.$\dhlLqjzt]*[A-Za-z@%]/g;

/** As the analyser writes them, and as they compare: `printf("100%%\n")` may be compiled to `puts("100%")`. */
export function normalised(text: string): string {
  return text.replaceAll('%%', '%').replace(/[\r\n]+$/, '');
}

/** A text that is nothing but conversions says nothing of its own. */
export function isTelling(text: string): boolean {
  return /[A-Za-z]{2}/.test(text.replaceAll(conversion, ' '));
}

export class BinaryStrings {
  readonly #bytes: Buffer;
  readonly #known = new Map<string, readonly string[]>();
  #strings: readonly string[] | undefined;

  constructor(file: string) {
    this.#bytes = readFileSync(file);
  }

  /** The texts in the binary that `pattern` can be, normalised. */
  matching(pattern: TextPattern): readonly string[] {
    const key = JSON.stringify(pattern);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = pattern.includes(undefined) ? this.#search(pattern) : this.#exact(pattern.join(''));
    const telling = [...new Set(found.map(fromBytes).map(normalised))].filter(isTelling);
    this.#known.set(key, telling);
    return telling;
  }

  /** The compiler drops the newline for puts, and writes %% as % then. */
  #exact(text: string): readonly string[] {
    const stripped = text.replace(/\n$/, '');
    const forms = [text, stripped, stripped.replaceAll('%%', '%')];
    return forms.some((form) => this.#bytes.includes(`${form}\0`, 0, 'latin1')) ? [text] : [];
  }

  #search(pattern: TextPattern): readonly string[] {
    const known = pattern.filter((part) => part !== undefined);
    if (!isTelling(known.join(' '))) return [];
    this.#strings ??= [...new Set(this.#bytes.toString('latin1').split('\0'))].filter((s) => s.length > 1);
    const source = pattern
      .map((part) => (part === undefined ? '[^]{0,200}?' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('');
    const regex = new RegExp(`^${source.replace(/\n$/, '\n?')}$`);
    const found = this.#strings.filter(
      (text) => known.every((part) => text.includes(part.trimEnd())) && regex.test(text),
    );
    return found.length > matches_max ? [] : found;
  }
}

/** Sources are read byte by byte. */
function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** Every text, with the calls that print it. */
export function truthTexts(
  calls: readonly LogCall[],
  strings: BinaryStrings,
): ReadonlyMap<string, readonly LogCall[]> {
  const truth = new Map<string, LogCall[]>();
  for (const call of calls) {
    for (const text of call.texts.flatMap((pattern) => strings.matching(pattern))) {
      truth.set(text, [...(truth.get(text) ?? []), call]);
    }
  }
  return truth;
}
