/**
 * A printf-like format string as an anchored regular expression with one capture group for each conversion that
 * prints. No pattern of it backtracks badly: a string conversion is followed by the next constant, found once for
 * all in a lookahead, and conversions without a constant between them are one group and empty ones.
 * Grammar: ISO C 7.21.6.1, POSIX `%n$`, glibc's `%m`, and apr_vformatter's `%pX`.
 */

export type ConversionType =
  | 'int'
  | 'uint'
  | 'octal'
  | 'hex'
  | 'float'
  | 'char'
  | 'str'
  | 'pointer'
  | 'address';

export interface FormatRegex {
  readonly source: string;
  /** Of each capture group. */
  readonly types: readonly ConversionType[];
}

interface Literal {
  readonly kind: 'literal';
  readonly text: string;
}

interface Conversion {
  readonly kind: 'conversion';
  readonly type: ConversionType;
  readonly pattern: string;
  /** What its pattern is made of, as the inside of a class: undefined where that is any character. */
  readonly alphabet: string | undefined;
  /** Conversions that share this group. */
  readonly types: readonly ConversionType[];
}

type Piece = Literal | Conversion;

const DIRECTIVE =
  /%(?:\d+\$)?([-+ #0'I]*)(\*(?:\d+\$)?|\d+)?(?:\.(\*(?:\d+\$)?|-?\d*))?(?:hh|h|ll|l|q|L|j|z|Z|t)?(p[IAmTtpFBSaDd]|[diouxXeEfFgGaAcCsSpnm%])/y;
const ANY = '.*';

/** `text` as the program has it. A `%` that begins no conversion stands for itself. */
export function formatRegex(text: string): FormatRegex {
  const pieces = merged(parse(text));
  const types = pieces.flatMap((piece) => (piece.kind === 'conversion' ? piece.types : []));
  return { source: `^${emit(pieces)}$`, types };
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function parse(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  for (let at = 0; at < text.length; ) {
    DIRECTIVE.lastIndex = at;
    const match = text[at] === '%' ? DIRECTIVE.exec(text) : null;
    if (match === null || match[4] === '%') {
      literal += text[at];
      at += match?.[0].length ?? 1;
      continue;
    }
    at = DIRECTIVE.lastIndex;
    const [, flags, width, precision, conversion] = match;
    if (conversion === 'n') continue;
    if (literal !== '') pieces.push({ kind: 'literal', text: literal });
    literal = '';
    pieces.push(conversionOf(conversion!, flags!, width, precision));
  }
  if (literal !== '') pieces.push({ kind: 'literal', text: literal });
  return pieces;
}

function conversionOf(
  letter: string,
  flags: string,
  width: string | undefined,
  precision: string | undefined,
): Conversion {
  const [type, body, letters] = bodyOf(letter, flags);
  // Precision 0 prints the integer 0 as nothing; a width pads with spaces on either side.
  const empty = precision !== undefined && 'diouxX'.includes(letter) && /^(?:0?|\*.*)$/.test(precision);
  const padded = width !== undefined && letters !== undefined;
  const core = empty ? `(?:${body})?` : body;
  const pattern = padded ? ` *${core} *` : core;
  const alphabet = letters !== undefined && padded ? ` ${letters}` : letters;
  return { kind: 'conversion', type, pattern, alphabet, types: [type] };
}

/** Type, pattern, and the characters it is made of. */
function bodyOf(letter: string, flags: string): readonly [ConversionType, string, string | undefined] {
  const sign = flags.includes('+') ? '[-+]' : flags.includes(' ') ? '[- ]' : '-?';
  const grouped = flags.includes("'");
  const prefix = flags.includes('#') ? '(?:0[xX])?' : '';
  switch (letter) {
    case 'd':
    case 'i':
      return ['int', `${sign}${grouped ? "[0-9][0-9.,' ]*" : '[0-9]+'}`, `0-9+ .,'\\-`];
    case 'u':
      return ['uint', grouped ? "[0-9][0-9.,' ]*" : '[0-9]+', "0-9 .,'"];
    case 'o':
      return ['octal', '[0-7]+', '0-7'];
    case 'x':
      return ['hex', `${prefix}[0-9a-f]+`, '0-9a-fxX'];
    case 'X':
      return ['hex', `${prefix}[0-9A-F]+`, '0-9A-FxX'];
    case 'c':
    case 'C':
      return ['char', '.', undefined];
    case 's':
    case 'S':
    case 'm':
    case 'pm':
      return ['str', ANY, undefined];
    case 'p':
    case 'pp':
      return ['pointer', '(?:0x[0-9a-f]+|[0-9A-Fa-f]+|\\(nil\\))', undefined];
    case 'pI':
    case 'pA':
    case 'pa':
      return ['address', '[^ ]+', undefined];
    case 'pT':
    case 'pt':
    case 'pD':
    case 'pd':
      return ['int', '-?[0-9]+', '0-9\\-'];
    case 'pF':
    case 'pB':
    case 'pS':
      return ['float', ' *-?[0-9.]+ ?[KMGTPE]?', undefined];
    default:
      return [
        'float',
        '[-+ ]?(?:[0-9]+(?:[.,][0-9]*)?(?:[eEpP][-+]?[0-9]+)?|0[xX][0-9A-Fa-f.]+(?:[pP][-+]?[0-9]+)?|inf|nan|INF|NAN)',
        '0-9+ .,eEpPxXa-fA-FinINT\\-',
      ];
  }
}

/** Neighbouring conversions as one: their border can't be told, and looking for it is what backtracks. */
function merged(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.kind !== 'conversion' || last?.kind !== 'conversion') {
      result.push(piece);
      continue;
    }
    const known = piece.alphabet !== undefined && last.alphabet !== undefined;
    const alphabet = known ? unionOf(last.alphabet, piece.alphabet) : undefined;
    result[result.length - 1] = {
      kind: 'conversion',
      type: known ? last.type : 'str',
      pattern: alphabet === undefined ? ANY : `[${alphabet}]*`,
      alphabet,
      types: [...last.types, ...piece.types],
    };
  }
  return result;
}

function unionOf(a: string, b: string): string {
  return `${a}${b}`.replaceAll('\\-', '').concat('\\-');
}

function emit(pieces: readonly Piece[]): string {
  let source = '';
  let group = 0;
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at]!;
    if (piece.kind === 'literal') {
      source += escapeRegex(piece.text);
      continue;
    }
    group++;
    const rest = '()'.repeat(piece.types.length - 1);
    const segment = piece.pattern === ANY ? segmentAfter(pieces, at) : undefined;
    // The lookahead is not entered again once it has matched, and `\N` repeats what it found: an atomic group.
    source += segment === undefined ? `(${piece.pattern})` : `(?=(.*?)${segment})\\${group}`;
    source += rest;
    group += piece.types.length - 1;
  }
  return source;
}

/** What must follow the gap at `at` up to the next gap; undefined for the last gap, whose end the anchor decides. */
function segmentAfter(pieces: readonly Piece[], at: number): string | undefined {
  let segment = '';
  for (const piece of pieces.slice(at + 1)) {
    if (piece.kind === 'literal') segment += escapeRegex(piece.text);
    else if (piece.pattern === ANY) return segment;
    else segment += `(?:${piece.pattern})`;
  }
  return undefined;
}
