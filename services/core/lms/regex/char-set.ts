/**
 * A set of characters, as a regular expression writes one: `[^a-z]`, `\d`, `.`. It must not know what stands around
 * it: the language's own expressions say what a class means, one character at a time, and what they say is kept.
 */

export interface CharSet {
  /** Every character there is. */
  readonly isAny: boolean;
  /** Of the ASCII characters, 1 for each that is in it. */
  readonly ascii: Uint8Array;
  /** Of any character. */
  has(codePoint: number): boolean;
}

export const ascii_count = 128;
const known = new Map<string, CharSet>();
/** Sets that are kept for the next pattern that has them. */
const known_count_max = 4_096;

/** `source` stands for one character of any kind. Throws a SyntaxError where it is no expression. */
export function charSet(source: string): CharSet {
  const before = known.get(source);
  if (before !== undefined) return before;
  const isAny = source === '.';
  const regex = new RegExp(`^(?:${source})$`, 'su');
  const ascii = Uint8Array.from({ length: ascii_count }, (_, code) =>
    regex.test(String.fromCharCode(code)) ? 1 : 0,
  );
  const has = (codePoint: number): boolean =>
    codePoint < ascii_count ? ascii[codePoint] === 1 : isAny || regex.test(String.fromCodePoint(codePoint));
  const set: CharSet = { isAny, ascii, has };
  if (known.size < known_count_max) known.set(source, set);
  return set;
}
