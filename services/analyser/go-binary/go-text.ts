/**
 * What a call in Go is given to print: a text is a place and a length, a value is a type and a place, and both may
 * stand in words on the stack. It must not know which calls print.
 */
import { type Message, messageOf, type Piece } from '../source/message/message.ts';
import { percentFormat } from '../source/message/template.ts';
import type { CallSite, ProgramValues } from '../value/program-values.ts';
import { Atom, UNKNOWN } from '../value/value-table.ts';
import type { GoMode, GoWords } from './known-functions.ts';

/** Two words of a call that are a text or a slice, or arguments of the function that they come from. */
export interface Found {
  readonly messages: readonly Message[];
  /** Words that the function's caller gives. */
  readonly arguments: readonly GoWords[];
}

const text_bytes_max = 4_096;
const values_max = 16;
const hops_max = 4;
const unknown: Piece = { conversion: '%s' };
const openValues = { positional: [], named: new Map(), isOpen: true };
const concatenation = /^runtime\.concatstring([2-5])$/;
const formatters: ReadonlyMap<string, { readonly mode: GoMode; readonly spaced: boolean }> = new Map([
  ['fmt.Sprintf', { mode: 'format', spaced: false }],
  ['fmt.Sprint', { mode: 'values', spaced: false }],
  ['fmt.Sprintln', { mode: 'values', spaced: true }],
]);

export class GoText {
  readonly #program: ProgramValues;

  constructor(program: ProgramValues) {
    this.#program = program;
  }

  at(site: CallSite, { at, mode, spaced = false }: GoWords): Found {
    return this.#read(site, site.args[at] ?? UNKNOWN, site.args[at + 1] ?? UNKNOWN, mode, spaced, 0);
  }

  #read(site: CallSite, first: number, second: number, mode: GoMode, spaced: boolean, hops: number): Found {
    const { values } = this.#program;
    if (mode === 'closure') return this.#closure(site, first, hops);
    if (values.kind(first) === Atom.argument) {
      return { messages: [], arguments: [{ at: values.a(first), mode, spaced }] };
    }
    if (mode === 'values') return this.#values(site, first, second, spaced);
    if (values.kind(first) === Atom.result) return this.#made(values.a(first), mode, hops);
    const text = this.textOf(first, second);
    if (text === undefined) return found(undefined);
    return mode === 'text' ? found(messageOf(text)) : { messages: formatted(text), arguments: [] };
  }

  /** A constant, or a variable that has a text from the start. */
  textOf(place: number, length: number): string | undefined {
    const { values, reader } = this.#program;
    const at = values.a(place);
    if (values.kind(place) === Atom.constant && values.kind(length) === Atom.constant) {
      return this.#textAt(at, values.a(length));
    }
    if (values.kind(place) !== Atom.global || values.kind(length) !== Atom.global) return undefined;
    if (values.a(length) !== at + 8) return undefined;
    return this.#textAt(reader.readU64(at) ?? 0, reader.readU64(at + 8) ?? 0);
  }

  /** The function's own address stands first, then what it was made with. */
  #closure(site: CallSite, place: number, hops: number): Found {
    const { values, found: functions } = this.#program;
    const words = this.#wordsAt(site, place);
    const [code, first, second] = words ?? [];
    if (code === undefined || first === undefined || second === undefined) return found(undefined);
    const index = functions.byAddress.get(values.a(code));
    const name = index === undefined ? '' : (functions.functions[index]!.name ?? '');
    const mode = /(?:Print|Fatal|Panic)(?:ln)?\.func/.test(name) ? 'values' : 'format';
    return this.#read(site, first, second, mode, /ln\.func/.test(name), hops);
  }

  /** A slice of values on the stack: constants among them are told, others are holes. */
  #values(site: CallSite, place: number, count: number, spaced: boolean): Found {
    const { values } = this.#program;
    const words = this.#wordsAt(site, place);
    if (words === undefined || values.kind(count) !== Atom.constant) return found(undefined);
    const given: GoWords[] = [];
    const pieces: Piece[] = [];
    for (let i = 0; i < Math.min(values.a(count), values_max); i++) {
      if (i > 0 && spaced) pieces.push(' ');
      const value = this.#value(words[2 * i + 1] ?? UNKNOWN);
      if (typeof value === 'number') given.push({ at: value, mode: 'text' });
      pieces.push(typeof value === 'string' ? value : unknown);
    }
    // Where all words are somebody else's, they are told where they come from.
    const says = pieces.some((piece) => typeof piece === 'string' && /[\p{L}\p{N}]/u.test(piece));
    return says ? found(joined(pieces)) : { messages: [], arguments: given };
  }

  /** The text that a value is, or which argument of the function, as far as that is known. */
  #value(data: number): string | number | undefined {
    const { values, reader, sitesAt } = this.#program;
    if (values.kind(data) === Atom.constant) {
      const header = values.a(data);
      return this.#textAt(reader.readU64(header) ?? 0, reader.readU64(header + 8) ?? 0);
    }
    const made = values.kind(data) === Atom.result ? sitesAt.get(values.a(data))?.[0] : undefined;
    if (made?.name !== 'runtime.convTstring') return undefined;
    const [place = UNKNOWN, length = UNKNOWN] = made.args;
    return values.kind(place) === Atom.argument ? values.a(place) : this.textOf(place, length);
  }

  /** By a call that makes a text of others. */
  #made(operation: number, mode: GoMode, hops: number): Found {
    const site = this.#program.sitesAt.get(operation)?.[0];
    if (site === undefined || hops >= hops_max) return found(undefined);
    const formatter = formatters.get(site.name ?? '');
    const [first = UNKNOWN, second = UNKNOWN] = site.args;
    if (formatter !== undefined)
      return this.#read(site, first, second, formatter.mode, formatter.spaced, hops + 1);
    const count = concatenation.exec(site.name ?? '')?.[1];
    if (count === undefined) return found(undefined);
    const pieces = Array.from({ length: Number(count) }, (_, i): Message => {
      // The first word is a buffer.
      const text = this.textOf(site.args[1 + 2 * i] ?? UNKNOWN, site.args[2 + 2 * i] ?? UNKNOWN);
      if (text === undefined) return [unknown];
      return mode === 'format' ? (formatted(text)[0] ?? []) : messageOf(text);
    });
    return found(joined(pieces.flat()));
  }

  #wordsAt(site: CallSite, place: number): readonly number[] | undefined {
    const { values } = this.#program;
    return values.kind(place) === Atom.stack ? site.pointed?.get(values.a(place)) : undefined;
  }

  #textAt(address: number, length: number): string | undefined {
    const { reader } = this.#program;
    if (length < 1 || length > text_bytes_max || !reader.isReadOnly(address)) return undefined;
    const bytes = reader.bytesAt(address, length);
    return bytes === undefined ? undefined : plainText(bytes);
  }
}

function found(message: Message | undefined): Found {
  return { messages: message === undefined ? [] : [message], arguments: [] };
}

function formatted(text: string): readonly Message[] {
  return percentFormat(text, openValues, 'go').messages;
}

function joined(pieces: readonly Piece[]): Message {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') all[all.length - 1] = last + piece;
    else all.push(piece);
  }
  return all;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined where the bytes are no text that a program prints. */
function plainText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    return /[^\P{Cc}\n\t\r\u001b]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
