/**
 * A format string as an anchored regular expression with one capture group for each conversion that prints. No
 * pattern of it backtracks badly: a string conversion is followed by the next constant, found once for all in a
 * lookahead, and conversions without a constant between them are one group and empty ones. It must not know how a
 * dialect writes its conversions.
 */
import { pythonBracePieces, templatePieces } from './format-dialect/brace.ts';
import { aprPieces, cPieces } from './format-dialect/c.ts';
import { nginxPieces } from './format-dialect/nginx.ts';
import { pythonPercentPieces } from './format-dialect/python-percent.ts';
import {
  anyText,
  type Conversion,
  type ConversionType,
  conversion,
  type Piece,
  text,
} from './format-piece.ts';

export interface FormatRegex {
  readonly source: string;
  /** Of each capture group. */
  readonly types: readonly ConversionType[];
}

const dialects = {
  c: cPieces,
  apr: aprPieces,
  nginx: nginxPieces,
  'python-percent': pythonPercentPieces,
  'python-brace': pythonBracePieces,
  template: templatePieces,
} as const;

export type FormatDialect = keyof typeof dialects;

export const formatDialects = Object.keys(dialects) as FormatDialect[];

/** `format` as the program has it. What begins no conversion stands for itself. */
export function formatRegex(format: string, dialect: FormatDialect = 'c'): FormatRegex {
  const pieces = merged(dialects[dialect](format));
  const types = pieces.flatMap((piece) => (piece.kind === 'conversion' ? piece.types : []));
  return { source: `^${emit(pieces)}$`, types };
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/**
 * Neighbouring conversions as one: their border can't be told, and looking for it is what backtracks. So is a
 * conversion that could go on into the constant after it: its end is looked for as a string's.
 */
function merged(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.kind === 'conversion' && last?.kind === 'conversion') {
      result[result.length - 1] = union(last, piece);
      continue;
    }
    if (piece.kind === 'literal' && last?.kind === 'conversion' && goesOn(last, piece.text))
      result[result.length - 1] = { ...last, pattern: anyText };
    result.push(piece);
  }
  return result;
}

function union(a: Conversion, b: Conversion): Conversion {
  const types = [...a.types, ...b.types];
  if (a.alphabet === undefined || b.alphabet === undefined) return { ...text(), types };
  const alphabet = unionOf(a.alphabet, b.alphabet);
  return { ...conversion(a.type, `[${alphabet}]*`, alphabet), types };
}

function goesOn({ pattern, repeats }: Conversion, after: string): boolean {
  return pattern !== anyText && repeats !== undefined && new RegExp(`^[${repeats}]`).test(after);
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
      // A digit after `\1` would be read as part of its number.
      if (/\\\d+$/.test(source) && /^\d/.test(piece.text)) source += '(?:)';
      source += escapeRegex(piece.text);
      continue;
    }
    group++;
    const rest = '()'.repeat(piece.types.length - 1);
    const segment = piece.pattern === anyText ? segmentAfter(pieces, at) : undefined;
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
    else if (piece.pattern === anyText) return segment;
    else segment += `(?:${piece.pattern})`;
  }
  return undefined;
}
