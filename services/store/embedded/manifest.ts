/**
 * What the store consists of at one commit: which runs there are, and how far batches have gone into them.
 * `Head` changes with every batch and is written by the writer; `Manifest` changes when background work commits.
 */
import { type Database, getValue, putValue } from './database.ts';

export interface Head {
  /** Number of the last batch, counted from 1. */
  readonly batch: number;
  readonly vertices: number;
}

/** A stretch of a run: vertices lo..hi, as chunks of one part number. Chunks outside the stretch are gone or hidden. */
export interface Part {
  readonly id: number;
  readonly lo: number;
  readonly hi: number;
  readonly chunks: number;
  readonly edges: number;
}

export type Side = 'in' | 'out';

export interface EdgeRun {
  readonly id: number;
  readonly side: Side;
  readonly level: number;
  /** Last batch in it: of two runs the one with the higher age is newer. */
  readonly age: number;
  /** In vertex order, disjoint. */
  readonly parts: readonly Part[];
}

export type KeyKind = 'terms' | 'uses';

export interface KeyRun {
  readonly id: number;
  readonly kind: KeyKind;
  readonly level: number;
  readonly age: number;
  readonly chunks: number;
  readonly entries: number;
}

export interface Manifest {
  readonly generation: number;
  /** Batches up to this one are in runs, and no longer in `blocks`. */
  readonly flushed: number;
  /** Next number for a run or a part. */
  readonly next: number;
  readonly edgeRuns: readonly EdgeRun[];
  readonly keyRuns: readonly KeyRun[];
  /** A merge that has committed some of its steps: inputs still hold what the output does not. */
  readonly merging: readonly { readonly inputs: readonly number[]; readonly output: number }[];
}

const EMPTY: Manifest = { generation: 0, flushed: 0, next: 1, edgeRuns: [], keyRuns: [], merging: [] };

export function readHead(database: Database): Head {
  return readJson<Head>(database, 'head') ?? { batch: 0, vertices: 0 };
}

export function writeHead(database: Database, head: Head): void {
  writeJson(database, 'head', head);
}

export function readGeneration(database: Database): number {
  return readJson<number>(database, 'generation') ?? 0;
}

export function readManifest(database: Database): Manifest {
  return readJson<Manifest>(database, 'manifest') ?? EMPTY;
}

/** Only inside a transaction. */
export function writeManifest(database: Database, manifest: Manifest): void {
  writeJson(database, 'manifest', manifest);
  writeJson(database, 'generation', manifest.generation);
}

export function readOps(database: Database): string[] {
  return readJson<string[]>(database, 'ops') ?? [];
}

export function writeOps(database: Database, ops: readonly string[]): void {
  writeJson(database, 'ops', ops);
}

function readJson<T>(database: Database, key: string): T | undefined {
  const value = getValue(database, database.meta, key);
  return value === undefined ? undefined : (JSON.parse(value.toString('utf8')) as T);
}

function writeJson(database: Database, key: string, value: unknown): void {
  putValue(database.meta, key, Buffer.from(JSON.stringify(value)));
}
