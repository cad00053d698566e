/**
 * Which functions a pointer can hold: a flow-insensitive, field-based analysis over arguments, variables, members of
 * structures (told apart by their distance from the beginning alone) and results, to a fixed point with the calls that
 * it finds. Source: field-based inclusion constraints (Heintze and Tardieu, "Ultra-fast aliasing analysis using CLA",
 * PLDI 2001). It must not know which functions log.
 */
import { Op } from '../disasm/micro-op.ts';
import { type CallSite, type ProgramValues, sitesByOperation } from './program-values.ts';
import { Atom, NOTHING, STALE } from './value-table.ts';

const rounds_max = 12;
const targets_max = 256;
const table_max = 1024;
const member_max = 4096;

/** Places that hold pointers, each with the functions it can hold. */
class Holders {
  readonly #sets = new Map<string, Set<number>>();
  grew = false;

  get(key: string): ReadonlySet<number> {
    return this.#sets.get(key) ?? empty;
  }

  add(key: string, fn: number): void {
    const set = this.#sets.get(key);
    if (set?.has(fn)) return;
    this.grew = true;
    if (set === undefined) this.#sets.set(key, new Set([fn]));
    else set.add(fn);
  }
}

const empty: ReadonlySet<number> = new Set();

export class FunctionPointers {
  readonly #program: ProgramValues;
  readonly #holders = new Holders();
  readonly #objects: Float64Array;
  readonly #sitesAt: ReadonlyMap<number, readonly CallSite[]>;

  constructor(program: ProgramValues) {
    this.#program = program;
    this.#objects = objectStarts(program);
    this.#sitesAt = sitesByOperation(program);
    this.#collectData();
    for (let round = 0; round < rounds_max; round++) {
      this.#holders.grew = false;
      this.#propagate();
      if (!this.#holders.grew) break;
    }
  }

  /** Functions that a call can run, ascending; none where nothing is known of the pointer. */
  targets(site: CallSite): number[] {
    if (site.callee !== undefined) return [site.callee];
    if (site.name !== undefined) return [];
    const passed = passedArguments(site);
    const { functions } = this.#program;
    return [...this.held(site.fn, site.target)]
      .filter((fn) => functions[fn]!.variadic || functions[fn]!.parameters <= passed)
      .sort((a, b) => a - b)
      .slice(0, targets_max);
  }

  /** Functions that a value can point to; `members`: also by way of a structure's member. */
  held(fn: number, value: number, members = true): Set<number> {
    const { values } = this.#program;
    const found = new Set<number>();
    const take = (key: string): void => {
      for (const target of this.#holders.get(key)) found.add(target);
    };
    for (const atom of values.members(value)) {
      const a = values.a(atom);
      switch (values.kind(atom)) {
        case Atom.constant:
          this.#take(a, found);
          break;
        case Atom.global:
          take(`variable ${a}`);
          break;
        case Atom.argument:
          take(`argument ${fn} ${a}`);
          break;
        case Atom.field:
          if (members) take(`member ${a}`);
          break;
        case Atom.element:
          if (members) this.#takeTable(a, values.b(atom), found);
          break;
        case Atom.result: {
          const callee = this.#sitesAt.get(a)?.[0]?.callee;
          if (callee !== undefined) take(`result ${callee}`);
        }
      }
    }
    return found;
  }

  /** Functions that a call of an import is given and may call back. */
  callbacks(site: CallSite): number[] {
    const found = new Set<number>();
    for (const value of site.args) for (const fn of this.held(site.fn, value, false)) found.add(fn);
    return [...found].sort((a, b) => a - b);
  }

  #propagate(): void {
    const { sites, functions, values } = this.#program;
    for (const [fn, own] of sites.entries()) {
      for (const site of own) {
        const targets = this.targets(site);
        for (const [i, value] of site.args.entries()) {
          if (value === STALE || value === NOTHING || targets.length === 0) continue;
          const held = this.held(fn, value);
          if (held.size === 0 || held.size > targets_max) continue;
          for (const target of targets)
            for (const one of held) this.#holders.add(`argument ${target} ${i}`, one);
        }
      }
      const { stores, result } = functions[fn]!;
      for (const { place, field, value } of stores) {
        const known = values.kind(place) === Atom.constant;
        const key = known
          ? `variable ${values.a(place)}`
          : field === undefined
            ? undefined
            : `member ${field}`;
        if (key === undefined) continue;
        for (const one of this.held(fn, value)) this.#holders.add(key, one);
      }
      for (const one of this.held(fn, result, false)) this.#holders.add(`result ${fn}`, one);
    }
  }

  #take(address: number | undefined, found: Set<number>): void {
    const fn = address === undefined ? undefined : this.#program.found.byAddress.get(address);
    if (fn !== undefined) found.add(fn);
  }

  #takeTable(table: number, stride: number, found: Set<number>): void {
    const { reader } = this.#program;
    const end = Math.min(
      this.#objects[this.#objectBehind(table)] ?? Number.POSITIVE_INFINITY,
      table + table_max * 8,
    );
    for (let at = table; at < end; at += stride === 0 ? 8 : stride) this.#take(reader.readU64(at), found);
  }

  /** Pointers that the file itself holds, as variables and as members of the object that they lie in. */
  #collectData(): void {
    const { reader, found } = this.#program;
    for (const at of pointersInData(this.#program)) {
      const fn = found.byAddress.get(reader.readU64(at) ?? 0)!;
      this.#holders.add(`variable ${at}`, fn);
      const behind = this.#objectBehind(at);
      const start = behind === 0 ? undefined : this.#objects[behind - 1];
      if (start !== undefined && at - start < member_max) this.#holders.add(`member ${at - start}`, fn);
    }
  }

  /** Index of the first object that begins behind an address. */
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
