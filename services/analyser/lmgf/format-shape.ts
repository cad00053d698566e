/** What a format is made of, as far as it decides where the message really comes from. */

export interface FormatShape {
  /** For each conversion in order its letter; `*` takes an argument too. */
  readonly conversions: readonly string[];
  /** Letters and digits outside of conversions. */
  readonly constant: number;
}

/** A conversion: its width, its precision and its letter. */
export const DIRECTIVE =
  /%(?:\d+\$)?[-+ #0'I]*(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|q|L|j|z|Z|t)?(p[A-Za-z]|[a-zA-Z%])/g;

export function formatShape(text: string): FormatShape {
  const conversions: string[] = [];
  const rest = text.replace(DIRECTIVE, (_, width, precision, letter) => {
    if (width === '*') conversions.push('*');
    if (precision === '*') conversions.push('*');
    if (letter !== '%' && letter !== 'm') conversions.push(letter);
    return ' ';
  });
  return { conversions, constant: rest.match(/[\p{L}\p{N}]/gu)?.length ?? 0 };
}

/** A format that only puts something around a message that was made elsewhere: `%s: %s`. */
export function passesOn({ conversions, constant }: FormatShape): boolean {
  return constant <= passed_constant_max && conversions.includes('s');
}

const passed_constant_max = 3;
