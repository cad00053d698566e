/**
 * One face for a segment wherever its chunks are: in the database, or built in memory from batches that the
 * background has not reached. Must not know queries.
 */

import { StoreError } from '../../core/graph-store.ts';
import { BoundedCache } from './cache.ts';
import { type Database, getValue, glanceAt, pairKey, REPAIR } from './database.ts';
import { Directory } from './directory.ts';
import type { EdgeRows } from './edge-rows.ts';
import { sortedOrder } from './edge-sort.ts';
import type { EdgeRun, Part } from './manifest.ts';
import { CHUNK_BYTES_MAX, type ChunkEntry, ChunkView, SegmentBuilder } from './segment.ts';

export interface SegmentPart {
  /** Vertices outside lo..hi are hidden, whatever the chunks still hold. */
  readonly lo: number;
  readonly hi: number;
  readonly directory: Directory;
  chunk(at: number): ChunkView;
  /** The same for who is done with it before the next chunk is asked for. */
  glance(at: number): ChunkView;
}

/** Parts in vertex order, disjoint. */
export type Segment = readonly SegmentPart[];

/** The part that may hold `vertex`. */
export function partOf(segment: Segment, vertex: number): SegmentPart | undefined {
  let low = 0;
  let high = segment.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (segment[middle]!.hi < vertex) low = middle + 1;
    else high = middle;
  }
  const part = segment[low];
  return part !== undefined && part.lo <= vertex ? part : undefined;
}

/** Key of a part's directory, behind all its chunks. */
export const DIRECTORY_CHUNK = 0xffffffff;

/** Chunks that are remembered to have been glanced at, for each that is kept. */
const glancedOfKept = 4;

/** Stored segments with a bounded cache of their chunks. */
export class SegmentFiles {
  readonly #database: Database;
  readonly #chunks: BoundedCache<number, ChunkView>;
  /** Chunks that were glanced at once lately. */
  readonly #glanced: BoundedCache<number, true>;
  #directories = new Map<number, Directory>();

  constructor(database: Database, cacheBytesMax: number) {
    this.#database = database;
    const chunksMax = Math.max(8, Math.floor(cacheBytesMax / CHUNK_BYTES_MAX));
    this.#chunks = new BoundedCache(chunksMax);
    this.#glanced = new BoundedCache(chunksMax * glancedOfKept);
  }

  /** Opens runs, oldest first, and forgets the directories of parts that are no longer there. */
  open(runs: readonly EdgeRun[]): Segment[] {
    return [...runs].sort((a, b) => a.age - b.age).map((run) => run.parts.map((part) => this.part(part)));
  }

  forgetExcept(runs: readonly EdgeRun[]): void {
    const kept = new Map<number, Directory>();
    for (const run of runs)
      for (const part of run.parts) {
        const directory = this.#directories.get(part.id);
        if (directory !== undefined) kept.set(part.id, directory);
      }
    this.#directories = kept;
  }

  part(part: Part): SegmentPart {
    return {
      lo: part.lo,
      hi: part.hi,
      directory: this.directory(part.id),
      chunk: (at) => this.#chunk(part.id, at),
      glance: (at) => this.#glance(part.id, at),
    };
  }

  directory(part: number): Directory {
    let directory = this.#directories.get(part);
    if (directory === undefined) {
      directory = Directory.decode(this.#read(part, DIRECTORY_CHUNK));
      this.#directories.set(part, directory);
    }
    return directory;
  }

  /**
   * What is looked at a second time is kept. In a large store a question looks at a thousand chunks that nobody asks for
   * again soon, and memory for each would have the garbage collector go over all of it time and again.
   */
  #glance(part: number, at: number): ChunkView {
    const key = chunkKey(part, at);
    const known = this.#chunks.get(key);
    if (known !== undefined) return known;
    if (this.#glanced.get(key)) return this.#chunk(part, at);
    this.#glanced.set(key, true);
    const bytes = glanceAt(this.#database, this.#database.chunks, pairKey(part, at));
    return new ChunkView(bytes ?? this.#missing());
  }

  #chunk(part: number, at: number): ChunkView {
    const key = chunkKey(part, at);
    let view = this.#chunks.get(key);
    if (view === undefined) {
      view = new ChunkView(this.#read(part, at));
      this.#chunks.set(key, view);
    }
    return view;
  }

  #read(part: number, at: number): Buffer {
    return getValue(this.#database, this.#database.chunks, pairKey(part, at)) ?? this.#missing();
  }

  #missing(): never {
    throw new StoreError(
      'corrupt',
      `the store ${this.#database.dir} is damaged: a block of edges is missing`,
      { hint: REPAIR },
    );
  }
}

function chunkKey(part: number, at: number): number {
  return part * 0x200000 + at;
}

export interface BuiltSegment {
  readonly chunks: Uint8Array[];
  readonly directory: Directory;
  readonly edges: number;
}

/** Sorts and packs rows. Of two versions of one edge the later row stands. */
export function buildSegment(rows: EdgeRows): BuiltSegment {
  const chunks: Uint8Array[] = [];
  const entries: ChunkEntry[] = [];
  const builder = new SegmentBuilder((chunk, entry) => {
    chunks.push(chunk);
    entries.push(entry);
  });
  const order = sortedOrder(rows);
  for (let i = 0; i < order.length; i++) builder.add(rows, order[i]!);
  builder.finish();
  return { chunks, directory: Directory.of(entries), edges: order.length };
}

export function memorySegment(rows: EdgeRows): Segment {
  const { chunks, directory } = buildSegment(rows);
  const views: (ChunkView | undefined)[] = [];
  const chunk = (at: number): ChunkView => {
    views[at] ??= new ChunkView(chunks[at]!);
    return views[at];
  };
  return [{ lo: 0, hi: 0xffffffff, directory, chunk, glance: chunk }];
}
