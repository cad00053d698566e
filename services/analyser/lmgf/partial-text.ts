/**
 * A format that is put together of pieces: words, which are pieces with letters, and what stands between them. It must
 * not know what appends the pieces.
 */

const value = '%s';

export class PartialText {
  static readonly empty = new PartialText([], ['']);
  /** Says which texts are one but for what stands between their words. */
  readonly key: string;
  readonly #words: readonly string[];
  /** Before, between and behind the words: one more than these. */
  readonly #gaps: readonly string[];

  private constructor(words: readonly string[], gaps: readonly string[]) {
    this.#words = words;
    this.#gaps = gaps;
    this.key = JSON.stringify(words);
  }

  /** With a piece of a format behind it: a constant, its `%` written `%%`, or `%s`. */
  with(piece: string): PartialText {
    const isWord = piece !== value && /\p{L}/u.test(piece);
    if (isWord) return new PartialText([...this.#words, piece], [...this.#gaps, '']);
    const last = this.#gaps.at(-1)!;
    // Values side by side can't be told apart.
    const longer = piece === value && last.endsWith(value) ? last : last + piece;
    return new PartialText(this.#words, this.#gaps.with(-1, longer));
  }

  /** Of two texts with the same words. */
  or(other: PartialText): PartialText {
    const gaps = this.#gaps.map((gap, i) => either(gap, other.#gaps[i]!));
    return new PartialText(this.#words, gaps);
  }

  get hasWord(): boolean {
    return this.#words.some((word) => /\p{L}{2}/u.test(word));
  }

  format(): string {
    return this.#gaps.map((gap, i) => gap + (this.#words[i] ?? '')).join('');
  }
}

/** What both begin and end with, and a value where they differ. */
function either(a: string, b: string): string {
  if (a === b) return a;
  const [first, second] = [tokensOf(a), tokensOf(b)];
  const most = Math.min(first.length, second.length);
  let from = 0;
  while (from < most && first[from] === second[from]) from++;
  let to = 0;
  while (to < most - from && first.at(-1 - to) === second.at(-1 - to)) to++;
  const behind = to === 0 ? [] : first.slice(-to);
  const tokens = [...first.slice(0, from), value, ...behind];
  return tokens.filter((token, i) => token !== value || tokens[i - 1] !== value).join('');
}

function tokensOf(gap: string): string[] {
  return gap.match(/%[s%]|[^%]/gu) ?? [];
}
