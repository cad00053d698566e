/**
 * Takes one line apart, layer by layer: kernel stamp, collector's envelopes, and the format inside. It must not build
 * entries or know times; it holds only the pieces of lines that a collector has split.
 */

import type { LineFormat, ParsedLine } from './format/line-format.ts';
import { FORMATS, formatNamed } from './format/registry.ts';
import { type KernelStamp, kernelStamp } from './kernel-stamp.ts';

export interface Layers {
  readonly text: string;
  readonly byteLength: number;
  /** 1-based line of the file, and how many lines of it this took (pieces joined). */
  readonly line: number;
  readonly lines: number;
  readonly stamp: KernelStamp | undefined;
  /** How many stamps stood one after the other: more than one when two writers met. */
  readonly stamps: number;
  /** Outermost first. */
  readonly envelopes: readonly ParsedLine[];
  /** Undefined where no format knows the text. */
  readonly parsed: ParsedLine | undefined;
  readonly format: LineFormat | undefined;
  /** Names of the layers, outermost first: `kernel-stamp>docker-json>http-access`. */
  readonly chain: string;
  /** Characters that the bound on joined pieces cut off. */
  readonly cut: number;
}

/** What came of a split line, as plain data. */
export interface Pieces {
  texts: string[];
  length: number;
  byteLength: number;
  line: number;
  lines: number;
  cut: number;
  readonly first: Draft;
}

interface Draft {
  readonly stamp: KernelStamp | undefined;
  readonly stamps: number;
  readonly envelopes: readonly ParsedLine[];
  readonly chain: readonly string[];
}

interface Where {
  readonly line: number;
  readonly lines: number;
  readonly cut: number;
}

const DEPTH_MAX = 4;
/** Streams of one file whose split lines are held at once. */
const STREAMS_MAX = 256;
const INNER_STRENGTH = 0.5;
const plain = formatNamed('plain');
const innerFormats = FORMATS.filter((format) => format !== plain);

export class LayerReader {
  readonly #primary: LineFormat;
  readonly #others: readonly LineFormat[];
  readonly #maximum: number;
  readonly #pieces = new Map<string, Pieces>();

  /** `others` are tried where `primary` does not know a line; `maximum`: characters of joined pieces. */
  constructor(primary: LineFormat, others: readonly LineFormat[], maximum: number) {
    this.#primary = primary;
    this.#others = others;
    this.#maximum = maximum;
  }

  /** Undefined: a piece, held until its line is whole. */
  read(text: string, byteLength: number, line: number): Layers | undefined {
    const draft: Draft = { stamp: undefined, stamps: 0, envelopes: [], chain: [] };
    return this.#layer(text, byteLength, { line, lines: 1, cut: 0 }, draft);
  }

  /** The same for an entry that a splitter of its own has already read. */
  readParsed(
    parsed: ParsedLine,
    where: { readonly line: number; readonly lines: number },
  ): Layers | undefined {
    const draft: Draft = { stamp: undefined, stamps: 0, envelopes: [], chain: [] };
    return this.#open(parsed, this.#primary, { ...where, cut: 0 }, draft);
  }

  /** What is still held, as if it were whole; for the end of input. */
  *rest(): Generator<Layers> {
    for (const [key, pieces] of this.#pieces) {
      this.#pieces.delete(key);
      const layers = this.#join(pieces);
      if (layers !== undefined) yield layers;
    }
  }

  save(): readonly (readonly [string, Pieces])[] {
    return [...this.#pieces];
  }

  restore(saved: readonly (readonly [string, Pieces])[]): void {
    for (const [key, pieces] of saved) this.#pieces.set(key, pieces);
  }

  #layer(text: string, byteLength: number, where: Where, outer: Draft): Layers | undefined {
    const { draft, text: unstamped, skipped } = takeStamps(text, outer);
    const length = byteLength - skipped;
    const inner = draft.envelopes.length > 0;
    const readable = withoutColours(unstamped);
    if (inner && draft.envelopes.length < DEPTH_MAX) {
      const [format, parsed] = parseInner(readable);
      if (parsed.carried !== undefined) return this.#open(parsed, format, where, draft);
      return finish(unstamped, length, where, draft, format, parsed);
    }
    const [format, parsed] = this.#first(readable);
    if (format === undefined || parsed?.carried === undefined || inner) {
      return finish(unstamped, length, where, draft, format, parsed);
    }
    return this.#open(parsed, format, where, draft);
  }

