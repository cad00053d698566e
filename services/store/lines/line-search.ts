/**
 * Which lines of a segment can be what conditions ask for, by as little of it as says so: what is in it first, then
 * its numbers, and its texts where a value can stand in one. What it gives is looked at once more as lines.
 * It must not know where segments are kept.
 */
import { hole, type ValueKind } from '../../core/line/hole.ts';
import { type LineCondition, valueMatches, valuesOf, zone_ns_max } from '../../core/line/line-condition.ts';
import { printValue } from '../../core/line/line-shape.ts';
import { isWholeTime, timeNanos } from '../../core/line/line-time.ts';
import type { ColumnHead, LineSegment, SegmentRows } from './line-segment.ts';
import { filterKey, mayHold } from './value-filter.ts';

/** Places of lines that may fit; undefined where none does. */
export function candidates(
  segment: LineSegment,
  conditions: readonly LineCondition[],
): ReadonlySet<number> | undefined {
  const columns = conditions.map((condition) => columnsFor(segment, condition));
  if (columns.some((these) => these.length === 0)) return undefined;
  const rows = segment.numbers();
  let found: Set<number> | undefined;
  let texts: readonly (readonly string[] | undefined)[] | undefined;
  for (const [i, condition] of conditions.entries()) {
    const wanted = new Map<number, Uint8Array>();
    for (const column of columns[i]!) {
      const head = segment.columns[column]!;
      const numbers = rows.values[column];
      if (numbers === undefined) texts ??= segment.texts(rows);
      wanted.set(
        column,
        numbers === undefined
          ? textFlags(head, texts![column]!, condition)
          : numberFlags(head, numbers, condition),
      );
    }
    const fitting = rowsWith(rows, wanted);
    found = found === undefined ? fitting : new Set([...found].filter((row) => fitting.has(row)));
    if (found.size === 0) return undefined;
  }
  return found;
}

/** Columns in which what is asked for may stand; none where the segment can't hold it. */
function columnsFor(segment: LineSegment, condition: LineCondition): number[] {
  const exact = exactKey(condition);
  if (exact !== undefined && !mayHold(segment.filter, exact)) return [];
  return segment.columns.flatMap((column, at) => (mayStandIn(column, condition) ? [at] : []));
}

/** What the filter knows of a condition; undefined where it knows nothing. */
function exactKey({ kind, text, isPrefix, range }: LineCondition): string | undefined {
  if (isPrefix || (kind !== 'address' && kind !== 'id' && kind !== 'path')) return undefined;
  if (kind !== 'address') return filterKey(kind, text);
  // One of IPv6 can be written in several ways.
  if (range === undefined || range[0] !== range[1]) return undefined;
  return filterKey(kind, printValue(hole.address4, 0, range[0]));
}

function mayStandIn(column: ColumnHead, condition: LineCondition): boolean {
  if (column.inner.includes(condition.kind)) return true;
  if (column.kind !== condition.kind) return false;
  const { code, detail, least, greatest } = column;
  if (code === hole.address4) {
    const { range } = condition;
    return range !== undefined && greatest >= range[0] && least <= range[1];
  }
  if (condition.kind !== 'number' && condition.kind !== 'time') return true;
  return mayCompare(code, detail, least, greatest, condition);
}

function mayCompare(
  code: number,
  detail: number,
  least: number,
  greatest: number,
  condition: LineCondition,
): boolean {
  const { comparison, kind, number, time, lastNumber, lastTime } = condition;
  const [low, high] = bounds(code, detail, least, greatest, kind);
  const [first, last] = kind === 'number' ? [number, lastNumber] : [time, lastTime];
  if (comparison.startsWith('<')) return low <= first;
  return high >= first && (comparison.startsWith('>') || low <= last);
}

/** Of what a column's numbers stand for; a time may be of any zone, and one without a year of any year. */
function bounds(
  code: number,
  detail: number,
  least: number,
  greatest: number,
  kind: ValueKind,
): readonly [number | bigint, number | bigint] {
  if (kind === 'number') {
    const scale = code === hole.decimal ? 10 ** detail : 1;
    return [least / scale, greatest / scale];
  }
  if (!isWholeTime(detail)) return [-(2n ** 63n), 2n ** 63n];
  return [timeNanos(least, detail) - zone_ns_max, timeNanos(greatest, detail) + zone_ns_max];
}

function numberFlags(
  { code, detail, kind }: ColumnHead,
  values: readonly number[],
  condition: LineCondition,
): Uint8Array {
  return Uint8Array.from(values, (value) => {
    if (kind === 'address') return Number(value >= condition.range![0] && value <= condition.range![1]);
    return Number(mayCompare(code, detail, value, value, condition));
  });
}

/** The same texts come again and again. */
function textFlags(column: ColumnHead, values: readonly string[], condition: LineCondition): Uint8Array {
  const known = new Map<string, boolean>();
  const fits = (text: string): boolean => {
    const { code, detail, kind } = column;
    if (valueMatches({ kind, code, detail, value: text, after: '' }, condition)) return true;
    if (code !== hole.text) return false;
    for (const value of valuesOf(text)) {
      if (value.kind === 'time' && condition.kind === 'time') return true;
      if (valueMatches(value, condition)) return true;
    }
    return false;
  };
  return Uint8Array.from(values, (text) => {
    let fitting = known.get(text);
    if (fitting === undefined) {
      fitting = fits(text);
      known.set(text, fitting);
    }
    return Number(fitting);
  });
}

function rowsWith({ table }: SegmentRows, wanted: ReadonlyMap<number, Uint8Array>): Set<number> {
  const { ofRows, columnsOf, columns } = table;
  const cursors = new Uint32Array(columns.length);
  const found = new Set<number>();
  for (let row = 0; row < ofRows.length; row++) {
    for (const column of columnsOf[ofRows[row]!]!) {
      const at = cursors[column]!++;
      if (wanted.get(column)?.[at] === 1) found.add(row);
    }
  }
  return found;
}
