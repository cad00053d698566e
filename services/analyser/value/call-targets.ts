/**
 * What a call through a pointer can reach. Variables give what is stored in them; a structure's member gives what is
 * stored at the same distance from the beginning of any structure, in code or in data, as far as the call passes as
 * many arguments as the function reads. It must not know which functions log.
 */
import { Op } from '../disasm/micro-op.ts';
import { type CallSite, type ProgramValues, storedIn } from './program-values.ts';
import { Atom, NOTHING, STALE } from './value-table.ts';

const targets_max = 256;
const table_max = 1024;

export class CallTargets {
  readonly #program: ProgramValues;
  readonly #stored: ReadonlyMap<number, readonly number[]>;
  readonly #fields = new Map<number, Set<number>>();
  readonly #objects: Float64Array;
  readonly #callers = new Map<number, CallSite[]>();

  constructor(program: ProgramValues) {
    this.#program = program;
    this.#stored = storedIn(program);
    this.#objects = objectStarts(program);
    for (const sites of program.sites) {
      for (const site of sites) {
        if (site.callee === undefined) continue;
        const known = this.#callers.get(site.callee);
        if (known === undefined) this.#callers.set(site.callee, [site]);
        else known.push(site);
      }
    }
    this.#collectFields();
  }

  /** Those that a variable or an argument holds, which no distance within a structure was needed for. */
  certain(site: CallSite): number[] {
    return this.#of(site, false);
  }

  /** Indexes of functions, ascending; none where nothing is known of the pointer. */
  of(site: CallSite): number[] {
    return this.#of(site, true);
  }

  #of(site: CallSite, members: boolean): number[] {
    if (site.callee !== undefined) return [site.callee];
    if (site.name !== undefined) return [];
    const found = new Set<number>();
    this.#follow(site.fn, site.target, found, members, 0);
    const passed = passedArguments(site);
    const { functions } = this.#program;
    return [...found]
      .filter((fn) => functions[fn]!.variadic || functions[fn]!.parameters <= passed)
      .sort((a, b) => a - b)
      .slice(0, targets_max);
  }

  /** Functions of the program whose address a call passes to an import. */
  callbacks(site: CallSite): number[] {
    const found = new Set<number>();
    for (const value of site.args) {
      for (const atom of this.#program.values.members(value)) {
        if (this.#program.values.kind(atom) === Atom.constant) this.#add(this.#program.values.a(atom), found);
      }
    }
    return [...found].sort((a, b) => a - b);
  }

  #follow(fn: number, value: number, found: Set<number>, members: boolean, hops: number): void {
    const { values } = this.#program;
    for (const atom of values.members(value)) {
      const a = values.a(atom);
      switch (values.kind(atom)) {
        case Atom.constant:
          this.#add(a, found);
          break;
        case Atom.global:
          this.#add(this.#program.reader.readU64(a), found);
          for (const stored of this.#stored.get(a) ?? []) this.#follow(fn, stored, found, members, hops + 1);
          break;
        case Atom.field:
          if (members) for (const target of this.#fields.get(a) ?? []) found.add(target);
          break;
        case Atom.element:
          if (members) this.#addTable(a, values.b(atom), found);
          break;
        case Atom.argument:
          if (hops > 1) break;
          for (const caller of this.#callers.get(fn) ?? []) {
            this.#follow(caller.fn, caller.args[a] ?? NOTHING, found, members, hops + 1);
          }
      }
    }
  }

  #add(address: number | undefined, found: Set<number>): void {
    const fn = address === undefined ? undefined : this.#program.found.byAddress.get(address);
    if (fn !== undefined) found.add(fn);
  }

  #addTable(table: number, stride: number, found: Set<number>): void {
    const { reader } = this.#program;
    const end = Math.min(this.#objectEnd(table), table + table_max * 8);
    for (let at = table; at < end; at += stride === 0 ? 8 : stride) this.#add(reader.readU64(at), found);
  }

  #collectFields(): void {
    const { values, functions, reader, found } = this.#program;
    const add = (field: number, address: number | undefined): void => {
      const fn = address === undefined ? undefined : found.byAddress.get(address);
      if (fn === undefined) return;
      const known = this.#fields.get(field);
      if (known === undefined) this.#fields.set(field, new Set([fn]));
      else known.add(fn);
    };
    for (const { stores } of functions) {
      for (const { field, value } of stores) {
        if (field === undefined) continue;
        for (const atom of values.members(value)) {
          if (values.kind(atom) === Atom.constant) add(field, values.a(atom));
        }
      }
    }
    for (const at of pointersInData(this.#program)) {
      const start = this.#objectStart(at);
      if (start !== undefined && at - start < 4096) add(at - start, reader.readU64(at));
    }
  }

  #objectStart(address: number): number | undefined {
    const at = this.#objectBehind(address);
    return at === 0 ? undefined : this.#objects[at - 1];
  }

  #objectEnd(address: number): number {
    return this.#objects[this.#objectBehind(address)] ?? Number.POSITIVE_INFINITY;
  }

  /** Of the first object that begins behind an address. */
  #objectBehind(address: number): number {
    let low = 0;
    let high = this.#objects.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#objects[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function passedArguments(site: CallSite): number {
  let count = 0;
  while (count < site.args.length && site.args[count] !== STALE && site.args[count] !== NOTHING) count++;
  return count;
}

function pointersInData({ image, reader, found }: ProgramValues): number[] {
  if (image.relocatable) return image.pointers.filter((at) => found.byAddress.has(reader.readU64(at) ?? 0));
  const pointers: number[] = [];
  for (const { executable, address, bytes } of image.segments) {
    if (executable) continue;
    for (let at = address; at + 8 <= address + bytes.length; at += 8) {
      if (found.byAddress.has(reader.readU64(at) ?? 0)) pointers.push(at);
    }
  }
  return pointers;
}

/** Where objects in data begin, as far as symbols, instructions and other data name them. */
function objectStarts({ image, reader, found }: ProgramValues): Float64Array {
  const starts = new Set<number>();
  const consider = (address: number | undefined): void => {
    if (address === undefined) return;
    const segment = reader.segmentOf(address);
    if (segment !== undefined && !segment.executable) starts.add(address);
  };
  for (const { kind, address } of image.symbols) if (kind === 'object') consider(address);
  for (const at of image.pointers) consider(reader.readU64(at));
  const { ops } = found;
  for (let at = 0; at < ops.length; at++) {
    if (ops.op[at] === Op.constant) consider(ops.imm[at]!);
  }
  return Float64Array.from(starts).sort();
}
