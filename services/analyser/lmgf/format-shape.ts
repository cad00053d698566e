/** What a format is made of, as far as it decides where the message really comes from. */

export interface FormatShape {
  /** For each conversion in order its letter; `*` takes an argument too. */
  readonly conversions: readonly string[];
  /** Letters and digits outside of conversions. */
  readonly constant: number;
}

const DIRECTIVE =
  /%(?:\d+\$)?[-+ #0'I]*(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|q|L|j|z|Z|t)?(p[A-Za-z]|[a-zA-Z%])/g;

export function formatShape(text: string): FormatShape {
  const conversions: string[] = [];
  const rest = text.replace(DIRECTIVE, (_, width, precision, letter) => {
    conversions.push(...starsOf(width, precision));
    if (takesArgument(letter)) conversions.push(letter);
    return ' ';
  });
  return { conversions, constant: rest.match(/[\p{L}\p{N}]/gu)?.length ?? 0 };
}

/** A format with texts in the places of some of its conversions, by their number. */
export function withTexts(format: string, texts: ReadonlyMap<number, string>): string {
  let at = 0;
  return format.replace(DIRECTIVE, (directive, width, precision, letter) => {
    at += starsOf(width, precision).length;
    if (!takesArgument(letter)) return directive;
    return texts.get(at++)?.replaceAll('%', '%%') ?? directive;
  });
}

function starsOf(...sizes: readonly (string | undefined)[]): string[] {
  return sizes.filter((size) => size === '*') as string[];
}

function takesArgument(letter: string): boolean {
  return letter !== '%' && letter !== 'm';
}

/** A format that only puts something around a message that was made elsewhere: `%s: %s`. */
export function passesOn({ conversions, constant }: FormatShape): boolean {
  return constant <= passed_constant_max && conversions.includes('s');
}

const passed_constant_max = 3;
