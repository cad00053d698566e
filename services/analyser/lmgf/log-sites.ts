/**
 * Which calls print which log message strings: from the known log functions upwards through functions that pass an
 * argument on to them, at most BT callers (paper, Algorithm 1). It must not know the order of calls.
 */
import type { FormatDialect } from '../../core/lms/format-regex.ts';
import type { FunctionPointers } from '../value/function-pointers.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { STALE } from '../value/value-table.ts';
import { findAppenders, HeldPointers } from './appenders.ts';
import { BuiltTexts } from './built-texts.ts';
import { formatShape, passesOn } from './format-shape.ts';
import { findFormatters } from './formatters.ts';
import type { KnownFunction, KnownFunctions } from './known-functions.ts';
import { isLogDescriptor } from './log-descriptor.ts';
import { findLoggers } from './logger-evidence.ts';
import { findPrintedObjects } from './printed-objects.ts';
import { SentenceParts, withParts } from './sentence-parts.ts';
import { type Formatter, TextFlow, type TextMode, type TextSource } from './text-flow.ts';

export interface FoundLms {
  readonly site: CallSite;
  readonly text: string;
  readonly mode: TextMode;
  /** The known log function that is reached in the end. */
  readonly lmgf: string;
  readonly dialect: FormatDialect;
}

/** An argument of a function that gets printed. */
interface Slot {
  readonly fn: number | string;
  readonly argument: number;
  readonly mode: TextMode;
  /** The first argument that conversions take. */
  readonly values: number | undefined;
  readonly descriptor: number | undefined;
  readonly depth: number;
  readonly lmgf: string;
  readonly dialect: FormatDialect;
}

export interface LogSites {
  readonly found: readonly FoundLms[];
  /** Functions of the program that others can call by name and that print what they are given. */
  readonly exported: KnownFunctions;
}

export function findLogSites(
  program: ProgramValues,
  pointers: FunctionPointers,
  known: KnownFunctions,
  bt: number,
): LogSites {
  return new LogSiteFinder(program, pointers, known, bt).run();
}

class LogSiteFinder {
  readonly #program: ProgramValues;
  readonly #known: KnownFunctions;
  readonly #bt: number;
  readonly #flow: TextFlow;
  readonly #sentences: SentenceParts;
  readonly #callers: ReadonlyMap<number | string, readonly CallSite[]>;
  readonly #queue: Slot[] = [];
  readonly #queued = new Set<string>();
  readonly #found = new Map<string, FoundLms>();
  readonly #wrappers = new Set<number>();
  readonly #exported = new Map<string, KnownFunction>();

  constructor(program: ProgramValues, pointers: FunctionPointers, known: KnownFunctions, bt: number) {
    this.#program = program;
    this.#known = known;
    this.#bt = bt;
    this.#callers = callersOf(program, pointers);
    this.#flow = new TextFlow(program, known, findFormatters(program, known));
    this.#sentences = new SentenceParts(program, this.#flow);
  }

