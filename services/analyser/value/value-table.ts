/**
 * What a register or a place can hold, as small sets of atoms with a number each: equal sets have equal numbers.
 * UNKNOWN is an atom too: a set with it may hold anything else besides. A set that would grow over MEMBERS_MAX is
 * UNKNOWN alone. It must not know instructions.
 */

export const Atom = {
  /** a: the number, an address mostly */
  constant: 0,
  /** a: which argument of the function */
  argument: 1,
  /** a: bytes from the stack pointer at entry */
  stack: 2,
  /** Somewhere in the stack object that begins at a */
  stackWithin: 3,
  /** What the call at operation a gave back */
  result: 4,
  /** Somewhere behind that */
  resultWithin: 5,
  /** What the variable at address a holds */
  global: 6,
  /** a: bytes from the beginning of some structure: what it holds there */
  field: 7,
  /** Somewhere in the object at address a */
  within: 8,
  /** One of the 8-byte values of the table at address a, b bytes apart (0: not known) */
  element: 9,
  /** An entry of b bytes of the table at address a */
  offset: 10,
  /** a: table of narrow entries; b: how they become addresses (`packTarget`) */
  target: 11,
} as const;

export const UNKNOWN = 0;
/** Left over from before: nobody meant it for whoever reads it now. */
export const STALE = 1;
/** Not reached yet. */
export const NOTHING = 2;

const MEMBERS_MAX = 24;

export class ValueTable {
  readonly #kind: number[] = [-1, -1, -1];
  readonly #a: number[] = [0, 0, 0];
  readonly #b: number[] = [0, 0, 0];
  readonly #members: (readonly number[] | undefined)[] = [undefined, undefined, undefined];
  readonly #atoms: Map<number, number>[] = Array.from({ length: 12 }, () => new Map());
  readonly #pairs = new Map<string, number>();
  readonly #sets = new Map<string, number>();
  readonly #unions = new Map<number, number>();

  get size(): number {
    return this.#kind.length;
  }

  atom(kind: number, a: number, b = 0): number {
    const key = b === 0 ? a : undefined;
    const known = key === undefined ? this.#pairs.get(`${kind} ${a} ${b}`) : this.#atoms[kind]!.get(key);
    if (known !== undefined) return known;
    const id = this.#add(kind, a, b, undefined);
    if (key === undefined) this.#pairs.set(`${kind} ${a} ${b}`, id);
    else this.#atoms[kind]!.set(key, id);
    return id;
  }

  constant(n: number): number {
    return this.atom(Atom.constant, n);
  }

  /** Of a value that is one atom; -1 otherwise. */
  kind(value: number): number {
    return this.#kind[value]!;
  }

  a(value: number): number {
    return this.#a[value]!;
  }

  b(value: number): number {
    return this.#b[value]!;
  }

  /** The atoms of a value, UNKNOWN among them where it may hold anything; none for STALE and NOTHING. */
  members(value: number): readonly number[] {
    return this.#members[value] ?? (value === STALE || value === NOTHING ? none : [value]);
  }

  union(v: number, w: number): number {
    if (v === w || w === NOTHING) return v;
    if (v === NOTHING) return w;
    const first = v === STALE ? UNKNOWN : v;
    const second = w === STALE ? UNKNOWN : w;
    if (first === second) return first;
    const low = first < second ? first : second;
    const high = first < second ? second : first;
    const key = low * 0x4000000 + high;
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const union = this.#set([...new Set([...this.members(low), ...this.members(high)])]);
    if (this.#unions.size > unions_max) this.#unions.clear();
    this.#unions.set(key, union);
    return union;
  }

  /** The union over the atoms; UNKNOWN stays UNKNOWN. */
  map(value: number, change: (atom: number) => number): number {
    if (value <= NOTHING) return value === NOTHING ? NOTHING : UNKNOWN;
    const members = this.#members[value];
    if (members === undefined) return change(value);
    return members.reduce((all, atom) => this.union(all, atom === UNKNOWN ? UNKNOWN : change(atom)), NOTHING);
  }

  #set(members: number[]): number {
    if (members.length > MEMBERS_MAX) return UNKNOWN;
    members.sort((a, b) => a - b);
    const key = members.join();
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const id = this.#add(-1, 0, 0, members);
    this.#sets.set(key, id);
    return id;
  }

  #add(kind: number, a: number, b: number, members: readonly number[] | undefined): number {
    this.#a.push(a);
    this.#b.push(b);
    this.#members.push(members);
    return this.#kind.push(kind) - 1;
  }
}

const none: readonly number[] = [];
const unions_max = 1 << 20;
