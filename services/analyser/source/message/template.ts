/** Format strings of each dialect as messages. It must not know expressions or calls. */
import { alternatives_max } from '../source-limit.ts';
import { anything, combined, constantOf, type Message, messageOf } from './message.ts';

export interface Values {
  /** What the arguments can be, in order. */
  readonly positional: readonly (readonly Message[])[];
  readonly named: ReadonlyMap<string, readonly Message[]>;
  /** Further positional ones, of unknown number. */
  readonly isOpen: boolean;
}

const PERCENT =
  /%(?:\((\w+)\))?([-+ #0,']*)(\*|\d+)?(?:\.(\*|\d+))?(?:\[\d+\])?(?:\d+\$)?[hlLqjzt]?([a-zA-Z%])/y;

export type PercentDialect = 'python' | 'go' | 'php' | 'java' | 'util';

interface Directive {
  readonly end: number;
  readonly key: string | undefined;
  readonly index: number | undefined;
  readonly flags: string;
  readonly width: string | undefined;
  readonly precision: string | undefined;
  readonly letter: string;
}

/** `used` says how many of the values the format took. */
export function percentFormat(
  format: string,
  values: Values,
  dialect: PercentDialect,
): { readonly messages: readonly Message[]; readonly used: number } {
  const parts: (readonly Message[])[] = [];
  let literal = '';
  let used = 0;
  for (let at = 0; at < format.length; ) {
    const directive = format[at] === '%' ? directiveAt(format, at, dialect) : undefined;
    if (directive === undefined) {
      literal += format[at++];
      continue;
    }
    at = directive.end;
    if (directive.letter === '%') literal += '%';
    else if (directive.letter === 'n' && dialect === 'java') literal += '\n';
    else {
      parts.push([messageOf(literal)]);
      literal = '';
      if (directive.width === '*') used++;
      if (directive.precision === '*') used++;
      const options =
        directive.key === undefined
          ? values.positional[directive.index ?? used]
          : values.named.get(directive.key);
      if (directive.key === undefined && directive.index === undefined) used++;
      // Node leaves a directive without a value as it is.
      if (dialect === 'util' && options === undefined && !values.isOpen) {
        parts.push([messageOf(`%${directive.letter}`)]);
      } else if (!(dialect === 'util' && directive.letter === 'c')) {
        parts.push(shown(directive, options, dialect));
      }
    }
  }
  parts.push([messageOf(literal)]);
  return { messages: combined(parts), used };
}

function directiveAt(format: string, at: number, dialect: PercentDialect): Directive | undefined {
  if (dialect === 'util') {
    const letter = format[at + 1] ?? '';
    if (!'sdifjoOc%'.includes(letter) || letter === '') return undefined;
    return {
      end: at + 2,
      key: undefined,
      index: undefined,
      flags: '',
      width: undefined,
      precision: undefined,
      letter,
    };
  }
  PERCENT.lastIndex = at;
  let match = PERCENT.exec(format);
  let index: number | undefined;
  const indexed = /^%(\d+)\$/.exec(format.slice(at, at + 8)) ?? /^%\[(\d+)\]/.exec(format.slice(at, at + 8));
  let end = PERCENT.lastIndex;
  if (indexed !== null) {
    index = Number(indexed[1]) - 1;
    const rest = `%${format.slice(at + indexed[0].length, at + 64)}`;
    PERCENT.lastIndex = 0;
    match = PERCENT.exec(rest);
    end = at + indexed[0].length + PERCENT.lastIndex - 1;
  }
  if (match === null) return undefined;
  const [, key, flags, width, precision, letter] = match;
  return { end, key, index, flags: flags ?? '', width, precision, letter: letter! };
}

/** A constant that is passed stands in the text, where no padding can change it. */
function shown(
  directive: Directive,
  options: readonly Message[] | undefined,
  dialect: PercentDialect,
): readonly Message[] {
  const { letter, width, precision } = directive;
  const isPlain = 'svO'.includes(letter) && width === undefined && precision === undefined;
  if (isPlain && options !== undefined && options.length <= alternatives_max) {
    if (options.every((option) => constantOf(option) !== undefined) || options.some(hasText)) return options;
  }
  const parameters = (options ?? []).flatMap((option) =>
    option.flatMap((piece) => (typeof piece === 'string' ? [] : (piece.parameter ?? []))),
  );
  const [parameter] = parameters;
  const conversion = conversionOf(directive, dialect);
  return [[parameter === undefined ? { conversion } : { conversion, parameter }]];
}

function hasText(message: Message): boolean {
  return message.some((piece) => typeof piece === 'string' && /\S/.test(piece));
}

/** The conversion of printf whose pattern holds all that this one prints. */
function conversionOf(directive: Directive, dialect: PercentDialect): string {
  const { letter, flags, width, precision } = directive;
  if (dialect === 'util' || flags.includes(',') || flags.includes("'")) return '%s';
  const kept = `${flags.replace(/[^-+ 0]/g, '')}${width ?? ''}`;
  if (letter === 'd' || (letter === 'i' && dialect === 'python') || (letter === 'u' && dialect === 'php')) {
    return precision === undefined ? `%${kept}d` : '%s';
  }
  // Go and Java write NaN and Infinity in their own ways.
  if ('eEfFgG'.includes(letter) && (dialect === 'python' || dialect === 'php')) {
    return `%${kept}${precision === undefined ? '' : `.${precision}`}${letter}`;
  }
  if ('xX'.includes(letter) && dialect === 'python' && flags === '' && precision === undefined) {
    return `%${width ?? ''}${letter}`;
  }
  return '%s';
}

const BRACE = /\{\{|\}\}|\{([^{}]*)\}/g;

/** `{}`, `{0}`, `{name!r:>8}`. `doubles`: `{{` is a brace. Undefined specifications of numbers stay texts. */
export function braceFormat(
  format: string,
  values: Values,
  doubles: boolean,
  spec: (text: string) => readonly [string, string],
): readonly Message[] {
  const parts: (readonly Message[])[] = [];
  let from = 0;
  let next = 0;
  for (const match of format.matchAll(BRACE)) {
    const [whole, inner] = match;
    if (inner === undefined && !doubles) continue;
    parts.push([messageOf(format.slice(from, match.index))]);
    from = match.index + whole.length;
    if (inner === undefined) {
      parts.push([[whole[0]!]]);
      continue;
    }
    const [, key, conversion, format_] = /^([^!:]*)(![rsa])?(?::(.*))?$/s.exec(inner) ?? [whole, '', '', ''];
    const options = optionsOf(key!, values, () => next++);
    if (format_ !== undefined && format_ !== '') {
      const [hole, after] = spec(format_);
      parts.push([[{ conversion: hole }, ...messageOf(after)]]);
    } else parts.push(conversion === undefined && options !== undefined ? options : [anything]);
  }
  parts.push([messageOf(format.slice(from))]);
  return combined(parts);
}

function optionsOf(key: string, values: Values, next: () => number): readonly Message[] | undefined {
  if (key === '') return values.positional[next()];
  return /^\d+$/.test(key) ? values.positional[Number(key)] : values.named.get(key);
}
