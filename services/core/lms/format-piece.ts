/** What a format string is made of, whatever its dialect: constants, and conversions that print something. */

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

export interface Literal {
  readonly kind: 'literal';
  readonly text: string;
}

export interface Conversion {
  readonly kind: 'conversion';
  readonly type: ConversionType;
  readonly pattern: string;
  /** What its pattern is made of, as the inside of a class: undefined where that is any character. */
  readonly alphabet: string | undefined;
  /** Conversions that share this group. */
  readonly types: readonly ConversionType[];
}

export type Piece = Literal | Conversion;

/** The pattern of a conversion of which nothing is known. */
export const anyText = '.*';

export function conversion(type: ConversionType, pattern: string, alphabet?: string): Conversion {
  return { kind: 'conversion', type, pattern, alphabet, types: [type] };
}

/** Of a type whose extent can't be told from its characters. */
export function text(type: ConversionType = 'str'): Conversion {
  return conversion(type, anyText);
}

/** Beyond this it is not told how many spaces there can be. */
const width_max = 1_000;

/**
 * With spaces as a width makes them: `width` is its digits, or what stands for a width given by a value, which can be
 * negative and then pads on the other side.
 */
export function padded(given: Conversion, width: string, isLeft: boolean): Conversion {
  if (given.pattern === anyText) return given;
  const isKnown = /^\d+$/.test(width);
  const spaces = isKnown && Number(width) <= width_max ? ` {0,${Number(width)}}` : ' *';
  const [before, after] = isKnown ? (isLeft ? ['', spaces] : [spaces, '']) : [spaces, spaces];
  const alphabet = given.alphabet === undefined ? undefined : ` ${given.alphabet}`;
  return { ...given, pattern: `${before}${given.pattern}${after}`, alphabet };
}

/** Collects pieces, with neighbouring constants as one. */
export class PieceList {
  readonly #pieces: Piece[] = [];
  #literal = '';

  literal(constant: string): void {
    this.#literal += constant;
  }

  add(piece: Conversion): void {
    this.#flush();
    this.#pieces.push(piece);
  }

  end(): readonly Piece[] {
    this.#flush();
    return this.#pieces;
  }

  #flush(): void {
    if (this.#literal !== '') this.#pieces.push({ kind: 'literal', text: this.#literal });
    this.#literal = '';
  }
}
