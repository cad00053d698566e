/**
 * What a fold remembers, as a log in the database: each commit adds what it changed as one compressed node, and now and
 * then all of them become one. It is read whole when a fold begins, and never otherwise. It must not know what the
 * entries mean.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Transaction } from './client.ts';

type Entries = ReadonlyMap<string, string | undefined>;

/** Characters of one node, so that none is too large to be sent. */
const node_chars_max = 8 << 20;
/** Bytes of changes that are left as they are, however small the rest is. */
const changes_bytes_min = 4 << 20;

/** The fold's state as it stands. */
export async function readState(transaction: Transaction, fold: string): Promise<Map<string, string>> {
  const state = new Map<string, string>();
  const query = 'MATCH (s:State {fold: $fold}) WHERE s.at >= 0 RETURN s.entries ORDER BY s.at';
  for (const [bytes] of await transaction.rows(query, { fold })) {
    const text = zstdDecompressSync(bytes as Int8Array).toString('utf8');
    for (const [key, value] of JSON.parse(text) as [string, string | null][]) {
      if (value === null) state.delete(key);
      else state.set(key, value);
    }
  }
  return state;
}

/** Adds changes to the log; all of it becomes one where the changes have outgrown what they change. */
export async function appendState(transaction: Transaction, fold: string, changes: Entries): Promise<void> {
  if (changes.size === 0) return;
  const query = `
MATCH (s:State {fold: $fold}) WHERE s.at >= 0
RETURN coalesce(max(s.at), -1), coalesce(sum(CASE WHEN s.whole THEN s.size ELSE 0 END), 0),
  coalesce(sum(CASE WHEN s.whole THEN 0 ELSE s.size END), 0)`;
  const [row] = await transaction.rows(query, { fold });
  const [last, whole, changed] = row as [bigint, number | bigint, number | bigint];
  await put(transaction, fold, last + 1n, changes, false);
  if (Number(changed) < Math.max(changes_bytes_min, Number(whole))) return;
  const state = await readState(transaction, fold);
  await transaction.rows('MATCH (s:State {fold: $fold}) WHERE s.at >= 0 DELETE s', { fold });
  await put(transaction, fold, 0n, state, true);
}

async function put(
  transaction: Transaction,
  fold: string,
  from: bigint,
  entries: Entries,
  whole: boolean,
): Promise<void> {
  let at = from;
  let part: [string, string | null][] = [];
  let chars = 0;
  const flush = async (): Promise<void> => {
    const bytes = zstdCompressSync(JSON.stringify(part));
    const row = { fold, at: at++, size: bytes.length, whole, entries: new Int8Array(bytes) };
    await transaction.rows('CREATE (s:State) SET s = $row', { row });
    part = [];
    chars = 0;
  };
  for (const [key, value] of entries) {
    part.push([key, value ?? null]);
    chars += key.length + (value?.length ?? 0);
    if (chars >= node_chars_max) await flush();
  }
  if (part.length > 0) await flush();
}
