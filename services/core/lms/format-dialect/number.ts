/** Numbers as formats print them. Each has one extent only, given what follows it. */
import { type Conversion, conversion, text } from '../format-piece.ts';

export interface NumberStyle {
  /** `+`, ` `, `#`, `'` and others. */
  readonly flags: string;
  /** Precision 0 or unknown: an integer 0 is printed as nothing. */
  readonly mayBeEmpty?: boolean;
  /** A sign can stand before a hexadecimal or octal number. */
  readonly isSigned?: boolean;
}

export function integer({ flags, mayBeEmpty }: NumberStyle): Conversion {
  const sign = flags.includes('+') ? '[-+]' : flags.includes(' ') ? '[- ]' : '-?';
  return isGrouped(flags)
    ? text('int')
    : conversion('int', optional(`${sign}[0-9]+`, mayBeEmpty), '0-9 +\\-');
}

export function natural({ flags, mayBeEmpty }: NumberStyle): Conversion {
  return isGrouped(flags) ? text('uint') : conversion('uint', optional('[0-9]+', mayBeEmpty), '0-9');
}

export function octal({ flags, mayBeEmpty, isSigned }: NumberStyle): Conversion {
  const prefix = flags.includes('#') ? '(?:0o)?' : '';
  const pattern = optional(`${isSigned ? '-?' : ''}${prefix}[0-7]+`, mayBeEmpty);
  return conversion('octal', pattern, '0-7o\\-');
}

export function binary({ flags, isSigned }: NumberStyle): Conversion {
  const prefix = flags.includes('#') ? '(?:0[bB])?' : '';
  return conversion('uint', `${isSigned ? '-?' : ''}${prefix}[01]+`, '01bB\\-');
}

export function hexadecimal(isUpper: boolean, { flags, mayBeEmpty, isSigned }: NumberStyle): Conversion {
  const prefix = flags.includes('#') ? '(?:0[xX])?' : '';
  const digits = isUpper ? '0-9A-F' : '0-9a-f';
  const pattern = optional(`${isSigned ? '-?' : ''}${prefix}[${digits}]+`, mayBeEmpty);
  return conversion('hex', pattern, `${digits}xX\\-`);
}

export function float({ flags }: NumberStyle): Conversion {
  const decimal = '[0-9]+(?:[.,][0-9]*)?(?:[eEpP][-+]?[0-9]+)?';
  const hex = '0[xX][0-9A-Fa-f]+(?:\\.[0-9A-Fa-f]*)?(?:[pP][-+]?[0-9]+)?';
  return isGrouped(flags)
    ? text('float')
    : conversion('float', `[-+ ]?(?:${decimal}|${hex}|inf|nan|INF|NAN)`, '0-9 +.,eEpPxXa-fA-FinINT\\-');
}

function isGrouped(flags: string): boolean {
  return /[',_]/.test(flags);
}

function optional(body: string, mayBeEmpty: boolean | undefined): string {
  return mayBeEmpty ? `(?:${body})?` : body;
}
