/**
 * Lines of logs as columns: a table of shapes, which of them each line has, and the values of holes that stand behind
 * the same words together, whatever the shape. Three pieces: what is in it, numbers, texts; so that a question unpacks
 * what it needs. It must not know where segments are kept.
 *
 * Layout: varints of the lengths of the pieces and of the filter · what is in it · filter · numbers · texts.
 */
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import {
  type Hole,
  hole,
  parameter,
  parseShape,
  type Shape,
  type ValueKind,
  valueKinds,
} from '../../core/line/hole.ts';
import { valuesOf } from '../../core/line/line-condition.ts';
import { printValue, shapeLine } from '../../core/line/line-shape.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { ByteReader, ByteWriter } from '../embedded/bytes.ts';
import { readIntegers, writeIntegers } from './int-column.ts';
import { readTexts, writeTexts } from './text-column.ts';
import { filterKey, valueFilter } from './value-filter.ts';

/** Lines of more characters are one text. */
const shaped_chars_max = 8_192;
/** Shapes of a segment; lines of further ones are one text. */
const shapes_count_max = 4_096;
/** Characters of what stands before a hole by which its column is known. */
const before_chars_max = 16;
/** Pieces of at most so many bytes are packed with more care. */
const careful_bytes_max = 1 << 18;

export interface SegmentStream {
  readonly stream: string;
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Parts of lines, and lines. */
  readonly rows: number;
  readonly lines: number;
  readonly bytes: number;
}

export interface ColumnHead {
  readonly code: number;
  readonly detail: number;
  readonly kind: ValueKind;
  readonly count: number;
  /** Of numeric ones. */
  readonly least: number;
  readonly greatest: number;
  /** Of texts: kinds of values in them. */
  readonly inner: readonly ValueKind[];
}

interface Column {
  readonly hole: Hole;
  readonly values: (number | string)[];
}

/** `lines` in order, and none twice. */
export function packLines(lines: readonly LogLine[]): Uint8Array {
  const columns = new Map<string, Column>();
  const shapes = new Map<string, { readonly id: number; readonly columns: readonly Column[] }>();
  const ofLines: number[] = [];
  for (const { text } of lines) {
    const { shape, values } = shapeOf(text, shapes);
    let known = shapes.get(shape);
    if (known === undefined) {
      known = { id: shapes.size, columns: parseShape(shape).holes.map((each) => columnOf(columns, each)) };
      shapes.set(shape, known);
    }
    ofLines.push(known.id);
    for (let i = 0; i < values.length; i++) known.columns[i]!.values.push(values[i]!);
  }
  const numbers = new ByteWriter();
  writeTextList(numbers, [...shapes.keys()]);
  writeIntegers(numbers, ofLines);
  writeIntegers(numbers, numberSteps(lines));
  writeIntegers(
    numbers,
    lines.map(({ part }) => part),
  );
  const texts = new ByteWriter();
  const found = new Set<string>();
  const head = new ByteWriter();
  writeStreams(head, streamsOf(lines));
  head.varint(columns.size);
  for (const { hole: of, values } of columns.values()) {
    writeColumnHead(head, of, values, found);
    if (of.isNumeric) writeIntegers(numbers, values as number[]);
    else writeTexts(texts, values as string[]);
  }
  const filter = valueFilter(found);
  const pieces = [packed(head.copy()), filter, packed(numbers.copy()), packed(texts.copy())];
  const out = new ByteWriter();
  for (const piece of pieces) out.varint(piece.length);
  for (const piece of pieces) out.append(piece);
  return out.copy();
}

/** Reads a segment, a piece at a time. */
export class LineSegment {
  readonly streams: readonly SegmentStream[];
  readonly columns: readonly ColumnHead[];
  readonly filter: Uint8Array;
  readonly #numbersAt: number;
  readonly #textsAt: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const reader = new ByteReader(bytes);
    const [headLength, filterLength, numbersLength] = [reader.varint(), reader.varint(), reader.varint()];
    reader.varint();
    const filterAt = reader.at + headLength;
    this.#numbersAt = filterAt + filterLength;
    this.#textsAt = this.#numbersAt + numbersLength;
    this.filter = bytes.subarray(filterAt, this.#numbersAt);
    const head = new ByteReader(unpacked(bytes.subarray(reader.at, filterAt)));
    this.streams = readStreams(head);
    const count = head.varint();
    this.columns = Array.from({ length: count }, () => readColumnHead(head));
  }

