/** Python's `%` operator: C's conversions without lengths, `%(name)s`, `%r` and `%a`; integers keep their sign. */
import { type Conversion, conversion, type Piece, PieceList, padded, text } from '../format-piece.ts';
import { float, hexadecimal, integer, octal } from './number.ts';

const directive = /%(?:\([^)]*\))?([-+ #0]*)(\*|\d+)?(?:\.(?:\*|\d*))?[hlL]?([diouxXeEfFgGcrsa%])/y;

export function pythonPercentPieces(format: string): readonly Piece[] {
  const pieces = new PieceList();
  for (let at = 0; at < format.length; ) {
    directive.lastIndex = at;
    const match = format[at] === '%' ? directive.exec(format) : null;
    at += match?.[0].length ?? 1;
    if (match === null) pieces.literal(format[at - 1]!);
    else if (match[3] === '%') pieces.literal('%');
    else {
      const found = bodyOf(match[3]!, match[1]!);
      const width = match[2];
      pieces.add(width === undefined ? found : padded(found, width, match[1]!.includes('-')));
    }
  }
  return pieces.end();
}

function bodyOf(letter: string, flags: string): Conversion {
  switch (letter) {
    case 'd':
    case 'i':
    case 'u':
      return integer({ flags });
    case 'o':
      return octal({ flags, isSigned: true });
    case 'x':
    case 'X':
      return hexadecimal(letter === 'X', { flags, isSigned: true });
    case 'c':
      return conversion('char', '.');
    case 'r':
    case 's':
    case 'a':
      return text();
    default:
      return float({ flags });
  }
}