  #first(text: string): readonly [LineFormat, ParsedLine] | readonly [undefined, undefined] {
    const known = this.#primary.parse(text);
    if (known !== undefined) return [this.#primary, known];
    for (const format of this.#others) {
      const parsed = format.parse(text);
      if (parsed !== undefined && (parsed.strength ?? 1) >= INNER_STRENGTH) return [format, parsed];
    }
    return [undefined, undefined];
  }

  #open(envelope: ParsedLine, format: LineFormat, where: Where, outer: Draft): Layers | undefined {
    const carried = envelope.carried!;
    const key = `${outer.chain.join('>')}>${format.name}/${carried.stream}`;
    const held = this.#pieces.get(key);
    if (held === undefined && !carried.partial) {
      const draft = under(outer, envelope, format);
      return this.#layer(carried.text, carried.byteLength, where, draft);
    }
    const pieces = held ?? {
      texts: [],
      length: 0,
      byteLength: 0,
      line: where.line,
      lines: 0,
      cut: 0,
      first: under(outer, envelope, format),
    };
    const kept = carried.text.slice(0, this.#maximum - pieces.length);
    pieces.texts.push(kept);
    pieces.length += kept.length;
    pieces.cut += carried.text.length - kept.length;
    pieces.byteLength += carried.byteLength;
    pieces.lines += where.lines;
    this.#pieces.set(key, pieces);
    if (carried.partial && this.#pieces.size <= STREAMS_MAX) return undefined;
    const [done, whole] = carried.partial ? this.#pieces.entries().next().value! : ([key, pieces] as const);
    this.#pieces.delete(done);
    return this.#join(whole);
  }

  #join(pieces: Pieces): Layers | undefined {
    return this.#layer(pieces.texts.join(''), pieces.byteLength, pieces, pieces.first);
  }
}

/** Terminal colour and cursor sequences (ECMA-48 CSI), which loggers for terminals put around level and name. */
export function withoutColours(text: string): string {
  return text.includes('\u001b') ? text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '') : text;
}

function takeStamps(text: string, outer: Draft) {
  let stamp = kernelStamp(text);
  if (stamp === undefined) return { draft: outer, text, skipped: 0 };
  let rest = text;
  let [skipped, stamps, last] = [0, 0, stamp];
  while (stamp !== undefined) {
    last = stamp;
    stamps++;
    skipped += stamp.length;
    rest = rest.slice(stamp.length);
    stamp = kernelStamp(rest);
  }
  const draft: Draft = { ...outer, stamp: last, stamps, chain: [...outer.chain, 'kernel-stamp'] };
  return { draft, text: rest, skipped };
}

function under(outer: Draft, envelope: ParsedLine, format: LineFormat): Draft {
  return { ...outer, envelopes: [...outer.envelopes, envelope], chain: [...outer.chain, format.name] };
}

function parseInner(text: string): readonly [LineFormat, ParsedLine] {
  for (const format of innerFormats) {
    const parsed = format.parse(text);
    if (parsed !== undefined && (parsed.strength ?? 1) >= INNER_STRENGTH) return [format, parsed];
  }
  return [plain, plain.parse(text)!];
}

function finish(
  text: string,
  byteLength: number,
  where: Where,
  draft: Draft,
  format: LineFormat | undefined,
  parsed: ParsedLine | undefined,
): Layers {
  const { line, lines, cut } = where;
  const chain = [...draft.chain, format?.name ?? 'unknown'].join('>');
  return { ...draft, text, byteLength, line, lines, cut, format, parsed, chain };
}
