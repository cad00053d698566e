/**
 * What a register or a place can hold, as small sets of atoms with a number each: equal sets have equal numbers.
 * UNKNOWN is an atom too: a set with it may hold anything else besides. A set that would grow over MEMBERS_MAX is
 * UNKNOWN alone. It must not know instructions.
 */
import { MemberIndex } from './member-index.ts';

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

/** As a power of two. What fell out of it is found again by its members. */
const unions_max = 1 << 16;

export class ValueTable {
  readonly #kind: number[] = [-1, -1, -1];
  readonly #a: number[] = [0, 0, 0];
  /** Of the few atoms that have one. */
  readonly #b = new Map<number, number>();
  /** Of sets, ascending. */
  readonly #members: (readonly number[] | undefined)[] = [undefined, undefined, undefined];
  readonly #atoms: Map<number, number>[] = Array.from({ length: 12 }, () => new Map());
  readonly #pairs = new Map<string, number>();
  readonly #sets = new MemberIndex((value) => this.#members[value]!);
  /** Of the last unions: both operands and what came of them. */
  readonly #unions = new Int32Array(3 * unions_max);

  get size(): number {
    return this.#kind.length;
  }

  atom(kind: number, a: number, b = 0): number {
    if (b !== 0) return this.#pair(kind, a, b);
    const known = this.#atoms[kind]!.get(a);
    if (known !== undefined) return known;
    const id = this.#add(kind, a, undefined);
    this.#atoms[kind]!.set(a, id);
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
    return this.#b.get(value) ?? 0;
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
    const at = 3 * ((Math.imul(low, 0x9e3779b1) ^ high) & (unions_max - 1));
    const unions = this.#unions;
    // No pair is twice the same, so that an empty entry is none's.
    if (unions[at] === low && unions[at + 1] === high) return unions[at + 2]!;
    const union = this.#set(merged(this.members(low), this.members(high)));
    unions[at] = low;
    unions[at + 1] = high;
    unions[at + 2] = union;
    return union;
  }

  /** The union over the atoms; UNKNOWN stays UNKNOWN. */
  map(value: number, change: (atom: number) => number): number {
    if (value <= NOTHING) return value === NOTHING ? NOTHING : UNKNOWN;
    const members = this.#members[value];
    if (members === undefined) return change(value);
    return members.reduce((all, atom) => this.union(all, atom === UNKNOWN ? UNKNOWN : change(atom)), NOTHING);
  }

  #pair(kind: number, a: number, b: number): number {
    const key = `${kind} ${a} ${b}`;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const id = this.#add(kind, a, undefined);
    this.#b.set(id, b);
    this.#pairs.set(key, id);
    return id;
  }

  #set(members: readonly number[]): number {
    if (members.length > MEMBERS_MAX) return UNKNOWN;
    const known = this.#sets.find(members);
    if (known !== undefined) return known;
    const id = this.#add(-1, 0, members);
    this.#sets.add(id);
    return id;
  }

  #add(kind: number, a: number, members: readonly number[] | undefined): number {
    this.#a.push(a);
    this.#members.push(members);
    return this.#kind.push(kind) - 1;
  }
}

const none: readonly number[] = [];

/** Of two ascending lists, ascending, each member once. */
function merged(a: readonly number[], b: readonly number[]): number[] {
  const all: number[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length && k < b.length) {
    const least = Math.min(a[i]!, b[k]!);
    if (a[i] === least) i++;
    if (b[k] === least) k++;
    all.push(least);
  }
  while (i < a.length) all.push(a[i++]!);
  while (k < b.length) all.push(b[k++]!);
  return all;
}
