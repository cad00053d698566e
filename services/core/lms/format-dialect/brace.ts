/**
 * Holes between braces: Python's str.format (PEP 3101; what f-strings, fmt, spdlog and Rust have is alike), and
 * template literals, whose holes are code.
 */
import { type Conversion, conversion, type Piece, PieceList, padded, text } from '../format-piece.ts';
import { binary, float, hexadecimal, integer, octal } from './number.ts';

/** Fill and alignment, sign, `#`, zero, width, grouping, precision, type. */
const specification =
  /^(?:(.)?([<>^=]))?([-+ ]?)z?(#?)(0?)(\d*|\{[^{}]*\})([,_]?)(?:\.(?:\d+|\{[^{}]*\}))?([bcdeEfFgGnosxX%?]?)$/su;

/** Doubled braces stand for one; a brace that is not closed stands for itself. */
export function pythonBracePieces(format: string): readonly Piece[] {
  const pieces = new PieceList();
  for (let at = 0; at < format.length; ) {
    const char = format[at]!;
    const end = char === '{' && format[at + 1] !== '{' ? closing(format, at) : undefined;
    if (end !== undefined) {
      pieces.add(conversionOf(format.slice(at + 1, end)));
      at = end + 1;
      continue;
    }
    pieces.literal(char);
    at += (char === '{' || char === '}') && format[at + 1] === char ? 2 : 1;
  }
  return pieces.end();
}

export function templatePieces(format: string): readonly Piece[] {
  const pieces = new PieceList();
  for (let at = 0; at < format.length; ) {
    const end = format.startsWith('${', at) ? closing(format, at + 1) : undefined;
    if (end === undefined) pieces.literal(format[at]!);
    else pieces.add(text());
    at = (end ?? at) + 1;
  }
  return pieces.end();
}

/** Place of the brace that closes the one at `from`. */
function closing(format: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < format.length; at++) {
    if (format[at] === '{') depth++;
    else if (format[at] === '}' && --depth === 0) return at;
  }
  return undefined;
}

/** `field` is what stands between the braces: `name.attribute[0]!r:>8.3f`. */
function conversionOf(field: string): Conversion {
  // The field's name may hold a colon between its brackets.
  const colon = /^(?:[^[:]|\[[^\]]*\])*:/s.exec(field)?.[0].length;
  const spec = colon === undefined ? null : specification.exec(field.slice(colon));
  if (spec === null) return text();
  const [, fill, align, sign, alternate, zero, width, group, letter] = spec;
  const found = bodyOf(letter!, `${sign}${alternate}${group}`);
  if (width === '' || zero === '0') return found;
  // Any character can fill, and some alignments fill on both sides or after the sign.
  const isPlain = (fill === undefined || fill === ' ') && align !== '^' && align !== '=';
  return isPlain ? padded(found, width!, align === '<') : text(found.type);
}

function bodyOf(letter: string, flags: string): Conversion {
  switch (letter) {
    case 'd':
      return integer({ flags });
    case 'n':
      return integer({ flags: `${flags}'` });
    case 'b':
      return binary({ flags, isSigned: true });
    case 'o':
      return octal({ flags, isSigned: true });
    case 'x':
    case 'X':
      return hexadecimal(letter === 'X', { flags, isSigned: true });
    case 'c':
      return conversion('char', '.');
    case '':
    case 's':
    case '?':
      return text();
    case '%':
      return conversion('float', '-?[0-9]+(?:\\.[0-9]+)?%', '0-9.%\\-');
    default:
      return float({ flags });
  }
}
