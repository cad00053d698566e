/**
 * One consistent view of the store: runs of the manifest plus the tail of batches behind them. Follows other
 * processes' commits. Must not answer questions itself.
 */
import type { Vertex } from '../../core/graph-store.ts';
import type { Database } from './database.ts';
import { type Manifest, readGeneration, readHead, readManifest, readOps, type Side } from './manifest.ts';
import { type Segment, SegmentFiles } from './segment-source.ts';
import { Tail } from './tail.ts';
import type { VertexTable } from './vertex-table.ts';

export class Snapshot {
  readonly tail: Tail;
  readonly table: VertexTable;
  manifest: Manifest;
  vertices = 0;
  /** Changes whenever an answer could. */
  stamp = '';
  readonly #database: Database;
  readonly #files: SegmentFiles;
  #ops: readonly string[] | undefined;
  #segments: { in?: Segment[]; out?: Segment[] } = {};

  constructor(database: Database, table: VertexTable, cacheBytesMax: number) {
    this.#database = database;
    this.table = table;
    this.tail = new Tail(database);
    this.#files = new SegmentFiles(database, cacheBytesMax);
    this.manifest = readManifest(database);
  }

  /** To be called before each answer; everything read until the next event then belongs to one commit. */
  follow(): void {
    this.#database.root.resetReadTxn();
    if (readGeneration(this.#database) !== this.manifest.generation) {
      this.manifest = readManifest(this.#database);
      this.#files.forgetExcept(this.manifest.edgeRuns);
      this.table.forgetChunks();
      this.#segments = {};
    }
    const head = readHead(this.#database);
    if (this.tail.follow(this.manifest.flushed, head.batch)) {
      this.#segments = {};
      this.#ops = undefined;
    }
    this.vertices = head.vertices;
    this.table.vertices = head.vertices;
    this.stamp = `${this.manifest.generation}.${head.batch}`;
  }

  /** Oldest first. */
  segments(side: Side): Segment[] {
    this.#segments[side] ??= [
      ...this.#files.open(this.manifest.edgeRuns.filter((run) => run.side === side)),
      ...this.tail.segments(side),
    ];
    return this.#segments[side];
  }

  numberOf(id: string): number | undefined {
    return this.tail.numbers.get(id) ?? this.table.numberOf(id);
  }

  idOf(number: number): string {
    const id = this.tail.vertices.get(number)?.id ?? this.table.idOf(number);
    // An edge cannot be committed before its vertices.
    if (id === undefined) throw new RangeError(`no vertex has the number ${number}`);
    return id;
  }

  record(number: number): Vertex | undefined {
    return this.tail.vertices.get(number) ?? this.table.record(number);
  }

  /** Names of operations by number. */
  get ops(): readonly string[] {
    this.#ops ??= readOps(this.#database);
    return this.#ops;
  }
}
