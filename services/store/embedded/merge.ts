/**
 * Merges runs by levels, so that a query looks into few of them. An edge merge goes in steps: each step commits
 * the vertices up to a boundary into the output and hides them in the inputs, which keeps memory, the time that
 * the writer waits and the space for the copy small. A step left off by a crash is simply the next one to do.
 * Of versions of one edge that of the newer run stands, so runs that are merged must be neighbours in age: levels
 * fall with age, and a merge takes all of a level, or all.
 * Must not know who writes batches meanwhile: it only replaces runs by their equal.
 */
import { type Database, pairKey, putValue } from './database.ts';
import { Directory } from './directory.ts';
import { earlierTime } from './index-keys.ts';
import { KeyRunBuilder, KeyRunFiles, mergedKeys } from './key-run.ts';
import { type LineRun, linesOf, packRuns, putLineRun, readLineRuns, removeLineRun } from './line-run.ts';
import {
  type EdgeRun,
  type KeyRun,
  type Manifest,
  type Part,
  readManifest,
  writeManifest,
} from './manifest.ts';
import { PartWriter } from './part-writer.ts';
import type { ChunkEntry } from './segment.ts';
import { SegmentBuilder } from './segment.ts';
import { eachEdge } from './segment-cursor.ts';
import { DIRECTORY_CHUNK, SegmentFiles } from './segment-source.ts';

/** Runs of one level that are merged into one of the next. */
const FAN_IN = 4;
/** A step ends with the vertex in which it passes this many bytes. */
const STEP_BYTES = 4 << 20;

/** Does one step. With `isIdle`, also what is only worth it then. Returns false when there is nothing to merge. */
export function mergeStep(database: Database, isIdle: boolean): boolean {
  const manifest = readManifest(database);
  const begun = manifest.merging[0];
  if (begun !== undefined) {
    mergeEdges(database, manifest, begun);
    return true;
  }
  const sides = (['out', 'in'] as const).map((side) => manifest.edgeRuns.filter((run) => run.side === side));
  for (const choose of isIdle ? [ripe, worthJoining] : [ripe])
    for (const runs of sides) {
      const inputs = choose(runs);
      if (inputs === undefined) continue;
      beginMerge(database, manifest, inputs);
      return true;
    }
  for (const kind of ['terms', 'uses'] as const) {
    const inputs = ripe(manifest.keyRuns.filter((run) => run.kind === kind));
    if (inputs === undefined) continue;
    mergeKeys(database, manifest, inputs);
    return true;
  }
  const lineRuns = ripe(readLineRuns(database).filter(({ isFull }) => !isFull));
  if (lineRuns === undefined) return false;
  mergeLines(database, manifest, lineRuns);
  return true;
}

function beginMerge(database: Database, manifest: Manifest, inputs: readonly EdgeRun[]): void {
  const output = manifest.next;
  const run: EdgeRun = {
    id: output,
    side: inputs[0]!.side,
    level: Math.max(...inputs.map((input) => input.level)) + 1,
    age: Math.max(...inputs.map((input) => input.age)),
    parts: [],
  };
  const merging = { inputs: inputs.map((input) => input.id), output };
  mergeEdges(
    database,
    { ...manifest, next: output + 1, edgeRuns: [...manifest.edgeRuns, run], merging: [merging] },
    merging,
  );
}

/** The runs of the lowest level that has enough of them. */
function ripe<T extends { readonly level: number }>(runs: readonly T[]): T[] | undefined {
  const levels = [...new Set(runs.map((run) => run.level))].sort((a, b) => a - b);
  for (const level of levels) {
    const same = runs.filter((run) => run.level === level);
    if (same.length >= FAN_IN) return same;
  }
  return undefined;
}

/**
 * All runs become one, once the others hold half as much as the largest: so the whole is
 * written again only when it has grown by half.
 */
function worthJoining(runs: readonly EdgeRun[]): readonly EdgeRun[] | undefined {
  const edges = runs.map((run) => run.parts.reduce((sum, part) => sum + part.edges, 0));
  const all = edges.reduce((sum, of) => sum + of, 0);
  return runs.length > 1 && (all - Math.max(...edges)) * 2 >= Math.max(...edges) ? runs : undefined;
}

