/**
 * The writing half of the port over an embedded store: deltas become numbered batches, several of which may
 * share one durable commit. Indexing is the background's; what it has not reached stays known here.
 * Must not know the domain.
 */
import type { GraphDelta } from '../../core/graph-store.ts';
import { StoreError } from '../../core/graph-store.ts';
import { Background } from './background.ts';
import { Batch } from './batch.ts';
import { decodeBlock, encodeBlock } from './block.ts';
import {
  type Database,
  type DatabaseOptions,
  getValue,
  guarded,
  putValue,
  storeErrorFrom,
  textKey,
  textOfKey,
  verified,
} from './database.ts';
import { EdgeRows } from './edge-rows.ts';
import { flush } from './flush.ts';
import { putGap } from './gap-list.ts';
import type { WriterLock } from './lock.ts';
import { readHead, readManifest, readOps, writeHead, writeOps } from './manifest.ts';
import { mergeStep } from './merge.ts';
import { sweepParts } from './part-writer.ts';
import { Pinned } from './pinned.ts';
import { EmbeddedReader, type ReaderBounds } from './reader.ts';

export interface WriterBounds extends ReaderBounds {
  /** Edges in batches that are not indexed yet, at which indexing starts; at four times as many, `apply` waits. */
  readonly tailEdgesMax: number;
  /** Batches likewise. */
  readonly tailBatchesMax: number;
  /** Bytes of lines of logs likewise. */
  readonly tailLineBytesMax: number;
  /** Edges of waiting deltas that share one commit; a single delta may have more. */
  readonly commitEdgesMax: number;
}

interface Waiting {
  readonly delta: GraphDelta;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** `apply` waits for the background at this many times the size at which indexing starts. */
const TAIL_WAIT = 4;
/** Merge steps that closing may do in place of a background that never had to start. */
const CLOSING_STEPS_MAX = 16;
/** Fewer edges and batches than that are left as they are: a reader indexes them in memory in no time. */
const CLOSING_EDGES_MIN = 2_048;
const CLOSING_BATCHES_MIN = 8;
const CLOSING_LINE_BYTES_MIN = 16_384;

export class EmbeddedStore extends EmbeddedReader {
  readonly #lock: WriterLock;
  readonly #bounds: WriterBounds;
  readonly #options: DatabaseOptions;
  readonly #queue: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #background: Background | undefined;
  #requested = false;
  readonly #pinned = new Pinned();
  #batch: number;
  #vertices: number;
  #ops: readonly string[];
  /** Lent to each batch in turn. */
  readonly #rows = new EdgeRows(1024);

  constructor(database: Database, lock: WriterLock, bounds: WriterBounds, options: DatabaseOptions) {
    super(database, bounds);
    this.#lock = lock;
    this.#bounds = bounds;
    this.#options = { ...options, check: false };
    const head = readHead(database);
    this.table.startWith(head.vertices);
    this.#batch = head.batch;
    this.#vertices = head.vertices;
    this.#ops = readOps(database);
    const manifest = readManifest(database);
    sweepParts(database, manifest);
    for (let batch = manifest.flushed + 1; batch <= head.batch; batch++) this.#recover(batch);
    // A process that dies before its thread has started must not find the same backlog, and wait, for ever.
    if (this.#over(TAIL_WAIT)) this.#indexBacklog();
  }

  apply(delta: GraphDelta): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new StoreError('closed', `the store ${this.database.dir} has been closed`));
        return;
      }
      this.#queue.push({ delta, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  async positions(): Promise<Map<string, bigint>> {
    return new Map([...this.#texts(this.database.positions)].map(([stream, text]) => [stream, BigInt(text)]));
  }

  async state(): Promise<Map<string, string>> {
    return new Map(this.#texts(this.database.state));
  }

  /** Indexes all batches and merges all that is due. Queries need no such call; measurements do. */
  async settle(): Promise<void> {
    await this.#draining;
    await this.#ensureBackground().settle();
  }

  override async close(): Promise<void> {
    if (this.closed) return;
    await this.#draining;
    this.closed = true;
    this.#queue.splice(0).forEach(({ reject }) => {
      reject(new StoreError('closed', `the store ${this.database.dir} has been closed`));
    });
    try {
      if (this.#background !== undefined) await this.#background.stop();
      else if (this.#isWorthIndexing()) this.#indexHere();
    } finally {
      await this.database.root.close();
      this.#lock.release();
    }
  }

  async #drain(): Promise<void> {
    // Callers of the same turn get into the same commit.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group: Waiting[] = [];
      try {
        await this.#waitForBackground();
        const batch = this.#gather(group);
        if (group.length > 0) await this.#commit(batch);
        for (const { resolve } of group) resolve();
      } catch (cause) {
        const error = storeErrorFrom(this.database.dir, cause);
        const failed = group.length > 0 ? group : this.#queue.splice(0);
        for (const { reject } of failed) reject(error);
      }
      this.#askForFlush();
    }
    // In the same turn as the last look at the queue: what comes later starts a new drain.
    this.#draining = undefined;
  }