  get rows(): number {
    return this.streams.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Shapes, rows and numeric columns. */
  numbers(): SegmentRows {
    const reader = new ByteReader(unpacked(this.#bytes.subarray(this.#numbersAt, this.#textsAt)));
    const shapes = readTextList(reader).map(parseShape);
    const ofLines = readIntegers(reader, this.rows);
    const steps = readIntegers(reader, this.rows);
    const parts = readIntegers(reader, this.rows);
    const keys = new Map<string, number>();
    const columnsOf = shapes.map(({ holes }) =>
      holes.map((each) => {
        const key = columnKey(each);
        if (!keys.has(key)) keys.set(key, keys.size);
        return keys.get(key)!;
      }),
    );
    const values = this.columns.map((column) =>
      isNumeric(column) ? readIntegers(reader, column.count) : undefined,
    );
    return { shapes, ofLines, steps, parts, columnsOf, values };
  }

  /** Values of the columns that are not numeric, by column. */
  texts(): readonly (readonly string[] | undefined)[] {
    const reader = new ByteReader(unpacked(this.#bytes.subarray(this.#textsAt)));
    return this.columns.map((column) => (isNumeric(column) ? undefined : readTexts(reader, column.count)));
  }
}

export interface SegmentRows {
  readonly shapes: readonly Shape[];
  /** Of each line, its place in `shapes`. */
  readonly ofLines: readonly number[];
  /** From the number of the line before, or of the stream's first. */
  readonly steps: readonly number[];
  readonly parts: readonly number[];
  /** Of each shape, the columns of its holes. */
  readonly columnsOf: readonly (readonly number[])[];
  readonly values: readonly (readonly number[] | undefined)[];
}

/** All lines of a segment, in order; only those at `wanted` places where given. */
export function unpackLines(segment: LineSegment, wanted?: ReadonlySet<number>): LogLine[] {
  const { shapes, ofLines, steps, parts, columnsOf, values } = segment.numbers();
  const texts = segment.texts();
  const cursors = new Uint32Array(segment.columns.length);
  const lines: LogLine[] = [];
  let row = 0;
  for (const { stream, name, first, rows } of segment.streams) {
    let number = first;
    for (let end = row + rows; row < end; row++) {
      number += steps[row]!;
      const { holes, end: rest } = shapes[ofLines[row]!]!;
      const columns = columnsOf[ofLines[row]!]!;
      const isWanted = wanted === undefined || wanted.has(row);
      let text = '';
      for (let i = 0; i < holes.length; i++) {
        const column = columns[i]!;
        const at = cursors[column]!++;
        if (!isWanted) continue;
        const { before, code, detail } = holes[i]!;
        text += before + printValue(code, detail, (values[column] ?? texts[column]!)[at]!);
      }
      if (isWanted) lines.push({ stream, name, number, part: parts[row]!, text: text + rest });
    }
  }
  return lines;
}

const oneText = String.fromCharCode(hole.text);

function shapeOf(text: string, known: ReadonlyMap<string, unknown>) {
  const shaped = text.length > shaped_chars_max ? undefined : shapeLine(text);
  if (shaped !== undefined && (known.size < shapes_count_max || known.has(shaped.shape))) return shaped;
  return { shape: oneText, values: [text] };
}

function columnKey({ code, detail, before }: Hole): string {
  return String.fromCharCode(code, parameter + detail) + before.slice(-before_chars_max);
}

function columnOf(columns: Map<string, Column>, of: Hole): Column {
  const key = columnKey(of);
  const column = columns.get(key) ?? { hole: of, values: [] };
  columns.set(key, column);
  return column;
}

function isNumeric({ code }: { readonly code: number }): boolean {
  return (
    code === hole.number ||
    code === hole.digits ||
    code === hole.decimal ||
    code === hole.time ||
    code === hole.address4
  );
}

function streamsOf(lines: readonly LogLine[]): SegmentStream[] {
  const streams: { -readonly [K in keyof SegmentStream]: SegmentStream[K] }[] = [];
  for (const { stream, name, number, part, text } of lines) {
    let last = streams.at(-1);
    if (last?.stream !== stream) {
      last = { stream, name, first: number, last: number, rows: 0, lines: 0, bytes: 0 };
      streams.push(last);
    }
    last.name = name;
    last.last = number;
    last.rows++;
    if (part === 0) last.lines++;
    last.bytes += text.length;
  }
  return streams;
}

function numberSteps(lines: readonly LogLine[]): number[] {
  return lines.map(({ stream, number }, i) => {
    const before = lines[i - 1];
    return before?.stream === stream ? number - before.number : 0;
  });
}

function writeStreams(out: ByteWriter, streams: readonly SegmentStream[]): void {
  writeTextList(
    out,
    streams.flatMap(({ stream, name }) => [stream, name]),
  );
  for (const { first, last, rows, lines, bytes } of streams)
    for (const value of [first, last - first, rows, rows - lines, bytes]) out.varint(value);
}

function readStreams(from: ByteReader): SegmentStream[] {
  const texts = readTextList(from);
  return Array.from({ length: texts.length / 2 }, (_, i) => {
    const first = from.varint();
    const last = first + from.varint();
    const rows = from.varint();
    const lines = rows - from.varint();
    return { stream: texts[2 * i]!, name: texts[2 * i + 1]!, first, last, rows, lines, bytes: from.varint() };
  });
}

/** Notes in `found` what the filter is to know. */
function writeColumnHead(
  out: ByteWriter,
  of: Hole,
  values: readonly (number | string)[],
  found: Set<string>,
): void {
  out.varint(of.code - hole.number);
  out.varint(of.detail);
  out.varint(values.length);
  if (of.isNumeric) {
    const numbers = values as readonly number[];
    const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    out.varint(least);
    out.varint(numbers.reduce((a, b) => Math.max(a, b), 0) - least);
    if (of.code === hole.address4)
      for (const value of new Set(numbers)) found.add(filterKey('address', printValue(of.code, 0, value)));
    return;
  }
  let inner = 0;
  for (const value of new Set(values as readonly string[])) {
    if (of.code !== hole.text) {
      found.add(filterKey(of.kind, value));
      continue;
    }
    for (const each of valuesOf(value)) {
      inner |= 1 << valueKinds.indexOf(each.kind);
      if (each.kind === 'address' || each.kind === 'id' || each.kind === 'path')
        found.add(filterKey(each.kind, printValue(each.code, each.detail, each.value)));
    }
  }
  out.varint(inner);
}

function readColumnHead(from: ByteReader): ColumnHead {
  const code = from.varint() + hole.number;
  const detail = from.varint();
  const count = from.varint();
  const { kind, isNumeric: numeric } = parseShape(String.fromCharCode(code, parameter + detail)).holes[0]!;
  const least = numeric ? from.varint() : 0;
  const greatest = numeric ? least + from.varint() : 0;
  const mask = numeric ? 0 : from.varint();
  const inner = valueKinds.filter((_, i) => (mask & (1 << i)) !== 0);
  return { code, detail, kind, count, least, greatest, inner };
}

/** Texts of any characters. */
function writeTextList(out: ByteWriter, texts: readonly string[]): void {
  out.varint(texts.length);
  for (const text of texts) {
    const bytes = Buffer.from(text, 'utf8');
    out.varint(bytes.length);
    out.append(bytes);
  }
}

function readTextList(from: ByteReader): string[] {
  return Array.from({ length: from.varint() }, () => {
    const length = from.varint();
    const start = from.at;
    from.at += length;
    return Buffer.from(from.bytes.subarray(start, from.at)).toString('utf8');
  });
}

const method = { brotli: 0, zstd: 1 } as const;

function packed(bytes: Uint8Array): Uint8Array {
  const isSmall = bytes.length <= careful_bytes_max;
  const body = isSmall
    ? brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
    : zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
  const out = new Uint8Array(body.length + 1);
  out[0] = isSmall ? method.brotli : method.zstd;
  out.set(body, 1);
  return out;
}

function unpacked(bytes: Uint8Array): Uint8Array {
  const body = bytes.subarray(1);
  return bytes[0] === method.brotli ? brotliDecompressSync(body) : zstdDecompressSync(body);
}
