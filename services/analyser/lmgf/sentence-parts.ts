/**
 * Parts of a sentence that stand in a format's `%s`: which message it is (`AH01215: `), what went wrong. Where a code is
 * among them, they belong to the message, which its format alone does not name. It must not know who prints it.
 */
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { formatShape, withTexts } from './format-shape.ts';
import type { TextFlow } from './text-flow.ts';

/** Texts that can stand in the places of conversions, which are counted as `formatShape` does. */
export type Parts = ReadonlyMap<number, readonly string[]>;

export interface FoundParts {
  readonly constant: Parts;
  /** Which argument of the function stands in the place of a conversion. */
  readonly given: ReadonlyMap<number, number>;
}

export class SentenceParts {
  readonly #program: ProgramValues;
  readonly #flow: TextFlow;

  constructor(program: ProgramValues, flow: TextFlow) {
    this.#program = program;
    this.#flow = flow;
  }

  /** Of a call whose conversions take its arguments from `values` on. */
  of(site: CallSite, values: number, format: string): FoundParts {
    const constant = new Map<number, readonly string[]>();
    const given = new Map<number, number>();
    for (const [i, conversion] of formatShape(format).conversions.entries()) {
      const value = conversion === 's' ? site.args[values + i] : undefined;
      if (value === undefined) continue;
      const argument = this.#argument(site, value);
      if (argument !== undefined) given.set(i, argument);
      else add(constant, i, this.#texts(site, value));
    }
    return { constant, given };
  }

  /** Of a call of the function that was given them. */
  atCaller(site: CallSite, given: ReadonlyMap<number, number>): Parts {
    const parts = new Map<number, readonly string[]>();
    for (const [i, argument] of given) {
      const value = site.args[argument];
      if (value !== undefined) add(parts, i, this.#texts(site, value));
    }
    return parts;
  }

  /** Nothing may stand in its place, where nothing is given. */
  #argument(site: CallSite, value: number): number | undefined {
    const [source, ...others] = this.#flow
      .sources(site, value, 'text')
      .filter(({ kind, value: at }) => kind === 'argument' || this.#program.reader.cString(at, 1) !== '');
    return source?.kind === 'argument' && others.length === 0 ? source.value : undefined;
  }

  /** None where one of them is no part of a sentence. */
  #texts(site: CallSite, value: number): readonly string[] {
    const { reader } = this.#program;
    const sources = this.#flow.sources(site, value, 'text');
    if (sources.length > alternatives_max) return [];
    const texts: string[] = [];
    for (const { kind, value: at } of sources) {
      const isConstant = kind === 'constant' && reader.isReadOnly(at);
      const text = isConstant ? reader.cString(at, text_max) : undefined;
      if (text === undefined || !isSentencePart(text)) return [];
      texts.push(text);
    }
    return texts;
  }
}

/**
 * The texts that a format becomes with its parts; none where no code is among them: its author told one message then,
 * with a value in it. Which of several parts in one place goes with which in another isn't known: only the first such
 * place gets them.
 */
export function withParts(format: string, parts: Parts): string[] {
  if (![...parts.values()].some((texts) => texts.every((text) => code.test(text)))) return [];
  const certain = new Map<number, string>();
  let open: readonly [number, readonly string[]] | undefined;
  for (const [i, texts] of parts) {
    if (texts.length === 1) certain.set(i, texts[0]!);
    else open ??= [i, texts];
  }
  if (open === undefined) return [withTexts(format, certain)];
  const [place, texts] = open;
  return texts.map((text) => withTexts(format, new Map([...certain, [place, text]])));
}

/** The number of a message, as `AH01215:` and `ORA-00942:`. */
const code = /^\[?[A-Z]{1,8}-?\d{3,}\b/;

/** A word alone is a name or a value, in whatever sentence. */
function isSentencePart(text: string): boolean {
  return /\p{L}/u.test(text) && /\s/.test(text);
}

function add(parts: Map<number, readonly string[]>, place: number, texts: readonly string[]): void {
  if (texts.length > 0) parts.set(place, texts);
}

const text_max = 1024;
/** More texts than that are values, not parts of a sentence. */
const alternatives_max = 16;