function mergeEdges(database: Database, manifest: Manifest, merging: Manifest['merging'][number]): void {
  const files = new SegmentFiles(database, 1 << 20);
  const inputs = manifest.edgeRuns.filter((run) => merging.inputs.includes(run.id));
  const writer = new PartWriter(database, manifest.next);
  const entries: ChunkEntry[] = [];
  let bytes = 0;
  const builder = new SegmentBuilder((chunk, entry) => {
    writer.put(entries.length, chunk);
    entries.push(entry);
    bytes += chunk.length;
  });
  let current = -1;
  let boundary: number | undefined;
  eachEdge(files.open(inputs), (rows, at) => {
    const vertex = rows.vertex[at]!;
    if (vertex !== current && bytes >= STEP_BYTES) {
      boundary = vertex;
      return false;
    }
    current = vertex;
    builder.add(rows, at);
    return true;
  });
  builder.finish();
  const part: Part = {
    id: manifest.next,
    lo: entries[0]?.vertex ?? 0,
    hi: current,
    chunks: entries.length,
    edges: entries.reduce((sum, entry) => sum + entry.edges, 0),
  };
  const gone: Buffer[] = [];
  const edgeRuns: EdgeRun[] = [];
  for (const run of manifest.edgeRuns) {
    if (run.id === merging.output)
      edgeRuns.push(entries.length === 0 ? run : { ...run, parts: [...run.parts, part] });
    else if (!inputs.includes(run)) edgeRuns.push(run);
    else {
      const rest = run.parts.flatMap((old) => consumed(old, boundary, files.directory(old.id), gone));
      if (rest.length > 0) edgeRuns.push({ ...run, parts: rest });
    }
  }
  const after: Manifest = {
    ...manifest,
    generation: manifest.generation + 1,
    next: manifest.next + 1,
    edgeRuns,
    merging: boundary === undefined ? [] : [merging],
  };
  database.root.transactionSync(() => {
    writer.putPending();
    putValue(database.chunks, pairKey(part.id, DIRECTORY_CHUNK), Directory.of(entries).encode());
    for (const key of gone) database.chunks.removeSync(key);
    writeManifest(database, after);
  });
}

/** What is left of an input part once everything below `boundary` is in the output. */
function consumed(part: Part, boundary: number | undefined, directory: Directory, gone: Buffer[]): Part[] {
  const whole = boundary === undefined || part.hi < boundary;
  const from = directory.seek(part.lo);
  const until = whole ? directory.chunks : directory.seek(boundary);
  for (let at = from; at < until; at++) gone.push(pairKey(part.id, at));
  if (whole) {
    gone.push(pairKey(part.id, DIRECTORY_CHUNK));
    return [];
  }
  return [boundary > part.lo ? { ...part, lo: boundary } : part];
}

function mergeLines(database: Database, manifest: Manifest, inputs: readonly LineRun[]): void {
  const lines = inputs.flatMap(({ id }) => linesOf(database, id));
  const runs = packRuns(lines);
  database.root.transactionSync(() => {
    for (const { id } of inputs) removeLineRun(database, id);
    for (const [i, run] of runs.entries()) putLineRun(database, manifest.next + i, inputs[0]!.level + 1, run);
    writeManifest(database, {
      ...manifest,
      generation: manifest.generation + 1,
      next: manifest.next + runs.length,
    });
  });
}

function mergeKeys(database: Database, manifest: Manifest, inputs: readonly KeyRun[]): void {
  const files = new KeyRunFiles(database);
  const id = manifest.next;
  const writer = new PartWriter(database, id);
  const builder = new KeyRunBuilder(inputs[0]!.kind, (chunk, at) => writer.put(at, chunk));
  const sources = inputs.map((run) => files.ascending(run, '', undefined));
  const pick = inputs[0]!.kind === 'terms' ? earlierTime : (value: string) => value;
  for (const [key, value] of mergedKeys(sources, pick)) builder.add(key, value);
  const directory = builder.finish();
  const output: KeyRun = {
    id,
    kind: inputs[0]!.kind,
    level: inputs[0]!.level + 1,
    age: Math.max(...inputs.map((run) => run.age)),
    chunks: builder.firstKeys.length,
    entries: builder.entries,
  };
  database.root.transactionSync(() => {
    writer.putPending();
    putValue(database.chunks, pairKey(id, DIRECTORY_CHUNK), directory);
    for (const run of inputs) {
      for (let at = 0; at < run.chunks; at++) database.chunks.removeSync(pairKey(run.id, at));
      database.chunks.removeSync(pairKey(run.id, DIRECTORY_CHUNK));
    }
    writeManifest(database, {
      ...manifest,
      generation: manifest.generation + 1,
      next: id + 1,
      keyRuns: [...manifest.keyRuns.filter((run) => !inputs.includes(run)), output],
    });
  });
}
