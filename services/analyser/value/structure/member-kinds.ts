/**
 * What functions take the members of a structure for: a pointer that they follow, or a number. Two pointers of which one
 * has a number where the other has a pointer point to different structures. It must not know who asks.
 */
import { importOf, type ProgramValues } from '../program-values.ts';
import { Atom, slotOf } from '../value-table.ts';

/** Bytes behind a pointer. */
interface Members {
  readonly pointers: Set<number>;
  /** Each byte. */
  readonly numbers: Set<number>;
}

const pointer_bytes = 8;
/** Functions that hand an argument on to each other. */
const depth_max = 3;

export class MemberKinds {
  readonly #program: ProgramValues;
  /** By function, by pointer. */
  readonly #own = new Map<number, Map<number, Members>>();
  readonly #whole = new Map<string, Members>();

  constructor(program: ProgramValues) {
    this.#program = program;
  }

  /** Whether what two pointers point to can be of one kind, as far as functions say that use them. */
  canBeSame(fn: number, pointer: number, other: number, otherPointer: number): boolean {
    const a = this.#members(fn, pointer, depth_max);
    const b = this.#members(other, otherPointer, depth_max);
    return !differ(a, b) && !differ(b, a);
  }

  #members(fn: number, value: number, depth: number): Members {
    const { values, sites } = this.#program;
    const [pointer, behind] = this.#root(value);
    const key = `${fn} ${pointer} ${depth}`;
    let members = this.#whole.get(key);
    if (members === undefined) {
      members = { pointers: new Set(), numbers: new Set() };
      this.#whole.set(key, members);
      add(members, this.#ownOf(fn).get(pointer), 0);
      if (depth > 0) {
        for (const site of sites[fn]!) {
          if (site.callee === undefined || importOf(this.#program, site) !== undefined) continue;
          const { parameters } = this.#program.functions[site.callee]!;
          for (let i = 0; i < Math.min(site.args.length, parameters); i++) {
            if (site.args[i] !== pointer) continue;
            add(members, this.#members(site.callee, values.atom(Atom.argument, i), depth - 1), 0);
          }
        }
      }
    }
    if (behind === 0) return members;
    const moved = { pointers: new Set<number>(), numbers: new Set<number>() };
    add(moved, members, -behind);
    return moved;
  }

  #ownOf(fn: number): Map<number, Members> {
    const known = this.#own.get(fn);
    if (known !== undefined) return known;
    const own = new Map<number, Members>();
    this.#own.set(fn, own);
    const of = (value: number): [Members, number] => {
      const [pointer, behind] = this.#root(value);
      let members = own.get(pointer);
      if (members === undefined) {
        members = { pointers: new Set(), numbers: new Set() };
        own.set(pointer, members);
      }
      return [members, behind];
    };
    const { loads, numbers, followed } = this.#program.functions[fn]!;
    for (const { at, pointer, displacement } of loads) {
      if (!followed.has(at)) continue;
      const [members, behind] = of(pointer);
      members.pointers.add(behind + displacement);
    }
    for (const { pointer, displacement, size } of numbers) {
      const [members, behind] = of(pointer);
      for (let byte = 0; byte < size; byte++) members.numbers.add(behind + displacement + byte);
    }
    return own;
  }

  #root(value: number): [number, number] {
    const { values } = this.#program;
    const kind = values.kind(value);
    if (kind === Atom.beyond) return [values.a(value), values.b(value)];
    if (kind === Atom.resultWithin && slotOf(values.b(value)) === undefined)
      return [values.atom(Atom.result, values.a(value)), values.b(value)];
    return [value, 0];
  }
}

function add(to: Members, from: Members | undefined, by: number): void {
  if (from === undefined) return;
  for (const at of from.pointers) to.pointers.add(at + by);
  for (const at of from.numbers) to.numbers.add(at + by);
}

function differ({ pointers }: Members, { numbers }: Members): boolean {
  for (const at of pointers)
    for (let byte = 0; byte < pointer_bytes; byte++) if (numbers.has(at + byte)) return true;
  return false;
}
