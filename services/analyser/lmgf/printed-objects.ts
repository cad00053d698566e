/**
 * Objects whose text is printed: from functions that print what an argument's member points to upwards through callers
 * that pass the object on, and from there downwards to whom else it is given before. It must not know how texts are
 * put together.
 */
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom, STALE } from '../value/value-table.ts';
import { argumentOf, type HeldPointers, singleOf } from './appenders.ts';
import type { KnownFunctions } from './known-functions.ts';
import { isLogDescriptor, passedOn } from './log-descriptor.ts';

export interface PrintedObject {
  /** Function in which the object is known as `atom`; of a variable every function. */
  readonly fn: number | undefined;
  readonly atom: number;
  /** Calls that print it, in whatever function; none where a caller does. */
  readonly printedAt: Set<number>;
  readonly lmgf: string;
}

/** A function that prints a text, or what an object holds. */
interface Printer {
  readonly fn: number | string;
  /** The argument that is the text, or the object that holds it; undefined: always the variable `variable`. */
  readonly argument: number | undefined;
  readonly variable: number | undefined;
  readonly isObject: boolean;
  readonly descriptor: number | undefined;
  readonly depth: number;
  readonly lmgf: string;
}

const objects_max = 10_000;

export function findPrintedObjects(
  program: ProgramValues,
  held: HeldPointers,
  callers: ReadonlyMap<number | string, readonly CallSite[]>,
  known: KnownFunctions,
  bt: number,
): PrintedObject[] {
  return new PrintedObjectFinder(program, held, callers, bt).run(known);
}

class PrintedObjectFinder {
  readonly #program: ProgramValues;
  readonly #held: HeldPointers;
  readonly #callers: ReadonlyMap<number | string, readonly CallSite[]>;
  readonly #bt: number;
  readonly #queue: Printer[] = [];
  readonly #queued = new Set<string>();
  readonly #objects = new Map<string, PrintedObject>();

  constructor(
    program: ProgramValues,
    held: HeldPointers,
    callers: ReadonlyMap<number | string, readonly CallSite[]>,
    bt: number,
  ) {
    this.#program = program;
    this.#held = held;
    this.#callers = callers;
    this.#bt = bt;
  }

  run(known: KnownFunctions): PrintedObject[] {
    for (const [name, { role, text, descriptor }] of known) {
      if (role !== 'log' || text === undefined) continue;
      this.#add({
        ...{ fn: name, argument: text, variable: undefined, isObject: false, descriptor },
        ...{ depth: 0, lmgf: name },
      });
    }
    for (let printer = this.#queue.shift(); printer !== undefined; printer = this.#queue.shift()) {
      for (const site of this.#callers.get(printer.fn) ?? []) this.#print(site, printer);
    }
    // The list grows while it is gone through.
    for (const object of this.#objects.values()) this.#given(object);
    return [...this.#objects.values()];
  }

  #add(printer: Printer): void {
    const { fn, argument, variable, isObject, descriptor } = printer;
    const key = `${fn} ${argument} ${variable} ${isObject} ${descriptor}`;
    if (printer.depth > this.#bt || this.#queued.has(key)) return;
    this.#queued.add(key);
    this.#queue.push(printer);
  }

  #print(site: CallSite, printer: Printer): void {
    const { values } = this.#program;
    const { argument, variable, lmgf } = printer;
    const to = printer.descriptor === undefined ? undefined : (site.args[printer.descriptor] ?? STALE);
    const descriptor = to === undefined ? undefined : passedOn(values, to);
    if (to !== undefined && descriptor === undefined && !isLogDescriptor(values, to)) return;
    const up = { ...printer, fn: site.fn, descriptor, depth: printer.depth + 1 };
    for (const atom of argument === undefined ? [variable!] : values.members(site.args[argument] ?? STALE)) {
      const object = printer.isObject ? atom : this.#held.holder(site.fn, atom);
      if (object === undefined) {
        if (values.kind(atom) === Atom.argument) this.#add({ ...up, argument: values.a(atom) });
        continue;
      }
      const passed = argumentOf(this.#program, object);
      if (passed !== undefined) this.#add({ ...up, argument: passed, isObject: true });
      else if (!this.#isObject(object)) continue;
      else if (descriptor === undefined) this.#keep(site.fn, object, lmgf).printedAt.add(site.at);
      else if (values.kind(object) === Atom.constant)
        this.#add({ ...up, argument: undefined, variable: object, isObject: true });
    }
  }

  /** Functions that get the object put their part to it. */
  #given({ fn, atom, lmgf }: PrintedObject): void {
    const { sites, functions } = this.#program;
    const own = fn === undefined ? sites.flat() : sites[fn]!;
    for (const { callee, args } of own) {
      if (callee === undefined || this.#objects.size > objects_max) continue;
      const parameters = functions[callee]!.parameters;
      for (let i = 0; i < parameters && i < args.length; i++) {
        if (singleOf(this.#program, args[i]!) === atom)
          this.#keep(callee, this.#program.values.atom(Atom.argument, i), lmgf);
      }
    }
  }

  #keep(fn: number, atom: number, lmgf: string): PrintedObject {
    const isVariable = this.#program.values.kind(atom) === Atom.constant;
    const key = isVariable ? `${atom}` : `${fn} ${atom}`;
    let object = this.#objects.get(key);
    if (object === undefined) {
      object = { fn: isVariable ? undefined : fn, atom, printedAt: new Set(), lmgf };
      this.#objects.set(key, object);
    }
    return object;
  }

  #isObject(atom: number): boolean {
    const { values, reader } = this.#program;
    const kind = values.kind(atom);
    if (kind === Atom.constant) return values.a(atom) > 4096 && !reader.isReadOnly(values.a(atom));
    return kind === Atom.stack || kind === Atom.beyond;
  }
}
