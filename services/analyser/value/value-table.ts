/**
 * What a register or a place can hold, as small sets of atoms with a number each: equal sets have equal numbers.
 * UNKNOWN is an atom too: a set with it may hold anything else besides. A set that would grow over MEMBERS_MAX is
 * UNKNOWN alone. It must not know instructions.
 */
import { AtomList } from './atom-list.ts';
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
  /** b bytes behind that (0: somewhere), or what that call left in the stack slot at b (`leftInSlot`) */
  resultWithin: 5,
  /** What the variable at address a holds */
  global: 6,
  /** a: bytes from the beginning of some structure: what it holds there; b: the operation that loads it, or 0 */
  field: 7,
  /** Somewhere in the object at address a; b: at a multiple of that many bytes (0: not known) */
  within: 8,
  /** One of the 8-byte values of the table at address a, b bytes apart (0: not known) */
  element: 9,
  /** An entry of b bytes of the table at address a */
  offset: 10,
  /** a: table of narrow entries; b: how they become addresses (`packTarget`) */
  target: 11,
  /** b bytes behind what atom a holds, or in an element of the array there */
  beyond: 12,
} as const;

export const UNKNOWN = 0;
/** Left over from before: nobody meant it for whoever reads it now. */
export const STALE = 1;
/** Not reached yet. */
export const NOTHING = 2;

const MEMBERS_MAX = 24;
/** Bytes from the beginning of a structure, either way, up to which its members are told apart. */
export const MEMBER_BYTES_MAX = 4096;
const slot_base = 2 ** 21;

/** Second number of a `resultWithin` that is what a call left in a stack slot. */
export function leftInSlot(offset: number): number {
  return slot_base + offset;
}

/** The slot, if it is one. */
export function slotOf(b: number): number | undefined {
  return b > slot_base / 2 ? b - slot_base : undefined;
}

/** As a power of two. What fell out of it is found again by its members. */
const unions_max = 1 << 16;

export class ValueTable {
  readonly #atoms = new AtomList();
  /** Of sets, ascending. */
  readonly #members: (readonly number[] | undefined)[] = [];
  readonly #sets = new MemberIndex((value) => this.#members[value]!);
  /** Where the members of a union are put together: a new set keeps a list of just its length. */
  readonly #merged: number[] = [];
  /** Of the last unions: both operands and what came of them. */
  readonly #unions = new Int32Array(3 * unions_max);

  constructor() {
    // UNKNOWN, STALE and NOTHING.
    for (let value = 0; value <= NOTHING; value++) this.#addSet(undefined);
  }

  get size(): number {
    return this.#members.length;
  }

  atom(kind: number, a: number, b = 0): number {
    const atom = this.#atoms.find(kind, a, b);
    if (atom === this.#members.length) this.#members.push(undefined);
    return atom;
  }

  constant(n: number): number {
    return this.atom(Atom.constant, n);
  }

  /** Of a value that is one atom; -1 otherwise. */
  kind(value: number): number {
    return this.#atoms.kind(value);
  }

  a(value: number): number {
    return this.#atoms.a(value);
  }

  b(value: number): number {
    return this.#atoms.b(value);
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
    const union = this.#set(merge(this.members(low), this.members(high), this.#merged));
    unions[at] = low;
    unions[at + 1] = high;
    unions[at + 2] = union;
    return union;
  }

  /** The union as a loop makes it: a step along an array stays in it. */
  unionOfSteps(v: number, w: number): number {
    if (v === w || v <= NOTHING || w <= NOTHING) return this.union(v, w);
    let all = v;
    for (const atom of this.members(w)) {
      const step = this.#stepFrom(v, atom);
      all = this.union(all, step ?? atom);
    }
    return all;
  }

  /** What stands for an atom that is a step further than one of `v`. */
  #stepFrom(v: number, atom: number): number | undefined {
    const root = this.#root(atom);
    for (const from of this.members(v)) {
      if (root !== atom && this.#root(from) === root) return from;
      const bytes = this.a(atom) - this.a(from);
      if (bytes <= 0 || bytes > MEMBER_BYTES_MAX || bytes % 8 !== 0 || this.a(from) <= 4096) continue;
      const kind = this.kind(atom);
      if (kind === Atom.within && this.kind(from) === Atom.within && bytes % this.b(from) === 0) return from;
      if (kind === Atom.constant && this.kind(from) === Atom.constant) {
        return this.atom(Atom.within, this.a(from), bytes);
      }
    }
    return undefined;
  }

  /** What an atom stands behind. */
  #root(atom: number): number {
    const kind = this.kind(atom);
    if (kind === Atom.beyond) return this.a(atom);
    const inSlot = slotOf(this.b(atom)) !== undefined;
    return kind === Atom.resultWithin && !inSlot ? this.atom(Atom.result, this.a(atom)) : atom;
  }

  /** The union over the atoms; UNKNOWN stays UNKNOWN. */
  map(value: number, change: (atom: number) => number): number {
    if (value <= NOTHING) return value === NOTHING ? NOTHING : UNKNOWN;
    const members = this.#members[value];
    if (members === undefined) return change(value);
    return members.reduce((all, atom) => this.union(all, atom === UNKNOWN ? UNKNOWN : change(atom)), NOTHING);
  }

  /** Of the first `count` members that were put together. */
  #set(count: number): number {
    if (count > MEMBERS_MAX) return UNKNOWN;
    const known = this.#sets.find(this.#merged, count);
    if (known !== undefined) return known;
    const id = this.#addSet(this.#merged.slice(0, count));
    this.#sets.add(id);
    return id;
  }

  #addSet(members: readonly number[] | undefined): number {
    this.#members.push(members);
    return this.#atoms.addSet();
  }
}

const none: readonly number[] = [];

/** Puts two ascending lists into one, ascending, each member once; gives how many those are. */
function merge(a: readonly number[], b: readonly number[], into: number[]): number {
  let count = 0;
  let i = 0;
  let k = 0;
  while (i < a.length && k < b.length) {
    const first = a[i]!;
    const second = b[k]!;
    if (first <= second) i++;
    if (second <= first) k++;
    into[count++] = first < second ? first : second;
  }
  while (i < a.length) into[count++] = a[i++]!;
  while (k < b.length) into[count++] = b[k++]!;
  return count;
}
