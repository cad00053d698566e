/**
 * Where texts come from: follows a value back through buffers, copies, translations, results of functions and tables to
 * string constants and to arguments of the function. It must not know which functions log.
 */
import { type CallSite, type ProgramValues, storedIn } from '../value/program-values.ts';
import { Atom, STALE, UNKNOWN } from '../value/value-table.ts';
import { BufferWriters } from './buffer-writers.ts';
import { roleOf } from './formatters.ts';
import type { KnownFunction, KnownFunctions } from './known-functions.ts';

/** How a text is used where it ends: as a format, or as it is. */
export type TextMode = 'format' | 'text';

export interface TextSource {
  /** A constant's address, or which argument of the function. */
  readonly kind: 'constant' | 'argument';
  readonly value: number;
  readonly mode: TextMode;
  /** The call that formats with it, where that is not the call that was asked about. */
  readonly formatter: Formatter | undefined;
}

export interface Formatter {
  readonly site: CallSite;
  /** The first argument that conversions take. */
  readonly values: number | undefined;
  /** How its result is used. */
  readonly mode: TextMode;
}

type On = (value: number, as: TextMode, formatter: Formatter | undefined) => void;

const hops_max = 6;
const elements_max = 512;

export class TextFlow {
  readonly #program: ProgramValues;
  readonly #known: KnownFunctions;
  readonly #formatters: ReadonlyMap<number, KnownFunction>;
  readonly #writers = new Map<number, BufferWriters>();
  readonly #stored: ReadonlyMap<number, readonly number[]>;

  constructor(program: ProgramValues, known: KnownFunctions, formatters: ReadonlyMap<number, KnownFunction>) {
    this.#program = program;
    this.#known = known;
    this.#formatters = formatters;
    this.#stored = storedIn(program);
  }

  sources(site: CallSite, value: number, mode: TextMode): TextSource[] {
    const found: TextSource[] = [];
    this.#follow(site.fn, value, mode, undefined, 0, new Set(), found);
    return found;
  }

  #follow(
    fn: number,
    value: number,
    mode: TextMode,
    formatter: Formatter | undefined,
    hops: number,
    seen: Set<string>,
    found: TextSource[],
  ): void {
    const { values } = this.#program;
    for (const atom of values.members(value)) {
      const key = `${fn} ${atom} ${mode}`;
      if (atom === UNKNOWN || seen.has(key)) continue;
      seen.add(key);
      const a = values.a(atom);
      const on: On = (next, as, made) => {
        if (hops < hops_max) this.#follow(fn, next, as, made, hops + 1, seen, found);
      };
      switch (values.kind(atom)) {
        case Atom.constant:
          found.push({ kind: 'constant', value: a, mode, formatter });
          this.#written(fn, atom, mode, on);
          break;
        case Atom.argument:
          found.push({ kind: 'argument', value: a, mode, formatter });
          this.#written(fn, atom, mode, on);
          break;
        case Atom.stack:
        case Atom.stackWithin:
        case Atom.within:
        case Atom.beyond:
          this.#written(fn, atom, mode, on);
          break;
        case Atom.result:
        case Atom.resultWithin:
          this.#given(a, mode, on);
          this.#written(fn, atom, mode, on);
          break;
        case Atom.global:
          for (const stored of this.#stored.get(a) ?? []) on(stored, mode, formatter);
          this.#pointedBy(a, (constant) =>
            found.push({ kind: 'constant', value: constant, mode, formatter }),
          );
          this.#written(fn, atom, mode, on);
          break;
        case Atom.element:
          for (const constant of this.#elements(a, values.b(atom))) {
            found.push({ kind: 'constant', value: constant, mode, formatter });
          }
      }
    }
  }

  /** What was written to a buffer in the function. */
  #written(fn: number, atom: number, mode: TextMode, on: On): void {
    for (const site of this.#writersOf(fn).of(atom)) {
      const role = roleOf(site, this.#known, this.#formatters)!;
      if (role.format !== undefined)
        on(site.args[role.format] ?? STALE, 'format', { site, values: role.values, mode });
      else if (role.text !== undefined) on(site.args[role.text] ?? STALE, mode, undefined);
    }
  }

  /** What the call at an operation gave back. */
  #given(at: number, mode: TextMode, on: On): void {
    for (const site of this.#program.sitesAt.get(at) ?? []) this.#givenBy(site, mode, on);
  }

  #givenBy(site: CallSite, mode: TextMode, on: On): void {
    const role = roleOf(site, this.#known, this.#formatters);
    if (role !== undefined) {
      const given = role.role === 'translate' || role.destination === 'result' || role.pointed === true;
      if (!given) return;
      if (role.format !== undefined)
        on(site.args[role.format] ?? STALE, 'format', { site, values: role.values, mode });
      else if (role.text !== undefined) on(site.args[role.text] ?? STALE, mode, undefined);
      return;
    }
    if (site.callee === undefined) return;
    const { values, functions } = this.#program;
    for (const atom of values.members(functions[site.callee]!.result)) {
      const kind = values.kind(atom);
      if (kind === Atom.argument) on(site.args[values.a(atom)] ?? UNKNOWN, mode, undefined);
      else if (kind === Atom.constant || kind === Atom.element || kind === Atom.global)
        on(atom, mode, undefined);
    }
  }

  #writersOf(fn: number): BufferWriters {
    let writers = this.#writers.get(fn);
    if (writers === undefined) {
      const role = (site: CallSite) => roleOf(site, this.#known, this.#formatters);
      writers = new BufferWriters(this.#program, this.#program.sites[fn]!, role);
      this.#writers.set(fn, writers);
    }
    return writers;
  }

  #pointedBy(address: number, found: (constant: number) => void): void {
    const pointer = this.#program.reader.readU64(address);
    if (pointer !== undefined && pointer > 0) found(pointer);
  }

  *#elements(table: number, stride: number): Generator<number> {
    const { reader } = this.#program;
    let misses = 0;
    for (let i = 0; i < elements_max && misses < 4; i++) {
      const pointer = reader.readU64(table + i * (stride === 0 ? 8 : stride));
      if (pointer !== undefined && pointer > 0 && reader.isReadOnly(pointer)) yield pointer;
      else if (stride !== 0) return;
      else misses++;
    }
  }
}
