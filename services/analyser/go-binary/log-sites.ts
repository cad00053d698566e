/**
 * Which calls of a Go program print which texts: from the known functions upwards through functions that hand an
 * argument on to them, at most BT callers. It must not know the order of calls.
 */
import type { FoundLms, LogSites } from '../lmgf/log-sites.ts';
import { linesOf, normalForm } from '../source/message/message.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom } from '../value/value-table.ts';
import { GoText } from './go-text.ts';
import { type GoFunction, type GoWords, goFunctionsKnown } from './known-functions.ts';

interface Slot extends GoFunction {
  readonly fn: string | number;
  readonly lmgf: string;
  readonly depth: number;
}

export function findGoLogSites(program: ProgramValues, bt: number): LogSites {
  return new GoLogSiteFinder(program, bt).run();
}

class GoLogSiteFinder {
  readonly #program: ProgramValues;
  readonly #bt: number;
  readonly #text: GoText;
  readonly #queue: Slot[] = [];
  readonly #queued = new Set<string>();
  readonly #found = new Map<string, FoundLms>();

  constructor(program: ProgramValues, bt: number) {
    this.#program = program;
    this.#bt = bt;
    this.#text = new GoText(program);
  }

  run(): LogSites {
    const callers = callersOf(this.#program);
    for (const [name, known] of goFunctionsKnown) {
      this.#queue.push({ ...known, fn: name, lmgf: name, depth: 0 });
    }
    for (let slot = this.#queue.shift(); slot !== undefined; slot = this.#queue.shift()) {
      for (const site of callers.get(slot.fn) ?? []) this.#resolve(site, slot);
    }
    return { found: [...this.#found.values()], exported: new Map() };
  }

  #resolve(site: CallSite, slot: Slot): void {
    if (isOwn(this.#program, site) || !isLog(this.#program, site, slot)) return;
    const { messages, arguments: given } = this.#text.at(site, slot);
    for (const message of messages)
      for (const line of linesOf(message)) this.#emit(site, normalForm(line), slot);
    for (const words of given) this.#wrap(site, slot, words);
  }

  /** A function that is known by name is so by what the table says. */
  #wrap({ fn }: CallSite, { lmgf, depth }: Slot, words: GoWords): void {
    const key = `${fn} ${words.at} ${words.mode}`;
    const isKnown = goFunctionsKnown.has(this.#program.found.functions[fn]!.name ?? '');
    if (isKnown || depth >= this.#bt || this.#queued.has(key)) return;
    this.#queued.add(key);
    this.#queue.push({ ...words, fn, lmgf, depth: depth + 1 });
  }

  #emit(site: CallSite, line: string, { lmgf }: Slot): void {
    const key = `${site.at} ${site.cameFrom ?? ''} ${line}`;
    const says = /[\p{L}\p{N}]/u.test(line.replaceAll('%s', ''));
    if (!says || this.#found.has(key)) return;
    this.#found.set(key, { site, text: line, mode: 'format', lmgf, dialect: 'c' });
  }
}

/** The runtime prints of itself when a program dies. */
function isOwn({ found }: ProgramValues, site: CallSite): boolean {
  return /^(?:runtime|internal\/[^.]*)\./.test(found.functions[site.fn]!.name ?? '');
}

/** What is handed on by a caller is somebody's connection or buffer. */
function isLog({ values }: ProgramValues, site: CallSite, { writer }: Slot): boolean {
  if (writer === undefined) return true;
  const value = site.args[writer + 1] ?? 0;
  return values.members(value).some((atom) => values.kind(atom) === Atom.global);
}

/** By name and by index: a wrapper is known by its index. */
function callersOf({ sites }: ProgramValues): Map<number | string, CallSite[]> {
  const callers = new Map<number | string, CallSite[]>();
  for (const site of sites.flat()) {
    for (const key of [site.name, site.callee]) {
      if (key === undefined) continue;
      const known = callers.get(key);
      if (known === undefined) callers.set(key, [site]);
      else known.push(site);
    }
  }
  return callers;
}
