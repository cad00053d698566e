/**
 * Which chunks a part of a segment has, and what each covers: small enough to stay in memory
 * (some 20 bytes for 16 KiB of edges). Must not know what chunks contain beyond their bounds.
 */
import type { ChunkEntry } from './segment.ts';

export class Directory {
  readonly chunks: number;
  /** First and last vertex of each chunk. */
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  /** ns as words, low then high: latest end of any edge in the chunk. */
  readonly maxLast: Int32Array;
  readonly edges: Uint32Array;

  constructor(chunks: number) {
    this.chunks = chunks;
    this.first = new Uint32Array(chunks);
    this.last = new Uint32Array(chunks);
    this.maxLast = new Int32Array(chunks * 2);
    this.edges = new Uint32Array(chunks);
  }

  static of(entries: readonly ChunkEntry[]): Directory {
    const directory = new Directory(entries.length);
    for (const [at, entry] of entries.entries()) {
      directory.first[at] = entry.vertex;
      directory.last[at] = entry.lastVertex;
      directory.maxLast[2 * at] = Number(BigInt.asIntN(32, entry.maxLast));
      directory.maxLast[2 * at + 1] = Number(BigInt.asIntN(32, entry.maxLast >> 32n));
      directory.edges[at] = entry.edges;
    }
    return directory;
  }

  static decode(bytes: Uint8Array): Directory {
    const directory = new Directory(bytes.length / 20);
    let at = 0;
    for (const column of directory.#columns()) {
      const size = column.byteLength;
      new Uint8Array(column.buffer).set(bytes.subarray(at, at + size));
      at += size;
    }
    return directory;
  }

  encode(): Uint8Array {
    const out = new Uint8Array(this.chunks * 20);
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
    return [this.first, this.last, this.maxLast, this.edges];
  }
}
