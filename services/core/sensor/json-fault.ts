/** Where a text stops being JSON: JSON.parse says it in words that change from engine to engine. It must not build values. */

/** Place of the first character that no JSON has there, from 0; the text's length where it ends too early. */
export function jsonFault(text: string): number {
  const scan = new Scan(text);
  if (!scan.value(0)) return scan.at;
  scan.blanks();
  return scan.at;
}

/** Beyond it nobody looks any deeper. */
const depth_max = 500;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const blank = /[ \t\n\r]*/y;
/** Of a string, up to its closing quote or what must not stand in it. */
const characters = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

class Scan {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  blanks(): void {
    this.#take(blank);
  }

  value(depth: number): boolean {
    this.blanks();
    const next = this.#text[this.at];
    if (depth > depth_max) return false;
    if (next === '{') return this.#list('}', () => this.#member(depth));
    if (next === '[') return this.#list(']', () => this.value(depth + 1));
    if (next === '"') return this.#string();
    return this.#take(number) || this.#take(word);
  }

  #list(end: string, item: () => boolean): boolean {
    this.at++;
    this.blanks();
    if (this.#sign(end)) return true;
    for (;;) {
      if (!item()) return false;
      this.blanks();
      if (this.#sign(end)) return true;
      if (!this.#sign(',')) return false;
    }
  }

  #member(depth: number): boolean {
    this.blanks();
    if (this.#text[this.at] !== '"' || !this.#string()) return false;
    this.blanks();
    return this.#sign(':') && this.value(depth + 1);
  }

  #string(): boolean {
    this.at++;
    this.#take(characters);
    return this.#sign('"');
  }

  #sign(wanted: string): boolean {
    if (this.#text[this.at] !== wanted) return false;
    this.at++;
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.at += found.length;
    return found !== '';
  }
}
