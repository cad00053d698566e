/**
 * Lines of logs as columns, in three pieces: what is in the segment, numbers, texts; so that a question unpacks what it
 * needs. It must not know where segments are kept.
 *
 * Layout: varints of the lengths of the pieces and of the filter · what is in it · filter · numbers · texts.
 */
import { hole, parameter, parseShape, type ValueKind, valueKinds } from '../../core/line/hole.ts';
import { valuesOf } from '../../core/line/line-condition.ts';
import { printValue } from '../../core/line/line-shape.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { ByteReader, ByteWriter } from '../embedded/bytes.ts';
import { readIntegers, writeIntegers } from './int-column.ts';
import { packPiece, unpackPiece } from './piece.ts';
import { readTextList, writeTextList } from './text-list.ts';
import {
  type Column,
  printTable,
  readNumbers,
  readOthers,
  readRows,
  type TableRows,
  writeTable,
} from './text-table.ts';
import { filterKey, valueFilter } from './value-filter.ts';

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
  /** Of numeric ones. */
  readonly least: number;
  readonly greatest: number;
  /** Of texts: kinds of values in them. */
  readonly inner: readonly ValueKind[];
}

/** Columns are found in sooner: whole lines must be so much smaller. */
const whole_gain_min = 1.05;

/** `lines` in order, and none twice. */
export function packLines(lines: readonly LogLine[]): Uint8Array {
  const { bytes, sharesShapes } = packedAs(lines, false);
  if (sharesShapes) return bytes;
  const whole = packedAs(lines, true);
  return whole.bytes.length * whole_gain_min < bytes.length ? whole.bytes : bytes;
}

function packedAs(lines: readonly LogLine[], isWhole: boolean) {
  const [numbers, texts, head] = [new ByteWriter(), new ByteWriter(), new ByteWriter()];
  writeIntegers(numbers, numberSteps(lines));
  writeIntegers(
    numbers,
    lines.map(({ part }) => part),
  );
  const given = lines.map(({ text }) => text);
  const { columns, sharesShapes } = writeTable(numbers, texts, given, isWhole);
  writeStreams(head, streamsOf(lines));
  head.varint(columns.length);
  const found = new Set<string>();
  for (const column of columns) writeColumnHead(head, column, found);
  const filter = valueFilter(found);
  const pieces = [packPiece(head.copy()), filter, packPiece(numbers.copy()), packPiece(texts.copy())];
  const out = new ByteWriter();
  for (const piece of pieces) out.varint(piece.length);
  for (const piece of pieces) out.append(piece);
  return { bytes: out.copy(), sharesShapes };
}

/** Reads a segment, a piece at a time. */
export class LineSegment {
  readonly streams: readonly SegmentStream[];
  readonly columns: readonly ColumnHead[];
  readonly filter: Uint8Array;
  /** How often its numbers and its texts were unpacked. */
  readonly unpacked = { numbers: 0, texts: 0 };
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
    const head = new ByteReader(unpackPiece(bytes.subarray(reader.at, filterAt)));
    this.streams = readStreams(head);
    const count = head.varint();
    this.columns = Array.from({ length: count }, () => readColumnHead(head));
  }

  get rows(): number {
    return this.streams.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Rows and the values of numeric columns. */
  numbers(): SegmentRows {
    this.unpacked.numbers++;
    const reader = new ByteReader(unpackPiece(this.#bytes.subarray(this.#numbersAt, this.#textsAt)));
    const steps = readIntegers(reader, this.rows);
    const parts = readIntegers(reader, this.rows);
    const table = readRows(reader, this.rows);
    return { steps, parts, table, values: readNumbers(reader, table) };
  }

  /** Values of the other columns, by column. */
  texts({ table }: SegmentRows): readonly (readonly string[] | undefined)[] {
    this.unpacked.texts++;
    return readOthers(new ByteReader(unpackPiece(this.#bytes.subarray(this.#textsAt))), table);
  }
}

export interface SegmentRows {
  /** From the number of the line before, or of the stream's first. */
  readonly steps: readonly number[];
  readonly parts: readonly number[];
  readonly table: TableRows;
  /** By column; undefined for those that are not numeric. */
  readonly values: readonly (readonly number[] | undefined)[];
}

/** All lines of a segment, in order; only those at `wanted` places where given. */
export function unpackLines(segment: LineSegment, wanted?: ReadonlySet<number>): LogLine[] {
  const rows = segment.numbers();
  const printed = printTable(rows.table, rows.values, segment.texts(rows), wanted);
  const lines: LogLine[] = [];
  let row = 0;
  for (const { stream, name, first, rows: count } of segment.streams) {
    let number = first;
    for (let end = row + count; row < end; row++) {
      number += rows.steps[row]!;
      const text = printed.next().value as string | undefined;
      if (text !== undefined) lines.push({ stream, name, number, part: rows.parts[row]!, text });
    }
  }
  return lines;
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
function writeColumnHead(out: ByteWriter, { hole: of, values }: Column, found: Set<string>): void {
  out.varint(of.code - hole.number);
  out.varint(of.detail);
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
  const { kind, isNumeric: numeric } = parseShape(String.fromCharCode(code, parameter + detail)).holes[0]!;
  const least = numeric ? from.varint() : 0;
  const greatest = numeric ? least + from.varint() : 0;
  const mask = numeric ? 0 : from.varint();
  const inner = valueKinds.filter((_, i) => (mask & (1 << i)) !== 0);
  return { code, detail, kind, least, greatest, inner };
}