  run(): LogSites {
    for (const [name, known] of this.#known) {
      if (known.role === 'log' && this.#callers.has(name)) this.#addKnown(name, known);
    }
    this.#drain();
    if (this.#bt > 0) {
      const isKnown = (fn: number | string): boolean =>
        typeof fn === 'number' ? this.#wrappers.has(fn) : this.#known.has(fn);
      for (const logger of findLoggers(this.#program, this.#callers, isKnown)) {
        const lmgf = typeof logger.fn === 'number' ? 'write' : logger.fn;
        this.#add({ ...logger, descriptor: undefined, depth: 1, lmgf, dialect: 'c' });
      }
      this.#drain();
    }
    this.#addBuilt();
    return { found: [...this.#found.values()], exported: this.#exported };
  }

  /** Texts that are put together in objects. */
  #addBuilt(): void {
    const held = new HeldPointers(this.#program);
    const appenders = findAppenders(this.#program, held, this.#known);
    if (appenders.size === 0) return;
    const built = new BuiltTexts(this.#program, appenders);
    for (const object of findPrintedObjects(this.#program, held, this.#callers, this.#known, this.#bt)) {
      for (const { site, text, lmgf } of built.of(object))
        this.#emit(site, { lmgf, dialect: 'c' }, text, 'format');
    }
  }

  #addKnown(name: string, known: KnownFunction): void {
    const { format, text, values, descriptor, dialect = 'c' } = known;
    const base = { fn: name, descriptor, depth: 0, lmgf: name, dialect };
    if (format !== undefined) this.#add({ ...base, argument: format, mode: 'format', values });
    if (text !== undefined) this.#add({ ...base, argument: text, mode: 'text', values: undefined });
  }

  #add(slot: Slot): void {
    const key = `${slot.fn} ${slot.argument} ${slot.mode}`;
    if (slot.depth > this.#bt || this.#queued.has(key)) return;
    this.#queued.add(key);
    if (typeof slot.fn === 'number') this.#addWrapper(slot.fn, slot);
    this.#queue.push(slot);
  }

  #addWrapper(fn: number, { mode, argument, values, dialect }: Slot): void {
    this.#wrappers.add(fn);
    const { name, exported } = this.#program.found.functions[fn]!;
    if (name === undefined || !exported || this.#exported.has(name)) return;
    const passed = mode === 'format' ? { format: argument, values } : { text: argument };
    this.#exported.set(name, { role: 'log', ...passed, dialect });
  }

  /** Breadth first: the shortest way to a known function is the one that is named. */
  #drain(): void {
    for (let slot = this.#queue.shift(); slot !== undefined; slot = this.#queue.shift()) {
      for (const site of this.#callers.get(slot.fn) ?? []) this.#resolve(site, slot);
    }
  }

  #resolve(site: CallSite, slot: Slot): void {
    if (
      slot.descriptor !== undefined &&
      !isLogDescriptor(this.#program.values, site.args[slot.descriptor] ?? STALE)
    )
      return;
    const value = site.args[slot.argument];
    if (value === undefined) return;
    const sources = this.#flow.sources(site, value, slot.mode);
    const areNames = slot.mode === 'text' && sources.length > alternatives_max;
    for (const source of sources) if (!areNames || this.#isMessage(source)) this.#source(site, slot, source);
  }

  #source(site: CallSite, slot: Slot, source: TextSource, depth = 0): void {
    if (source.kind === 'argument') {
      this.#wrap(site, slot, source);
      return;
    }
    const text = this.#textAt(source.value);
    if (text === undefined) return;
    const own: Formatter | undefined =
      source.mode === slot.mode ? { site, values: slot.values, mode: 'text' } : undefined;
    const formatter = source.formatter ?? own;
    if (source.mode === 'format' && formatter !== undefined && depth < nesting_max) {
      if (this.#passOn(site, slot, text, formatter, depth)) return;
      if (this.#fill(site, slot, text, formatter)) return;
    }
    this.#emit(site, slot, text, source.mode);
  }

  #wrap(site: CallSite, slot: Slot, source: TextSource): void {
    const variadic = this.#program.functions[site.fn]!.variadic;
    this.#add({
      ...slot,
      fn: site.fn,
      argument: source.value,
      mode: source.mode,
      values: variadic ? source.value + 1 : undefined,
      descriptor: undefined,
      depth: slot.depth + 1,
    });
  }

  /** Whether the message is made elsewhere and `text` only puts something around it. */
  #passOn(site: CallSite, slot: Slot, text: string, formatter: Formatter, depth: number): boolean {
    if (formatter.values === undefined) return false;
    const shape = formatShape(text);
    const only = passesOn(shape);
    const texts = shape.conversions.flatMap((conversion, i) => {
      const value = conversion === 's' ? formatter.site.args[formatter.values! + i] : undefined;
      return value === undefined ? [] : [this.#flow.sources(formatter.site, value, formatter.mode)];
    });
    // A message that was formatted is what is told; without one, what stands last: a prefix stands before it.
    const messages = texts
      .flat()
      .filter((source) => source.kind === 'argument' && source.formatter !== undefined);
    const few = texts
      .map((sources) => sources.filter((source) => this.#isMessage(source)))
      .filter((sources) => sources.length > 0 && sources.length <= alternatives_max);
    const last = only ? (few.at(-1) ?? []) : [];
    const told = messages.length > 0 ? messages : last;
    // Several values side by side are a line of their own, whatever words one of them can be.
    const values =
      told.every((source) => source.kind === 'constant') && shape.conversions.length > values_max;
    if (values) return false;
    for (const source of told) {
      if (only || source.kind === 'argument')
        this.#source(site, { ...slot, mode: formatter.mode, values: undefined }, source, depth + 1);
    }
    return only && told.length > 0;
  }

  /** Whether the message was told with the parts of its sentence that are constants: of this call, or of its callers. */
  #fill(site: CallSite, slot: Slot, text: string, { site: formatting, values }: Formatter): boolean {
    if (values === undefined) return false;
    const { constant, given } = this.#sentences.of(formatting, values, text);
    const texts = withParts(text, constant);
    for (const each of texts) this.#emit(site, slot, each, 'format');
    return texts.length > 0 || this.#fillAtCallers(site, slot, text, given);
  }

  /** Of a function that is called directly alone: what it prints is then told of its callers, each with its own parts. */
  #fillAtCallers(site: CallSite, slot: Slot, text: string, given: ReadonlyMap<number, number>): boolean {
    const { addressTaken, exported } = this.#program.found.functions[site.fn]!;
    if (given.size === 0 || addressTaken || exported || slot.depth >= this.#bt) return false;
    const told = (this.#callers.get(site.fn) ?? []).map((caller) => ({
      caller,
      texts: withParts(text, this.#sentences.atCaller(caller, given)),
    }));
    if (told.every(({ texts }) => texts.length === 0)) return false;
    for (const { caller, texts } of told) {
      for (const each of texts.length > 0 ? texts : [text]) this.#emit(caller, slot, each, 'format');
    }
    return true;
  }

  #isMessage({ kind, value, mode }: TextSource): boolean {
    if (kind === 'argument') return true;
    const text = this.#textAt(value);
    // A word alone is a name or a value in somebody's line.
    return text !== undefined && (mode === 'format' || /\S\s+\S/.test(text));
  }

  #emit(
    site: CallSite,
    { lmgf, dialect }: Pick<Slot, 'lmgf' | 'dialect'>,
    text: string,
    mode: TextMode,
  ): void {
    const key = `${site.at} ${site.cameFrom ?? ''} ${text}`;
    if (!this.#found.has(key)) this.#found.set(key, { site, text, mode, lmgf, dialect });
  }

  #textAt(address: number): string | undefined {
    if (!this.#program.reader.isReadOnly(address)) return undefined;
    const text = this.#program.reader.cString(address, text_max)?.replace(/[\r\n]+$/, '');
    return text !== undefined && /[\p{L}\p{N}%]/u.test(text) ? text : undefined;
  }
}

const text_max = 4096;
const nesting_max = 4;
const values_max = 2;
/** More texts than that are the names of something, not messages. */
const alternatives_max = 16;

function callersOf({ sites }: ProgramValues, pointers: FunctionPointers): Map<number | string, CallSite[]> {
  const callers = new Map<number | string, CallSite[]>();
  const add = (key: number | string | undefined, site: CallSite): void => {
    if (key === undefined) return;
    const known = callers.get(key);
    if (known === undefined) callers.set(key, [site]);
    else known.push(site);
  };
  for (const site of sites.flat()) {
    add(site.name, site);
    if (site.callee !== undefined) add(site.callee, site);
    // What came by a structure's member may be another structure's.
    else if (site.name === undefined) {
      for (const target of pointers.held(site.fn, site.target, false)) add(target, site);
    }
  }
  return callers;
}
