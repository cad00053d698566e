/**
 * Lines of logs as runs: packed segments of some megabytes, each with lines of any streams. Small ones are merged; a
 * full one stays as it is. Must not know how lines are packed.
 */
import { StoreError } from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { inOrder } from '../lines/line-order.ts';
import { LineSegment, packLines, unpackLines } from '../lines/line-segment.ts';
import { type Database, getValue, putValue, REPAIR, verified } from './database.ts';

/** Bytes of lines in one run; one line more may be in it. */
export const run_bytes_max = 8 << 20;

export interface LineRun {
  readonly id: number;
  readonly level: number;
  readonly isFull: boolean;
}

interface PackedRun {
  readonly segment: Uint8Array;
  readonly isFull: boolean;
}

/** Sorts lines and packs them, each once. */
export function packRuns(lines: readonly LogLine[]): PackedRun[] {
  const sorted = inOrder(lines);
  const runs: PackedRun[] = [];
  let from = 0;
  let bytes = 0;
  for (const [at, { text }] of sorted.entries()) {
    bytes += text.length;
    const isFull = bytes >= run_bytes_max;
    if (!isFull && at + 1 < sorted.length) continue;
    runs.push({ segment: packLines(sorted.slice(from, at + 1)), isFull });
    from = at + 1;
    bytes = 0;
  }
  return runs;
}

/** Only inside a transaction, as the next one. */
export function putLineRun(
  database: Database,
  id: number,
  level: number,
  { segment, isFull }: PackedRun,
): void {
  putValue(database.lines, id, segment);
  putValue(database.lineRuns, id, Buffer.from(JSON.stringify({ level, isFull })));
}

export function removeLineRun(database: Database, id: number): void {
  database.lines.removeSync(id);
  database.lineRuns.removeSync(id);
}

/** Oldest first. */
export function readLineRuns(database: Database): LineRun[] {
  return [...database.lineRuns.getRange()].map(({ key, value }) => {
    const text = verified(database, value).toString('utf8');
    return { id: key as number, ...(JSON.parse(text) as Omit<LineRun, 'id'>) };
  });
}

export function lineSegment(database: Database, id: number): { segment: LineSegment; bytes: number } {
  const bytes = getValue(database, database.lines, id);
  if (bytes === undefined)
    throw new StoreError('corrupt', `the store ${database.dir} is damaged: lines are missing`, {
      hint: REPAIR,
    });
  return { segment: new LineSegment(bytes), bytes: bytes.length };
}

export function linesOf(database: Database, id: number): LogLine[] {
  return unpackLines(lineSegment(database, id).segment);
}