  #gather(group: Waiting[]): Batch {
    const known = {
      vertices: this.#vertices,
      ops: this.#ops,
      cachedNumberOf: (id: string) => this.table.cachedNumberOf(id),
      numberOf: (id: string) => this.#pinned.numberOf(id) ?? this.table.numberOf(id),
      record: (number: number) => this.#pinned.record(number) ?? this.table.record(number),
    };
    const batch = new Batch(known, this.#rows);
    while (this.#queue.length > 0) {
      const waiting = this.#queue[0]!;
      const { edges } = waiting.delta;
      const isFull = batch.edges.length + edges.length > this.#bounds.commitEdgesMax;
      if (group.length > 0 && (isFull || batch.lineBytes > this.#bounds.tailLineBytesMax)) break;
      this.#queue.shift();
      try {
        batch.add(waiting.delta);
        group.push(waiting);
      } catch (cause) {
        waiting.reject(storeErrorFrom(this.database.dir, cause));
      }
    }
    return batch;
  }

  /** The disk syncs in a thread of lmdb's: what is folded, asked or taken meanwhile does not wait for it. */
  async #commit(batch: Batch): Promise<void> {
    const { database } = this;
    const vertices = batch.vertices;
    const { edges, uses, lines, lineBytes } = batch;
    const empty = edges.length + vertices.length + uses.length + lines.length === 0;
    const number = empty ? this.#batch : this.#batch + 1;
    const block = empty ? undefined : encodeBlock({ edges, vertices, uses, lines });
    // A child is taken back where it throws; the transaction around it would keep what it had written.
    await database.root.childTransaction(() => {
      if (block !== undefined) {
        putValue(database.blocks, number, block);
        writeHead(database, { batch: number, vertices: batch.vertexCount });
      }
      if (batch.newOps) writeOps(database, batch.ops);
      for (const { state, positions, gaps } of batch.deltas) {
        for (const [key, text] of state)
          if (text === undefined) database.state.removeSync(textKey(key));
          else putValue(database.state, textKey(key), Buffer.from(text));
        for (const [stream, next] of positions)
          putValue(database.positions, textKey(stream), Buffer.from(String(next)));
        for (const gap of gaps) putGap(database, gap);
      }
    });
    database.root.resetReadTxn();
    this.#batch = number;
    this.#vertices = batch.vertexCount;
    this.table.vertices = batch.vertexCount;
    this.#ops = batch.ops;
    for (const [id, fresh] of batch.fresh) this.table.learn(fresh, id);
    if (!empty) this.#pinned.add(number, { edges: edges.length, lineBytes }, vertices);
  }

  #indexed(flushed: number): void {
    this.#requested = false;
    this.#pinned.drop(flushed);
    this.table.forgetChunks();
    this.database.root.resetReadTxn();
    this.#askForFlush();
  }

  #recover(batch: number): void {
    const bytes = getValue(this.database, this.database.blocks, batch);
    if (bytes === undefined)
      throw new StoreError('corrupt', `the store ${this.database.dir} is damaged: batch ${batch} is missing`);
    const block = decodeBlock(bytes);
    const lineBytes = block.lines.reduce((sum, { text }) => sum + text.length, 0);
    this.#pinned.add(batch, { edges: block.edges.length, lineBytes }, block.vertices);
  }

  #isWorthIndexing(): boolean {
    const { edges, batches, lineBytes } = this.#pinned;
    return (
      edges >= CLOSING_EDGES_MIN || batches >= CLOSING_BATCHES_MIN || lineBytes >= CLOSING_LINE_BYTES_MIN
    );
  }

  #indexBacklog(): void {
    while (this.#over(1) && flush(this.database, { edgesMax: this.#bounds.tailEdgesMax }) > 0)
      this.#pinned.drop(readManifest(this.database).flushed);
    this.database.root.resetReadTxn();
  }

  #over(times: number): boolean {
    const { tailEdgesMax, tailBatchesMax, tailLineBytesMax } = this.#bounds;
    const { edges, batches, lineBytes } = this.#pinned;
    return (
      edges >= tailEdgesMax * times ||
      batches >= tailBatchesMax * times ||
      lineBytes >= tailLineBytesMax * times
    );
  }

  #askForFlush(): void {
    if (this.closed || this.#requested || !this.#over(1)) return;
    this.#requested = true;
    this.#pinned.startEpoch();
    this.#ensureBackground().requestFlush();
  }

  async #waitForBackground(): Promise<void> {
    if (this.#background?.failure !== undefined) throw this.#background.failure;
    while (this.#over(TAIL_WAIT)) {
      this.#askForFlush();
      await this.#ensureBackground().progress();
    }
  }

  #ensureBackground(): Background {
    const { dir } = this.database;
    this.#background ??= new Background(
      { dir, database: this.#options, edgesMax: this.#bounds.tailEdgesMax },
      (flushed) => this.#indexed(flushed),
    );
    return this.#background;
  }

  #indexHere(): void {
    guarded(this.database.dir, () => {
      while (flush(this.database, { edgesMax: this.#bounds.tailEdgesMax }) > 0);
      for (let step = 0; step < CLOSING_STEPS_MAX && mergeStep(this.database, false); step++);
    });
  }

  #texts(table: Database['state']): [string, string][] {
    if (this.closed) throw new StoreError('closed', `the store ${this.database.dir} has been closed`);
    return guarded(this.database.dir, () => {
      this.database.root.resetReadTxn();
      return [...table.getRange()].map(({ key, value }): [string, string] => [
        textOfKey(key),
        verified(this.database, value).toString('utf8'),
      ]);
    });
  }
}
