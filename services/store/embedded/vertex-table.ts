/**
 * Vertex ids as dense numbers and back, and the records behind the numbers, for vertices that the background has
 * indexed. Memory is bounded: caches over chunks of 16 records.
 * Must not know batches that are not indexed yet.
 */
import type { Vertex } from '../../core/graph-store.ts';
import { type VertexFields, vertexFields, vertexFrom } from './block.ts';
import { BlockArena } from './block-arena.ts';
import { BoundedCache } from './cache.ts';
import { type Database, glanceAt, putValue, type Table } from './database.ts';
import { addNumbers, candidatesOf, hashOf, type IdHash } from './id-index.ts';
import { entryOf } from './list-text.ts';
import { packBlock, unpackBlock } from './short-block.ts';

/** A question wants one record here and one there: what is unpacked with it is for nothing. */
const CHUNK_BITS = 4;
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
/** Of chunks that are kept unpacked: of names some 1 KiB each, of records 4. */
const NAME_BYTES_MAX = 8 << 20;
const RECORD_BYTES_MAX = 32 << 20;
/** A power of two. */
const SLOTS_AT_FIRST = 64;

export class VertexTable {
  /** As committed: numbers are below. To be kept by whoever follows the commits. */
  vertices = 0;
  readonly #database: Database;
  readonly #numbers: BoundedCache<string, number>;
  #complete = false;
  /** Direct-mapped: slot = number modulo size. Begins small, and grows until the highest number has a slot. */
  #names: (string | undefined)[] = new Array(SLOTS_AT_FIRST);
  #nameOf = new Uint32Array(SLOTS_AT_FIRST);
  readonly #slotsMax: number;
  readonly #nameTexts: ChunkTexts;
  readonly #records: ChunkTexts;

  /** `idsMax` ids are kept in memory, in each direction. */
  constructor(database: Database, idsMax: number) {
    this.#database = database;
    this.#nameTexts = new ChunkTexts(database, database.names, NAME_BYTES_MAX);
    this.#records = new ChunkTexts(database, database.records, RECORD_BYTES_MAX);
    this.#numbers = new BoundedCache(idsMax);
    let size = SLOTS_AT_FIRST;
    while (size * 2 <= idsMax) size *= 2;
    this.#slotsMax = size;
  }

  /** With an empty store, and as long as all fit, what is not in memory is not stored either. */
  startWith(vertices: number): void {
    this.vertices = vertices;
    this.#complete = vertices === 0;
  }

  cachedNumberOf(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  numberOf(id: string): number | undefined {
    const cached = this.cachedNumberOf(id);
    if (cached !== undefined) return cached;
    if (this.#complete && !this.#numbers.hasForgotten) return undefined;
    for (const number of candidatesOf(this.#database, hashOf(id), this.vertices)) {
      if (this.idOf(number) !== id) continue;
      this.#numbers.set(id, number);
      return number;
    }
    return undefined;
  }

  idOf(number: number): string | undefined {
    const slot = number & (this.#nameOf.length - 1);
    if (this.#nameOf[slot] === number && this.#names[slot] !== undefined) return this.#names[slot];
    const name = this.#nameTexts.entry(number) as string | undefined;
    if (name !== undefined) this.#remember(number, name);
    return name;
  }

  /** To be called when it is certain that the number is the id's: committed. */
  learn(number: number, id: string): void {
    this.#numbers.set(id, number);
    this.#remember(number, id);
  }

  record(number: number): Vertex | undefined {
    const id = this.idOf(number);
    const fields = this.#records.entry(number) as VertexFields | undefined;
    return id === undefined || fields === undefined ? undefined : vertexFrom(id, fields);
  }

  /** Records change when the background commits, and chunks of names grow. */
  forgetChunks(): void {
    this.#nameTexts.clear();
    this.#records.clear();
  }

  #remember(number: number, id: string): void {
    if (number >= this.#nameOf.length && this.#nameOf.length < this.#slotsMax) this.#grow(number);
    const slot = number & (this.#nameOf.length - 1);
    this.#names[slot] = id;
    this.#nameOf[slot] = number;
  }

  /** Every number held is below the size before, so that each keeps its slot. */
  #grow(number: number): void {
    let size = this.#nameOf.length;
    while (size <= number && size < this.#slotsMax) size *= 2;
    this.#names.length = size;
    const nameOf = new Uint32Array(size);
    nameOf.set(this.#nameOf);
    this.#nameOf = nameOf;
  }
}

/** One entry here and there of the lists in a table. */
class ChunkTexts {
  readonly #database: Database;
  readonly #table: Table;
  readonly #unpacked: BlockArena;

  constructor(database: Database, table: Table, bytesMax: number) {
    this.#database = database;
    this.#table = table;
    this.#unpacked = new BlockArena(bytesMax);
  }

  /** Undefined where there is none. */
  entry(number: number): unknown {
    const chunk = number >>> CHUNK_BITS;
    return entryOf(this.#unpacked.get(chunk) ?? this.#unpack(chunk), number & CHUNK_MASK);
  }

  clear(): void {
    this.#unpacked.clear();
  }

  #unpack(chunk: number): Buffer {
    try {
      return textOf(this.#database, this.#table, chunk, (length) => this.#unpacked.place(chunk, length));
    } catch (cause) {
      this.#unpacked.forget(chunk);
      throw cause;
    }
  }
}

/** Works out what writing `vertices` puts in the tables; the result is to be called inside the transaction. */
export function prepareVertices(database: Database, vertices: ReadonlyMap<number, Vertex>): () => void {
  const chunks = new Map<number, [number, Vertex][]>();
  for (const [number, vertex] of vertices) {
    const chunk = chunks.get(number >>> CHUNK_BITS);
    if (chunk === undefined) chunks.set(number >>> CHUNK_BITS, [[number, vertex]]);
    else chunk.push([number, vertex]);
  }
  const puts: (() => void)[] = [];
  const fresh: [IdHash, number][] = [];
  for (const [chunk, members] of [...chunks].sort((a, b) => a[0] - b[0])) {
    const names = readNames(database, chunk);
    const records = readRecords(database, chunk);
    const known = names.length;
    for (const [number, vertex] of members) {
      if ((number & CHUNK_MASK) >= known) fresh.push([hashOf(vertex.id), number]);
      names[number & CHUNK_MASK] = vertex.id;
      records[number & CHUNK_MASK] = vertexFields(vertex);
    }
    const packedNames = names.length === known ? undefined : packed(names);
    const packedRecords = packed(records);
    puts.push(() => {
      if (packedNames !== undefined) putValue(database.names, chunk, packedNames);
      putValue(database.records, chunk, packedRecords);
    });
  }
  return () => {
    for (const put of puts) put();
    addNumbers(database, fresh);
  };
}

function readNames(database: Database, chunk: number): string[] {
  return JSON.parse(textOf(database, database.names, chunk).toString()) as string[];
}

function readRecords(database: Database, chunk: number): VertexFields[] {
  return JSON.parse(textOf(database, database.records, chunk).toString()) as VertexFields[];
}

/** u32 length · the list as JSON, packed. */
function packed(list: readonly unknown[]): Buffer {
  const text = Buffer.from(JSON.stringify(list));
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, packBlock(text)]);
}

function textOf(
  database: Database,
  table: Table,
  chunk: number,
  place: (length: number) => Buffer = Buffer.allocUnsafe,
): Buffer {
  const bytes = glanceAt(database, table, chunk);
  return bytes === undefined
    ? Buffer.from('[]')
    : unpackBlock(bytes.subarray(4), place(bytes.readUInt32LE(0)));
}
