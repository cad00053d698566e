/**
 * Which chunks a part of a segment has, and what each covers: small enough to stay in memory
 * (some 28 bytes for 16 KiB of edges). Must not know what chunks contain beyond their bounds.
 */
import type { ChunkEntry } from './segment.ts';

/** Of each chunk, over all columns. */
const CHUNK_BYTES = 28;

export class Directory {
  readonly chunks: number;
  /** First and last vertex of each chunk. */
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  /** ns as words, low then high: when the chunk's first edge begins. */
  readonly begins: Int32Array;
  /** Likewise: latest end of any edge in the chunk. */
  readonly maxLast: Int32Array;
  readonly edges: Uint32Array;

  constructor(chunks: number) {
    this.chunks = chunks;
    this.first = new Uint32Array(chunks);
    this.last = new Uint32Array(chunks);
    this.begins = new Int32Array(chunks * 2);
    this.maxLast = new Int32Array(chunks * 2);
    this.edges = new Uint32Array(chunks);
  }

  static of(entries: readonly ChunkEntry[]): Directory {
    const directory = new Directory(entries.length);
    for (const [at, entry] of entries.entries()) {
      directory.first[at] = entry.vertex;
      directory.last[at] = entry.lastVertex;
      putTime(directory.begins, at, entry.first);
      putTime(directory.maxLast, at, entry.maxLast);
      directory.edges[at] = entry.edges;
    }
    return directory;
  }

  static decode(bytes: Uint8Array): Directory {
    const directory = new Directory(bytes.length / CHUNK_BYTES);
    let at = 0;
    for (const column of directory.#columns()) {
      const size = column.byteLength;
      new Uint8Array(column.buffer).set(bytes.subarray(at, at + size));
      at += size;
    }
    return directory;
  }

  encode(): Uint8Array {
    const out = new Uint8Array(this.chunks * CHUNK_BYTES);
    let at = 0;
    for (const column of this.#columns()) {
      out.set(new Uint8Array(column.buffer), at);
      at += column.byteLength;
    }
    return out;
  }

  /** First chunk that may hold `vertex` or a later one. */
  seek(vertex: number): number {
    let low = 0;
    let high = this.chunks;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.last[middle]! < vertex) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #columns() {
    return [this.first, this.last, this.begins, this.maxLast, this.edges];
  }
}

function putTime(words: Int32Array, at: number, time: bigint): void {
  words[2 * at] = Number(BigInt.asIntN(32, time));
  words[2 * at + 1] = Number(BigInt.asIntN(32, time >> 32n));
}
