/**
 * Turns committed batches into indexed form: adjacency segments in both directions, vertex records, and the
 * indexes of terms and uses. One transaction takes the batches out and puts the runs in, so that a reader sees
 * the one or the other. Must not know when it is called.
 */
import type { TemplateUse, Vertex } from '../../core/graph-store.ts';
import { StoreError } from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { decodeBlock } from './block.ts';
import { type Database, getValue, pairKey, putValue } from './database.ts';
import { EdgeRows } from './edge-rows.ts';
import { earlierTime, termEntry, useEntry } from './index-keys.ts';
import { type KeyEntry, KeyRunBuilder } from './key-run.ts';
import { packRuns, putLineRun, run_bytes_max } from './line-run.ts';
import type { EdgeRun, KeyKind, KeyRun, Manifest, Side } from './manifest.ts';
import { readHead, readManifest, writeManifest } from './manifest.ts';
import { type BuiltSegment, buildSegment, DIRECTORY_CHUNK } from './segment-source.ts';
import { prepareVertices } from './vertex-table.ts';

export interface FlushBounds {
  /** Edges taken into memory at once; a single batch may be larger. */
  readonly edgesMax: number;
}

/** Indexes the next batches, within bounds. Returns the number of batches indexed: 0 when there are none. */
export function flush(database: Database, bounds: FlushBounds): number {
  const manifest = readManifest(database);
  const head = readHead(database);
  if (manifest.flushed >= head.batch) return 0;
  const taken = takeBatches(database, manifest.flushed + 1, head.batch, bounds);
  const age = taken.until;
  let next = manifest.next;
  const edgeRuns: EdgeRun[] = [];
  const segments: { id: number; built: BuiltSegment }[] = [];
  if (taken.rows.length > 0)
    for (const side of ['out', 'in'] as const) {
      const built = buildSegment(side === 'out' ? taken.rows : taken.rows.reversed());
      const id = next++;
      segments.push({ id, built });
      edgeRuns.push(edgeRun(id, side, age, built));
    }
  const keyRuns: KeyRun[] = [];
  const keyChunks: (readonly [Buffer, Uint8Array])[] = [];
  for (const [kind, entries] of [
    ['terms', termsOf(taken.records)],
    ['uses', taken.uses.map(useEntry)],
  ] as const) {
    if (entries.length === 0) continue;
    keyRuns.push(buildKeyRun(next++, kind, age, entries, keyChunks));
  }
  const lineRuns = packRuns(taken.lines);
  const firstLineRun = next;
  next += lineRuns.length;
  const putVertices = prepareVertices(database, new Map(taken.records));
  const after: Manifest = {
    ...manifest,
    generation: manifest.generation + 1,
    flushed: taken.until,
    next,
    edgeRuns: [...manifest.edgeRuns, ...edgeRuns],
    keyRuns: [...manifest.keyRuns, ...keyRuns],
  };
  database.root.transactionSync(() => {
    for (const { id, built } of segments) putSegment(database, id, built);
    for (const [key, chunk] of keyChunks) putValue(database.chunks, key, chunk);
    for (const [i, run] of lineRuns.entries()) putLineRun(database, firstLineRun + i, 0, run);
    putVertices();
    for (let batch = manifest.flushed + 1; batch <= taken.until; batch++) database.blocks.removeSync(batch);
    writeManifest(database, after);
  });
  return taken.until - manifest.flushed;
}

function takeBatches(database: Database, from: number, to: number, bounds: FlushBounds) {
  const rows = new EdgeRows(0);
  const records: [number, Vertex][] = [];
  const uses: TemplateUse[] = [];
  const lines: LogLine[] = [];
  let lineBytes = 0;
  let until = from - 1;
  while (until < to && (until < from || (rows.length < bounds.edgesMax && lineBytes < run_bytes_max))) {
    const bytes = getValue(database, database.blocks, until + 1);
    if (bytes === undefined)
      throw new StoreError('corrupt', `the store ${database.dir} is damaged: batch ${until + 1} is missing`);
    const block = decodeBlock(bytes);
    rows.append(block.edges);
    for (const record of block.vertices) records.push([record[0], record[1]]);
    for (const use of block.uses) uses.push(use);
    for (const line of block.lines) {
      lines.push(line);
      lineBytes += line.text.length;
    }
    until++;
  }
  return { rows, records, uses, lines, until };
}

function edgeRun(id: number, side: Side, age: number, built: BuiltSegment): EdgeRun {
  const { directory, edges } = built;
  const part = {
    id,
    lo: directory.first[0]!,
    hi: directory.last[directory.chunks - 1]!,
    chunks: directory.chunks,
    edges,
  };
  return { id, side, level: 0, age, parts: [part] };
}

function putSegment(database: Database, id: number, built: BuiltSegment): void {
  for (const [at, chunk] of built.chunks.entries()) putValue(database.chunks, pairKey(id, at), chunk);
  putValue(database.chunks, pairKey(id, DIRECTORY_CHUNK), built.directory.encode());
}

function termsOf(records: readonly (readonly [number, Vertex])[]): KeyEntry[] {
  const entries: KeyEntry[] = [];
  for (const [number, vertex] of records)
    for (const term of vertex.terms) entries.push(termEntry(term, number, vertex.time));
  return entries;
}

function buildKeyRun(
  id: number,
  kind: KeyKind,
  age: number,
  entries: KeyEntry[],
  chunks: (readonly [Buffer, Uint8Array])[],
): KeyRun {
  entries.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const builder = new KeyRunBuilder(kind, (chunk, at) => chunks.push([pairKey(id, at), chunk]));
  for (let i = 0; i < entries.length; i++) {
    let [key, value] = entries[i]!;
    for (; i + 1 < entries.length && entries[i + 1]![0] === key; i++)
      if (kind === 'terms') value = earlierTime(value, entries[i + 1]![1]);
    builder.add(key, value);
  }
  chunks.push([pairKey(id, DIRECTORY_CHUNK), builder.finish()]);
  return { id, kind, level: 0, age, chunks: builder.firstKeys.length, entries: builder.entries };
}
