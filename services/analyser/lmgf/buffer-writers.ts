/**
 * Which calls of a function write the text that a buffer holds: to its beginning, somewhere in it, or behind a prefix.
 * It must not know which functions log.
 */
import type { ImageReader } from '../elf/read-image.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom, STALE, type ValueTable } from '../value/value-table.ts';
import type { KnownFunction } from './known-functions.ts';

/** A time, a level, a name: what stands before a message and was not written by a call that is known. */
const prefix_bytes_max = 64;

interface Writer {
  readonly site: CallSite;
  readonly role: KnownFunction;
  readonly offset: number;
}

/** A place in an object, or somewhere behind it. */
interface Place {
  readonly object: number;
  readonly offset: number;
}

export class BufferWriters {
  readonly #values: ValueTable;
  readonly #reader: ImageReader;
  /** By object. */
  readonly #writers = new Map<number, Writer[]>();

  /** `roleOf`: what is known of the function that a call runs. */
  constructor(
    { values, reader }: ProgramValues,
    sites: readonly CallSite[],
    roleOf: (site: CallSite) => KnownFunction | undefined,
  ) {
    this.#values = values;
    this.#reader = reader;
    for (const site of sites) {
      const role = roleOf(site);
      if (role === undefined || typeof role.destination !== 'number' || role.pointed) continue;
      for (const atom of values.members(site.args[role.destination] ?? STALE)) this.#add(site, role, atom);
    }
  }

  /** Calls that write to what an atom points to. */
  of(atom: number): readonly CallSite[] {
    const place = this.#writers.size === 0 ? undefined : placeOf(this.#values, atom);
    const writers = place === undefined ? undefined : this.#writers.get(place.object);
    if (writers === undefined) return none;
    const distance = (writer: Writer): number => writer.offset - place!.offset;
    const first = writers.filter((writer) => distance(writer) === 0);
    const behind = writers.filter((writer) => distance(writer) > 0 && distance(writer) <= prefix_bytes_max);
    const nearest = Math.min(...behind.map(distance));
    const isNext = (writer: Writer): boolean =>
      first.length === 0
        ? distance(writer) === nearest
        : first.some((prefix) => this.#endsAt(prefix, distance(writer)));
    return [...first, ...behind.filter(isNext)].map(({ site }) => site);
  }

  #add(site: CallSite, role: KnownFunction, atom: number): void {
    const place = placeOf(this.#values, atom);
    if (place === undefined) return;
    const writer = { site, role, offset: place.offset };
    const known = this.#writers.get(place.object);
    if (known === undefined) this.#writers.set(place.object, [writer]);
    else known.push(writer);
  }

  /** Whether what a call wrote can end so many bytes behind its beginning, with room behind it in the same buffer. */
  #endsAt({ site, role }: Writer, bytes: number): boolean {
    const { destination, format, text } = role;
    const isSized = format !== undefined && format - (destination as number) > 1;
    const size = this.#number(site.args[isSized ? (destination as number) + 1 : (text ?? 0) + 1]);
    if (isSized) return size !== undefined && size > bytes;
    if (text !== undefined && size === bytes) return true;
    const address = this.#number(site.args[format ?? text ?? 0]);
    const written = address === undefined ? undefined : this.#reader.cString(address, prefix_bytes_max + 1);
    return (
      written !== undefined && written.length === bytes && !(format !== undefined && written.includes('%'))
    );
  }

  #number(value: number | undefined): number | undefined {
    const isKnown = value !== undefined && this.#values.kind(value) === Atom.constant;
    return isKnown ? this.#values.a(value) : undefined;
  }
}

const none: readonly CallSite[] = [];

/** Undefined of what points to no buffer. Places that are not told apart are the object's beginning. */
function placeOf(values: ValueTable, atom: number): Place | undefined {
  const a = values.a(atom);
  switch (values.kind(atom)) {
    case Atom.constant:
    case Atom.within:
      return { object: Atom.constant, offset: a };
    case Atom.stack:
    case Atom.stackWithin:
      return { object: Atom.stack, offset: a };
    case Atom.result:
    case Atom.resultWithin:
      return { object: keyOf(Atom.result, a), offset: 0 };
    case Atom.argument:
    case Atom.global:
      return { object: keyOf(values.kind(atom), a), offset: 0 };
    case Atom.beyond: {
      const base = placeOf(values, a);
      return base === undefined ? undefined : { object: base.object, offset: values.b(atom) };
    }
    default:
      return undefined;
  }
}

function keyOf(kind: number, a: number): number {
  return (a + 1) * 16 + kind;
}
