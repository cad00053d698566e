/** Gaps are few: one key each, made of what they say, so that saying it twice changes nothing. */
import { createHash } from 'node:crypto';
import type { Gap } from '../../core/graph-store.ts';
import { type Database, putValue, verified } from './database.ts';

/** Only inside a transaction. */
export function putGap(database: Database, gap: Gap): void {
  const text = JSON.stringify([
    gap.stream,
    gap.host,
    String(gap.from),
    String(gap.until),
    gap.missing ?? null,
    gap.reason,
  ]);
  putValue(database.gaps, createHash('sha256').update(text).digest(), Buffer.from(text));
}

/** Gaps that touch from..until, both ends included, in order of time. */
export function gapsBetween(database: Database, from: bigint, until: bigint): Gap[] {
  const found: Gap[] = [];
  for (const { value } of database.gaps.getRange()) {
    const fields = JSON.parse(verified(database, value).toString('utf8')) as GapFields;
    const [stream, host, start, end, missing, reason] = fields;
    const gap = {
      stream,
      host,
      from: BigInt(start),
      until: BigInt(end),
      missing: missing ?? undefined,
      reason,
    };
    if (gap.from <= until && gap.until >= from) found.push(gap);
  }
  return found.sort((a, b) =>
    a.from < b.from ? -1 : a.from > b.from ? 1 : a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0,
  );
}

type GapFields = [string, string, string, string, number | null, string];
