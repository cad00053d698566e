/**
 * Formats of C's printf family: ISO C 7.23.6.1, POSIX `%n$` and `%'`, glibc's `%m` and `%I`; and those of
 * apr_vformatter, whose `%p` takes a letter that says what is pointed to.
 */
import { type Conversion, conversion, type Piece, PieceList, padded, text } from '../format-piece.ts';
import { binary, float, hexadecimal, integer, natural, octal } from './number.ts';

const head = String.raw`%(?:\d+\$)?([-+ #0'I]*)(\*(?:\d+\$)?|\d+)?(?:\.(\*(?:\d+\$)?|-?\d*))?`;
const length = '(?:hh|h|ll|l|q|L|j|z|Z|t|w[f]?\\d+)?';
const cDirective = new RegExp(`${head}${length}([diouxXeEfFgGaAcCsSpnmbB%])`, 'y');
const aprDirective = new RegExp(`${head}${length}(p[ABFSItTmp]|[diouxXeEfFgGcspn%])`, 'y');

export function cPieces(format: string): readonly Piece[] {
  return printfPieces(format, cDirective);
}

export function aprPieces(format: string): readonly Piece[] {
  return printfPieces(format, aprDirective);
}

/** A `%` that begins no conversion stands for itself. */
function printfPieces(format: string, directive: RegExp): readonly Piece[] {
  const pieces = new PieceList();
  for (let at = 0; at < format.length; ) {
    directive.lastIndex = at;
    const match = format[at] === '%' ? directive.exec(format) : null;
    at += match?.[0].length ?? 1;
    if (match === null) pieces.literal(format[at - 1]!);
    else if (match[4] === '%') pieces.literal('%');
    else if (match[4] !== 'n') pieces.add(conversionOf(match[4]!, match[1]!, match[2], match[3]));
  }
  return pieces.end();
}

function conversionOf(
  letter: string,
  flags: string,
  width: string | undefined,
  precision: string | undefined,
): Conversion {
  const mayBeEmpty = precision !== undefined && /^(?:0*|\*.*)$/.test(precision);
  const found = bodyOf(letter, flags, mayBeEmpty);
  return width === undefined ? found : padded(found, width, flags.includes('-'));
}

function bodyOf(letter: string, flags: string, mayBeEmpty: boolean): Conversion {
  switch (letter) {
    case 'd':
    case 'i':
      return integer({ flags, mayBeEmpty });
    case 'u':
      return natural({ flags, mayBeEmpty });
    case 'o':
      return octal({ flags, mayBeEmpty });
    case 'b':
    case 'B':
      return binary({ flags });
    case 'x':
    case 'X':
      return hexadecimal(letter === 'X', { flags, mayBeEmpty });
    case 'c':
    case 'C':
      return conversion('char', '.');
    case 'p':
      return conversion('pointer', '(?:0x[0-9a-f]+|[0-9A-Fa-f]+|\\(nil\\))', '0-9A-Fa-fx()nil');
    case 's':
    case 'S':
    case 'm':
      return text();
    default:
      return letter.startsWith('p') ? pointedTo(letter[1]!) : float({ flags });
  }
}

function pointedTo(letter: string): Conversion {
  switch (letter) {
    case 'm':
      return text();
    case 'p':
      return conversion('pointer', '[0-9A-Fa-f]+', '0-9A-Fa-f');
    case 'A':
    case 'I':
      return text('address');
    case 'T':
      return integer({ flags: '' });
    case 't':
      return hexadecimal(false, { flags: '' });
    default:
      // B, F and S: a size with its unit.
      return conversion('float', ' {0,3}(?:-|[0-9]+(?:\\.[0-9])?)[ KMGTPE]?', '0-9 .KMGTPE\\-');
  }
}
