/**
 * Sorted text keys with small text values, in compressed chunks: the index of terms and the list of template
 * uses. Order is that of UTF-16 code units. Must not know what the keys say.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { StoreError } from '../../core/graph-store.ts';
import { packTexts, unpackTexts } from '../lines/text-table.ts';
import { BoundedCache } from './cache.ts';
import { type Database, getValue, pairKey, REPAIR } from './database.ts';
import type { KeyKind, KeyRun } from './manifest.ts';
import { DIRECTORY_CHUNK } from './segment-source.ts';

export type KeyEntry = readonly [key: string, value: string];

/** Characters of keys and values in one chunk before compression; of keys alone, which are packed as columns. */
const CHUNK_CHARS_MAX = 48 * 1024;
const KEYS_CHUNK_CHARS_MAX = 1 << 20;

/** Takes entries in key order and emits packed chunks. */
export class KeyRunBuilder {
  readonly firstKeys: string[] = [];
  entries = 0;
  readonly #kind: KeyKind;
  readonly #emit: (chunk: Uint8Array, at: number) => void;
  #keys: string[] = [];
  #values: string[] = [];
  #chars = 0;

  constructor(kind: KeyKind, emit: (chunk: Uint8Array, at: number) => void) {
    this.#kind = kind;
    this.#emit = emit;
  }

  add(key: string, value: string): void {
    this.#keys.push(key);
    this.#values.push(value);
    this.#chars += key.length + value.length;
    this.entries++;
    if (this.#chars >= (this.#kind === 'uses' ? KEYS_CHUNK_CHARS_MAX : CHUNK_CHARS_MAX)) this.#close();
  }

  finish(): Uint8Array {
    if (this.#keys.length > 0) this.#close();
    return packText(this.firstKeys);
  }

  #close(): void {
    this.#emit(packChunk(this.#kind, this.#keys, this.#values), this.firstKeys.length);
    this.firstKeys.push(this.#keys[0]!);
    this.#keys = [];
    this.#values = [];
    this.#chars = 0;
  }
}

/** Reads runs, with a bounded cache of unpacked chunks. */
export class KeyRunFiles {
  readonly #database: Database;
  readonly #chunks = new BoundedCache<number, readonly [string[], string[]]>(32);
  readonly #firstKeys = new BoundedCache<number, string[]>(64);

  constructor(database: Database) {
    this.#database = database;
  }

  /** Entries with from <= key < until, ascending. */
  *ascending(run: KeyRun, from: string, until: string | undefined): Generator<KeyEntry> {
    const firsts = this.#firsts(run);
    for (let at = Math.max(0, upperBound(firsts, from) - 1); at < firsts.length; at++) {
      if (until !== undefined && firsts[at]! >= until) return;
      const [keys, values] = this.#chunk(run, at);
      for (let i = lowerBound(keys, from); i < keys.length; i++) {
        if (until !== undefined && keys[i]! >= until) return;
        yield [keys[i]!, values[i] ?? ''];
      }
    }
  }

  /** The same entries, descending. */
  *descending(run: KeyRun, from: string, until: string): Generator<KeyEntry> {
    const firsts = this.#firsts(run);
    for (let at = lowerBound(firsts, until) - 1; at >= 0; at--) {
      const [keys, values] = this.#chunk(run, at);
      for (let i = lowerBound(keys, until) - 1; i >= 0; i--) {
        if (keys[i]! < from) return;
        yield [keys[i]!, values[i] ?? ''];
      }
    }
  }

  #firsts(run: KeyRun): string[] {
    let firsts = this.#firstKeys.get(run.id);
    if (firsts === undefined) {
      firsts = unpackText(this.#read(run.id, DIRECTORY_CHUNK)) as string[];
      this.#firstKeys.set(run.id, firsts);
    }
    return firsts;
  }

  #chunk(run: KeyRun, at: number): readonly [string[], string[]] {
    const key = run.id * 0x200000 + at;
    let chunk = this.#chunks.get(key);
    if (chunk === undefined) {
      chunk = unpackChunk(run.kind, this.#read(run.id, at));
      this.#chunks.set(key, chunk);
    }
    return chunk;
  }

  #read(run: number, at: number): Buffer {
    const bytes = getValue(this.#database, this.#database.chunks, pairKey(run, at));
    if (bytes === undefined)
      throw new StoreError(
        'corrupt',
        `the store ${this.#database.dir} is damaged: a block of its index is missing`,
        { hint: REPAIR },
      );
    return bytes;
  }
}

/** Merges sorted sequences; of entries with one key, `pick` chooses the value. */
export function* mergedKeys(
  sources: readonly Iterator<KeyEntry>[],
  pick: (a: string, b: string) => string,
): Generator<KeyEntry> {
  const heads = sources
    .map((source) => ({ source, entry: source.next() }))
    .filter((head) => !head.entry.done);
  while (heads.length > 0) {
    let key = (heads[0]!.entry.value as KeyEntry)[0];
    for (const head of heads)
      if ((head.entry.value as KeyEntry)[0] < key) key = (head.entry.value as KeyEntry)[0];
    let value: string | undefined;
    for (let i = heads.length - 1; i >= 0; i--) {
      const head = heads[i]!;
      const entry = head.entry.value as KeyEntry;
      if (entry[0] !== key) continue;
      value = value === undefined ? entry[1] : pick(value, entry[1]);
      head.entry = head.source.next();
      if (head.entry.done) heads.splice(i, 1);
    }
    yield [key, value!];
  }
}

/** Uses have no values, and their keys are lines of a kind: as columns they take a third. */
function packChunk(kind: KeyKind, keys: readonly string[], values: readonly string[]): Uint8Array {
  if (kind === 'terms') return packText([keys, values]);
  return packTexts(keys.map((key) => Buffer.from(key, 'utf8').toString('latin1')));
}

function unpackChunk(kind: KeyKind, bytes: Uint8Array): readonly [string[], string[]] {
  if (kind === 'terms') return unpackText(bytes) as [string[], string[]];
  const keys = unpackTexts(bytes).map((text) => Buffer.from(text, 'latin1').toString('utf8'));
  return [keys, []];
}

export function packText(value: unknown): Uint8Array {
  return zstdCompressSync(JSON.stringify(value), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

export function unpackText(bytes: Uint8Array): unknown {
  return JSON.parse(zstdDecompressSync(bytes).toString('utf8'));
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
