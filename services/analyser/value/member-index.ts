/**
 * Finds the value that has given members: a hash table with open addressing over numbers alone, since a program has
 * hundreds of thousands of sets. It must not know what the members are.
 */

const hash_start = 0x811c9dc5;
const hash_factor = 0x01000193;
const fill_max = 0.5;

export class MemberIndex {
  readonly #membersOf: (value: number) => readonly number[];
  /** One more than a value; 0 where nobody is. */
  #slots = new Int32Array(1 << 10);
  #count = 0;

  constructor(membersOf: (value: number) => readonly number[]) {
    this.#membersOf = membersOf;
  }

  /** By the first `count` of `members`. */
  find(members: readonly number[], count = members.length): number | undefined {
    const mask = this.#slots.length - 1;
    for (let at = hashOf(members, count) & mask; this.#slots[at] !== 0; at = (at + 1) & mask) {
      const value = this.#slots[at]! - 1;
      if (isSame(this.#membersOf(value), members, count)) return value;
    }
    return undefined;
  }

  /** Of a value whose members no other one has. */
  add(value: number): void {
    if (++this.#count > this.#slots.length * fill_max) this.#grow();
    this.#place(value);
  }

  #place(value: number): void {
    const mask = this.#slots.length - 1;
    const members = this.#membersOf(value);
    let at = hashOf(members, members.length) & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = value + 1;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length);
    for (const slot of before) if (slot !== 0) this.#place(slot - 1);
  }
}

/** FNV-1a over whole numbers. */
function hashOf(members: readonly number[], count: number): number {
  let hash = hash_start;
  for (let i = 0; i < count; i++) hash = Math.imul(hash ^ members[i]!, hash_factor);
  // Low bits of the product hang on low bits of the members alone.
  return (hash ^ (hash >>> 15)) >>> 0;
}

function isSame(known: readonly number[], members: readonly number[], count: number): boolean {
  if (known.length !== count) return false;
  for (let i = 0; i < count; i++) if (known[i] !== members[i]) return false;
  return true;
}
