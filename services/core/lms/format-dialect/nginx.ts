/**
 * Formats of ngx_vslprintf: a zero, a width, then modifiers in any order (`u` unsigned, `x` and `X` hexadecimal, `m`,
 * `.` with a precision, `*` a length given before), then one letter for the type.
 */
import { type Conversion, conversion, type Piece, PieceList, padded, text } from '../format-piece.ts';
import { float, hexadecimal, integer, natural } from './number.ts';

const directive = /%(0?)(\d*)((?:[umxX*]|\.\d*)*)([VvsOPTMzidlLDArfpcZN%])/y;

/** A `%` before any other letter is dropped, as it is when printed. */
export function nginxPieces(format: string): readonly Piece[] {
  const pieces = new PieceList();
  for (let at = 0; at < format.length; ) {
    directive.lastIndex = at;
    const match = format[at] === '%' ? directive.exec(format) : null;
    at += match?.[0].length ?? 1;
    if (match === null) {
      if (format[at - 1] !== '%' || at === format.length) pieces.literal(format[at - 1]!);
      continue;
    }
    const [, zero, width, modifiers, letter] = match;
    if (letter === '%') pieces.literal('%');
    // The line ends there: what reads it has cut off the newline.
    else if (letter === 'N') pieces.literal(at === format.length ? '' : '\n');
    else if (letter !== 'Z') pieces.add(conversionOf(letter!, modifiers!, zero === '' ? width! : ''));
  }
  return pieces.end();
}

function conversionOf(letter: string, modifiers: string, width: string): Conversion {
  const found = bodyOf(letter, modifiers);
  return width === '' ? found : padded(found, width, false);
}

function bodyOf(letter: string, modifiers: string): Conversion {
  const hex = /[xX]/.exec(modifiers)?.[0];
  switch (letter) {
    case 'V':
    case 'v':
    case 's':
      // With a modifier for it, bytes are written as hexadecimal digits.
      return hex === undefined ? text() : hexadecimal(hex === 'X', { flags: '', mayBeEmpty: true });
    case 'c':
      return conversion('char', '.');
    case 'f':
      return float({ flags: '' });
    case 'p':
      return conversion('pointer', '[0-9A-Fa-f]+', '0-9A-Fa-f');
    default:
      if (hex !== undefined) return hexadecimal(hex === 'X', { flags: '' });
      return modifiers.includes('u') ? natural({ flags: '' }) : integer({ flags: '' });
  }
}
