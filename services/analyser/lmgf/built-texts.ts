/**
 * Texts that a function puts together piece by piece in an object that is printed: every way through the function is
 * one, but that ways which differ in no word are one text with a value there. It must not know how appenders and
 * printed objects were found.
 */
import { reversePostorder } from '../cfg/reverse-postorder.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom, STALE } from '../value/value-table.ts';
import { type Appender, singleOf } from './appenders.ts';
import { PartialText } from './partial-text.ts';
import type { PrintedObject } from './printed-objects.ts';

export interface BuiltText {
  /** The call that prints it, or, where a caller does, the first that has the object. */
  readonly site: CallSite;
  /** A format. */
  readonly text: string;
  readonly lmgf: string;
}

/** What a call does to the text of an object. */
type Step =
  | { readonly kind: 'append'; readonly site: CallSite; readonly pieces: readonly string[] }
  | { readonly kind: 'print'; readonly site: CallSite };

/** Of partial texts at one place; more than that are one value. */
const texts_max = 512;
const piece_bytes_max = 1024;
const choices_max = 16;

export class BuiltTexts {
  readonly #program: ProgramValues;
  readonly #appenders: ReadonlyMap<number, Appender>;

  constructor(program: ProgramValues, appenders: ReadonlyMap<number, Appender>) {
    this.#program = program;
    this.#appenders = appenders;
  }

  *of(object: PrintedObject): Generator<BuiltText> {
    const fns = object.fn === undefined ? this.#program.sites.keys() : [object.fn];
    for (const fn of fns) yield* this.#builtBy(fn, object);
  }

  *#builtBy(fn: number, object: PrintedObject): Generator<BuiltText> {
    const calls = this.#program.sites[fn]!;
    const steps = new Map<number, Step[]>();
    let count = 0;
    for (const site of calls) {
      const step = this.#step(site, object);
      if (step === undefined) continue;
      if (step.kind === 'append') count++;
      const known = steps.get(site.block);
      if (known === undefined) steps.set(site.block, [step]);
      else known.push(step);
    }
    if (count === 0) return;
    const { printed, left } = this.#walk(fn, steps);
    for (const [site, texts] of printed) yield* builtOf(site, texts, object.lmgf);
    const isPrintedByCaller = printed.size === 0 || object.fn === undefined;
    const first = calls.find(({ args }) => args.some((arg) => singleOf(this.#program, arg) === object.atom));
    if (isPrintedByCaller && first !== undefined) yield* builtOf(first, left, object.lmgf);
  }

  #step(site: CallSite, { atom, printedAt }: PrintedObject): Step | undefined {
    if (printedAt.has(site.at)) return { kind: 'print', site };
    const appender = site.callee === undefined ? undefined : this.#appenders.get(site.callee);
    if (appender === undefined || singleOf(this.#program, site.args[appender.object] ?? STALE) !== atom)
      return undefined;
    return { kind: 'append', site, pieces: this.#pieces(site, appender) };
  }

  #pieces({ args }: CallSite, { text, isCharacter }: Appender): string[] {
    const { values, reader } = this.#program;
    const members = text === undefined ? [] : values.members(args[text] ?? STALE);
    const pieces = members.map((atom) => {
      if (values.kind(atom) !== Atom.constant) return undefined;
      const a = values.a(atom);
      if (isCharacter) return a > 0 && a < 0x7f ? String.fromCharCode(a) : undefined;
      return reader.isReadOnly(a) ? reader.cString(a, piece_bytes_max) : undefined;
    });
    const isKnown = pieces.length > 0 && pieces.length <= choices_max && !pieces.includes(undefined);
    return isKnown ? pieces.map((piece) => piece!.replaceAll('%', '%%')) : ['%s'];
  }

  /** Along every way but backwards. */
  #walk(fn: number, steps: ReadonlyMap<number, readonly Step[]>) {
    const { successors, leaves } = this.#program.graph(fn);
    const { order, place } = reversePostorder(successors);
    const before = new Map<number, PartialTexts>([[0, new PartialTexts([PartialText.empty])]]);
    const printed = new Map<CallSite, PartialTexts>();
    const left = new PartialTexts([]);
    for (const block of order) {
      const came = before.get(block);
      if (came === undefined) continue;
      const texts = came.after(steps.get(block) ?? [], printed);
      if (leaves[block]) left.addAll(texts);
      for (const next of successors[block]!) {
        if (place[next]! <= place[block]!) continue;
        const known = before.get(next);
        if (known === undefined) before.set(next, new PartialTexts(texts.all()));
        else known.addAll(texts);
      }
      before.delete(block);
    }
    return { printed, left };
  }
}

function* builtOf(site: CallSite, texts: PartialTexts, lmgf: string): Generator<BuiltText> {
  for (const each of texts.all()) {
    const text = each.format().replace(/[\r\n]+$/, '');
    if (each.hasWord) yield { site, text, lmgf };
  }
}

/** Partial texts, one for each row of words. */
class PartialTexts {
  readonly #texts = new Map<string, PartialText>();

  constructor(texts: Iterable<PartialText>) {
    for (const text of texts) this.#add(text);
  }

  all(): Iterable<PartialText> {
    return this.#texts.values();
  }

  addAll(others: PartialTexts): void {
    for (const text of others.all()) this.#add(text);
  }

  after(steps: readonly Step[], printed: Map<CallSite, PartialTexts>): PartialTexts {
    let texts: PartialTexts = this;
    for (const step of steps) {
      if (step.kind === 'print') {
        const known = printed.get(step.site);
        if (known === undefined) printed.set(step.site, texts);
        else known.addAll(texts);
        texts = new PartialTexts([PartialText.empty]);
      } else {
        const pieces = step.pieces.flatMap((piece) => [...texts.all()].map((text) => text.with(piece)));
        texts = new PartialTexts(pieces);
      }
    }
    return texts;
  }

  #add(text: PartialText): void {
    const known = this.#texts.get(text.key);
    if (known !== undefined) this.#texts.set(text.key, known.or(text));
    else if (this.#texts.size < texts_max) this.#texts.set(text.key, text);
    else {
      const any = PartialText.empty.with('%s');
      this.#texts.clear();
      this.#texts.set(any.key, any);
    }
  }
}
