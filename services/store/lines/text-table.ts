/**
 * Texts of bytes as a table of shapes, which of them each text has, and columns of the values in their holes. Values of
 * holes that stand behind the same words stand together, whatever the shape. It must not know what the texts are.
 */
import { type Hole, hole, parameter, parseShape, type Shape } from '../../core/line/hole.ts';
import { printValue, shapeLine } from '../../core/line/line-shape.ts';
import { ByteReader, ByteWriter } from '../embedded/bytes.ts';
import { readIntegers, writeIntegers } from './int-column.ts';
import { packPiece, unpackPiece } from './piece.ts';
import { readTexts, writeTexts } from './text-column.ts';
import { readTextList, writeTextList } from './text-list.ts';

/** Texts of more characters have no holes. */
const shaped_chars_max = 8_192;
/** Shapes of a table; texts of further ones have no holes. */
const shapes_count_max = 4_096;
/** Characters of what stands before a hole by which its column is known. */
const before_chars_max = 16;

export interface Column {
  readonly hole: Hole;
  readonly values: readonly (number | string)[];
}

export interface TableRows {
  readonly shapes: readonly Shape[];
  /** Of each row, its place in `shapes`. */
  readonly ofRows: readonly number[];
  /** Of each shape, the columns of its holes. */
  readonly columnsOf: readonly (readonly number[])[];
  readonly columns: readonly { readonly hole: Hole; readonly count: number }[];
}

/** By column. */
export type Values = readonly (readonly (number | string)[] | undefined)[];

/** Texts that share no shapes are packed better whole: so many of them have one of their own. */
const shapes_share_max = 1 / 16;

/**
 * Shapes and rows go to `numbers`, and then the columns, those of texts to `texts`. Gives the columns. `isWhole`: no text
 * is taken apart.
 */
export function writeTable(
  numbers: ByteWriter,
  texts: ByteWriter,
  given: readonly string[],
  isWhole = false,
): { readonly columns: readonly Column[]; readonly sharesShapes: boolean } {
  const columns = new Map<string, { hole: Hole; values: (number | string)[] }>();
  const columnOf = (of: Hole) => {
    const key = columnKey(of);
    const column = columns.get(key) ?? { hole: of, values: [] };
    columns.set(key, column);
    return column;
  };
  const shapes = new Map<string, { readonly id: number; readonly columns: ReturnType<typeof columnOf>[] }>();
  const ofRows = given.map((text) => {
    const { shape, values } = isWhole ? { shape: oneText, values: [text] } : shapeOf(text, shapes);
    let known = shapes.get(shape);
    if (known === undefined) {
      known = { id: shapes.size, columns: parseShape(shape).holes.map(columnOf) };
      shapes.set(shape, known);
    }
    for (let i = 0; i < values.length; i++) known.columns[i]!.values.push(values[i]!);
    return known.id;
  });
  writeTextList(numbers, [...shapes.keys()]);
  writeIntegers(numbers, ofRows);
  const all = [...columns.values()];
  for (const { hole: of, values } of all)
    if (of.isNumeric) writeIntegers(numbers, values as number[]);
    else writeTexts(texts, values as string[]);
  return { columns: all, sharesShapes: shapes.size <= given.length * shapes_share_max };
}

export function readRows(numbers: ByteReader, count: number): TableRows {
  const shapes = readTextList(numbers).map(parseShape);
  const ofRows = readIntegers(numbers, count);
  const keys = new Map<string, number>();
  const columns: { hole: Hole; count: number }[] = [];
  const columnsOf = shapes.map(({ holes }) =>
    holes.map((each) => {
      const key = columnKey(each);
      const known = keys.get(key);
      if (known !== undefined) return known;
      keys.set(key, columns.length);
      return columns.push({ hole: each, count: 0 }) - 1;
    }),
  );
  for (const shape of ofRows) for (const column of columnsOf[shape]!) columns[column]!.count++;
  return { shapes, ofRows, columnsOf, columns };
}

/** Values of the numeric columns, behind the rows. */
export function readNumbers(numbers: ByteReader, { columns }: TableRows): (number[] | undefined)[] {
  return columns.map(({ hole: { isNumeric }, count }) =>
    isNumeric ? readIntegers(numbers, count) : undefined,
  );
}

/** Values of the others. */
export function readOthers(texts: ByteReader, { columns }: TableRows): (string[] | undefined)[] {
  return columns.map(({ hole: { isNumeric }, count }) => (isNumeric ? undefined : readTexts(texts, count)));
}

/** Each text in order; only those at `wanted` places where given, and undefined for the others. */
export function* printTable(
  { shapes, ofRows, columnsOf, columns }: TableRows,
  numbers: Values,
  texts: Values,
  wanted?: ReadonlySet<number>,
): Generator<string | undefined> {
  const cursors = new Uint32Array(columns.length);
  for (let row = 0; row < ofRows.length; row++) {
    const { holes, end } = shapes[ofRows[row]!]!;
    const of = columnsOf[ofRows[row]!]!;
    const isWanted = wanted === undefined || wanted.has(row);
    let text = '';
    for (let i = 0; i < holes.length; i++) {
      const at = cursors[of[i]!]!++;
      if (!isWanted) continue;
      const { before, code, detail } = holes[i]!;
      text += before + printValue(code, detail, (numbers[of[i]!] ?? texts[of[i]!]!)[at]!);
    }
    yield isWanted ? text + end : undefined;
  }
}

/** A list of texts as one piece each for numbers and others. */
export function packTexts(given: readonly string[]): Uint8Array {
  const [numbers, texts, out] = [new ByteWriter(), new ByteWriter(), new ByteWriter()];
  writeTable(numbers, texts, given);
  const pieces = [packPiece(numbers.copy()), packPiece(texts.copy())];
  out.varint(given.length);
  out.varint(pieces[0]!.length);
  for (const piece of pieces) out.append(piece);
  return out.copy();
}

export function unpackTexts(bytes: Uint8Array): string[] {
  const reader = new ByteReader(bytes);
  const [count, length] = [reader.varint(), reader.varint()];
  const numbers = new ByteReader(unpackPiece(bytes.subarray(reader.at, reader.at + length)));
  const table = readRows(numbers, count);
  const values = readNumbers(numbers, table);
  const texts = new ByteReader(unpackPiece(bytes.subarray(reader.at + length)));
  return [...printTable(table, values, readOthers(texts, table))] as string[];
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
