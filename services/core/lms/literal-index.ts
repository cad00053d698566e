/**
 * Many constants, and which of them stand at one place of a text: a tree of their characters, as deep as it takes to
 * tell them apart. It must not know what a constant belongs to.
 */

export interface IndexedLiteral {
  /** Not empty. */
  readonly text: string;
  readonly value: number;
}

/** Beyond this, constants that are still alike are taken as one. */
const depth_max = 32;
const noNode = -1;
/** The fourth place keeps a slot within one line of the processor's cache. */
const slot_size = 4;

export class LiteralIndex {
  /** Open hash table in slots of node, character, node that it leads to: nothing leads to the root, 0. */
  #table = new Int32Array(1024);
  #edges = 0;
  #nodes = 1;
  /** By node. */
  readonly #values: (readonly number[] | undefined)[] = [];
  /** By node: the last turn that gave its values. */
  #taken = new Float64Array(0);
  #turn = 0;
  /** By hash of four characters, a bit each: whether a constant begins with them. */
  readonly #begins = new Uint32Array(1 << 13);
  /** By hash of two characters: whether they begin as a constant does that is shorter than four. */
  readonly #short = new Uint8Array(1 << 16);

  constructor(literals: readonly IndexedLiteral[]) {
    const sorted = [...literals].sort((a, b) =>
      a.text < b.text ? -1 : a.text > b.text ? 1 : a.value - b.value,
    );
    for (const { text } of sorted) this.#markBegin(text);
    this.#grow(sorted, 0, sorted.length, 0, 0);
    this.#taken = new Float64Array(this.#nodes);
  }

  /** Adds the values of all constants that begin at `at`, and may add some of constants that do not. */
  find(text: string, at: number, into: number[]): void {
    this.#turn++;
    this.#walk(text, at, into);
  }

  /** The same for the first and the last `count` places of `text`, each value once. */
  findAll(text: string, count: number, into: number[]): void {
    this.#turn++;
    const first = Math.min(count, text.length);
    for (let at = 0; at < first; at++) this.#walk(text, at, into);
    for (let at = Math.max(first, text.length - count); at < text.length; at++) this.#walk(text, at, into);
  }

  #walk(text: string, at: number, into: number[]): void {
    let code = text.charCodeAt(at);
    const second = text.charCodeAt(at + 1);
    const gram = fourth(code, second, text.charCodeAt(at + 2), text.charCodeAt(at + 3));
    if ((this.#begins[gram >>> 5]! & (1 << (gram & 31))) === 0 && this.#short[pair(code, second)] === 0)
      return;
    let node = 0;
    for (let place = at; ; code = text.charCodeAt(++place)) {
      const values = this.#values[node];
      if (values !== undefined && this.#taken[node] !== this.#turn) {
        this.#taken[node] = this.#turn;
        for (const value of values) into.push(value);
      }
      if (place >= text.length) return;
      node = this.#next(node, code);
      if (node < 0) return;
    }
  }

  #markBegin(text: string): void {
    const [code, second] = [text.charCodeAt(0), text.charCodeAt(1)];
    if (text.length >= 4) {
      const gram = fourth(code, second, text.charCodeAt(2), text.charCodeAt(3));
      this.#begins[gram >>> 5]! |= 1 << (gram & 31);
    } else if (text.length > 1) this.#short[pair(code, second)] = 1;
    else for (let next = 0; next < 256; next++) this.#short[pair(code, next)] = 1;
  }

  /** The constants from `low` to `high` have their first `depth` characters in common, which lead to `node`. */
  #grow(sorted: readonly IndexedLiteral[], low: number, high: number, depth: number, node: number): void {
    let from = low;
    while (from < high && sorted[from]!.text.length === depth) from++;
    const isLeaf = high - from <= 1 || depth === depth_max;
    const here = sorted.slice(low, isLeaf ? high : from);
    if (here.length > 0) this.#values[node] = here.map(({ value }) => value);
    if (isLeaf) return;
    while (from < high) {
      const code = sorted[from]!.text.charCodeAt(depth);
      let to = from + 1;
      while (to < high && sorted[to]!.text.charCodeAt(depth) === code) to++;
      const child = this.#nodes++;
      this.#add(node, code, child);
      this.#grow(sorted, from, to, depth + 1, child);
      from = to;
    }
  }

  #next(node: number, code: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    for (let slot = hash(node, code) & mask; ; slot = (slot + slot_size) & mask) {
      const found = table[slot + 2]!;
      if (found === 0) return noNode;
      if (table[slot] === node && table[slot + 1] === code) return found;
    }
  }

  #add(node: number, code: number, target: number): void {
    if (2 * slot_size * ++this.#edges > this.#table.length) this.#widen();
    this.#put(node, code, target);
  }

  #widen(): void {
    const before = this.#table;
    this.#table = new Int32Array(2 * before.length);
    for (let slot = 0; slot < before.length; slot += slot_size) {
      const [node, code, target] = [before[slot]!, before[slot + 1]!, before[slot + 2]!];
      if (target !== 0) this.#put(node, code, target);
    }
  }

  #put(node: number, code: number, target: number): void {
    const mask = this.#table.length - 1;
    let slot = hash(node, code) & mask;
    while (this.#table[slot + 2] !== 0) slot = (slot + slot_size) & mask;
    this.#table[slot] = node;
    this.#table[slot + 1] = code;
    this.#table[slot + 2] = target;
  }
}

/** A slot's place in the table. */
function hash(node: number, code: number): number {
  const mixed = Math.imul(node ^ (code << 20), 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & -slot_size;
}

/** Of characters beyond the text: as of zeroes. */
function fourth(a: number, b: number, c: number, d: number): number {
  const mixed = Math.imul(a | (b << 8), 0x9e3779b1) ^ Math.imul(c | (d << 8), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) & 0x3ffff;
}

function pair(first: number, second: number): number {
  return ((first << 8) ^ (second & 0xff)) & 0xffff;
}
