/**
 * A format string as an anchored regular expression with one capture group for each conversion that prints;
 * conversions without a constant between them are one group and empty ones. It has no construct that needs more than
 * one look at a character. It must not know how a dialect writes its conversions.
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

/** Neighbouring conversions as one: their border can't be told. */
function merged(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.kind === 'conversion' && last?.kind === 'conversion')
      result[result.length - 1] = union(last, piece);
    else result.push(piece);
  }
  return result;
}

function union(a: Conversion, b: Conversion): Conversion {
  const types = [...a.types, ...b.types];
  if (a.alphabet === undefined || b.alphabet === undefined) return { ...text(), types };
  const alphabet = `${a.alphabet}${b.alphabet}`.replaceAll('\\-', '').concat('\\-');
  return { ...conversion(a.type, `[${alphabet}]*`, alphabet), types };
}

function emit(pieces: readonly Piece[]): string {
  const lastGap = pieces.findLastIndex((piece) => piece.kind === 'conversion' && piece.pattern === anyText);
  return pieces
    .map((piece, at) => {
      if (piece.kind === 'literal') return escapeRegex(piece.text);
      // A string ends where what follows it can begin; the last one as late as it can.
      const pattern = piece.pattern === anyText && at < lastGap ? `${anyText}?` : piece.pattern;
      return `(${pattern})${'()'.repeat(piece.types.length - 1)}`;
    })
    .join('');
}
