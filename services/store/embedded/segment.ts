/**
 * The packed form of sorted adjacency: pages of one vertex's edges, chunks of pages, a directory of chunks.
 * A chunk is one stored value and the unit of reading. A page's header says which times it covers, so that a
 * hub's pages outside the range asked for are stepped over and not decoded.
 * Must not know where chunks are kept, nor which end of the edges `vertex` is.
 *
 * Chunk: u32 pages · i64 base · u32[pages] vertex · u16[pages] offset · page…
 * Page:  count · zigzag(first of the page − base) · [latest last − first of the page, from PAGE_BOUNDED rows on]
 *        · row…
 * Row:   first − previous first · op*8 + flags · other · [last − first] · [count] · [bytes]
 */
import { ByteReader, ByteWriter, u16At, u32At, unzigzag, VARINT_MAX, zigzag } from './bytes.ts';
import { type EdgeRows, offsetFrom, EdgeRows as Rows } from './edge-rows.ts';

/** A chunk just fills four 4 KiB pages of the database, its header and checksum included. */
export const CHUNK_BYTES_MAX = 4 * 4096 - 40;
/** A query unpacks whole pages: small ones waste less, and cost a head for each. */
const PAGE_ROWS_MAX = 32;
const PAGE_BOUNDED = 16;
/** Offsets stay well inside exact numbers, sums included. */
const OFFSET_MAX = 2 ** 51;
const HAS_DURATION = 1;
const HAS_COUNT = 2;
const HAS_BYTES = 4;
const CHUNK_HEAD = 12;
const PAGE_ENTRY = 6;

export interface ChunkEntry {
  readonly vertex: number;
  readonly lastVertex: number;
  /** ns; `first` of its first edge. */
  readonly first: bigint;
  /** ns; latest `last` of any edge in the chunk. */
  readonly maxLast: bigint;
  readonly edges: number;
}

/** Takes rows in segment order and emits finished chunks. */
export class SegmentBuilder {
  readonly #emit: (chunk: Uint8Array, entry: ChunkEntry) => void;
  readonly #page = new Rows(PAGE_ROWS_MAX);
  readonly #stream = new ByteWriter(CHUNK_BYTES_MAX + 8192);
  readonly #encoded = new ByteWriter(8192);
  #vertices: number[] = [];
  #offsets: number[] = [];
  #edges = 0;
  #base = 0n;
  #baseHigh = 0;
  #baseLow = 0;
  #maxLast = 0n;

  constructor(emit: (chunk: Uint8Array, entry: ChunkEntry) => void) {
    this.#emit = emit;
  }

  add(rows: EdgeRows, at: number): void {
    const page = this.#page;
    const n = page.length;
    if (n > 0) {
      const apart =
        page.vertex[0] !== rows.vertex[at] ||
        offsetFrom(rows.firstWords, at, page.firstWords[1]!, page.firstWords[0]! >>> 0) > OFFSET_MAX;
      if (n === PAGE_ROWS_MAX || apart) this.#closePage();
    }
    page.take(rows, at);
  }

  finish(): void {
    this.#closePage();
    this.#closeChunk();
  }

  #closePage(): void {
    const page = this.#page;
    if (page.length === 0) return;
    if (this.#vertices.length === 0) this.#open();
    let start = offsetFrom(page.firstWords, 0, this.#baseHigh, this.#baseLow);
    if (Math.abs(start) > OFFSET_MAX) {
      this.#closeChunk();
      this.#open();
      start = 0;
    }
    this.#encode(start);
    if (this.#size() + PAGE_ENTRY + this.#encoded.length > CHUNK_BYTES_MAX && this.#vertices.length > 0) {
      this.#closeChunk();
      this.#open();
      this.#encode(0);
    }
    this.#vertices.push(page.vertex[0]!);
    this.#offsets.push(this.#stream.length);
    this.#stream.append(this.#encoded.bytes.subarray(0, this.#encoded.length));
    this.#edges += page.length;
    for (let i = 0; i < page.length; i++) if (page.last[i]! > this.#maxLast) this.#maxLast = page.last[i]!;
    page.length = 0;
  }

  #open(): void {
    const page = this.#page;
    this.#base = page.first[0]!;
    this.#baseHigh = page.firstWords[1]!;
    this.#baseLow = page.firstWords[0]! >>> 0;
    this.#maxLast = page.last[0]!;
  }

  #size(): number {
    return CHUNK_HEAD + this.#vertices.length * PAGE_ENTRY + this.#stream.length;
  }

  #closeChunk(): void {
    const pages = this.#vertices.length;
    if (pages === 0) return;
    const out = new ByteWriter(this.#size());
    out.u32(pages);
    out.u32(Number(BigInt.asUintN(32, this.#base)));
    out.u32(Number(BigInt.asUintN(32, this.#base >> 32n)));
    for (const vertex of this.#vertices) out.u32(vertex);
    for (const offset of this.#offsets) out.u16(offset);
    out.append(this.#stream.bytes.subarray(0, this.#stream.length));
    this.#emit(out.copy(), {
      vertex: this.#vertices[0]!,
      lastVertex: this.#vertices[pages - 1]!,
      first: this.#base,
      maxLast: this.#maxLast,
      edges: this.#edges,
    });
    this.#vertices = [];
    this.#offsets = [];
    this.#edges = 0;
    this.#stream.clear();
  }

  #encode(start: number): void {
    const page = this.#page;
    const out = this.#encoded;
    const high = page.firstWords[1]!;
    const low = page.firstWords[0]! >>> 0;
    out.clear();
    out.varint(page.length);
    out.varint(zigzag(start));
    if (page.length >= PAGE_BOUNDED) out.varint(latest(page, high, low));
    let previous = 0;
    for (let i = 0; i < page.length; i++) {
      const first = offsetFrom(page.firstWords, i, high, low);
      const duration = offsetFrom(
        page.lastWords,
        i,
        page.firstWords[2 * i + 1]!,
        page.firstWords[2 * i]! >>> 0,
      );
      const count = page.count[i]!;
      const bytes = page.bytes[i]!;
      out.varint(first - previous);
      out.varint(
        page.op[i]! * 8 +
          (duration === 0 ? 0 : HAS_DURATION) +
          (count === 1 ? 0 : HAS_COUNT) +
          (bytes === 0 ? 0 : HAS_BYTES),
      );
      out.varint(page.other[i]!);
      if (duration !== 0) encodeDuration(out, duration, page.lastWords, i);
      if (count !== 1) out.varint(count);
      if (bytes !== 0) out.varint(bytes);
      previous = first;
    }
  }
}

/** Walks the pages of a chunk. The chunk's checksum has been verified. */
export class ChunkView {
  readonly chunk: Uint8Array;
  readonly pages: number;
  readonly #vertices: Uint32Array;
  readonly #baseLow: number;
  readonly #baseHigh: number;
  readonly #reader: ByteReader;
  /** When each page begins, and the latest end of any page of its vertex up to it. */
  #begins: Float64Array | undefined;
  #reaches: Float64Array | undefined;
  /** Of the page last looked at with `head`; times are ns from the chunk's base. */
  rows = 0;
  first = 0;
  /** No row of the page ends later; Infinity where the page does not say. */
  latest = 0;

  constructor(bytes: Uint8Array) {
    const chunk = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    this.chunk = chunk;
    this.pages = u32At(chunk, 0);
    this.#vertices = new Uint32Array(chunk.buffer, chunk.byteOffset + CHUNK_HEAD, this.pages);
    this.#baseLow = u32At(chunk, 4);
    this.#baseHigh = u32At(chunk, 8) | 0;
    this.#reader = new ByteReader(chunk);
  }

  vertexAt(page: number): number {
    return this.#vertices[page]!;
  }

  /** First page of `vertex` or of a later one. */
  seek(vertex: number): number {
    let low = 0;
    let high = this.pages;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#vertices[middle]! < vertex) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** End of the pages from `start` on that are of `vertex`. */
  seekEnd(vertex: number, start: number): number {
    // Most vertices have one page.
    let low = start;
    let high = start;
    for (let step = 1; high < this.pages && this.#vertices[high] === vertex; step *= 2) {
      low = high + 1;
      high += step;
    }
    if (high > this.pages) high = this.pages;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#vertices[middle] === vertex) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** End of the pages in start..end, all of one vertex, that begin by `until`, an offset. */
  seekBegin(until: number, start: number, end: number): number {
    const { begins } = this.#heads;
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (begins[middle]! <= until) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First page of start..end such that it or one before it may end at `since`, an offset, or later. */
  seekReach(since: number, start: number, end: number): number {
    const { reaches } = this.#heads;
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (reaches[middle]! < since) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A time in words as ns from the chunk's base; beyond what a page can hold it only keeps its side. */
  offsetOf(high: number, low: number): number {
    return (high - this.#baseHigh) * 0x100000000 + (low - this.#baseLow);
  }

  /** ns from the base of another chunk to that of this one. */
  baseFrom(other: ChunkView): number {
    return this.offsetOf(this.#baseHigh, this.#baseLow) - this.offsetOf(other.#baseHigh, other.#baseLow);
  }

  /** Of all pages, for the chunks of hubs: which pages to read is then found without touching the others. */
  get #heads(): { readonly begins: Float64Array; readonly reaches: Float64Array } {
    if (this.#begins === undefined || this.#reaches === undefined) {
      this.#begins = new Float64Array(this.pages);
      this.#reaches = new Float64Array(this.pages);
      let reach = 0;
      for (let page = 0; page < this.pages; page++) {
        this.head(page);
        const goesOn = page > 0 && this.#vertices[page] === this.#vertices[page - 1];
        reach = goesOn ? Math.max(reach, this.latest) : this.latest;
        this.#begins[page] = this.first;
        this.#reaches[page] = reach;
      }
    }
    return { begins: this.#begins, reaches: this.#reaches };
  }

  #startOf(page: number): number {
    const offset = u16At(this.chunk, CHUNK_HEAD + 4 * this.pages + 2 * page);
    return CHUNK_HEAD + this.pages * PAGE_ENTRY + offset;
  }

  /** Reads a page's header into `rows`, `first` and `latest`. */
  head(page: number): void {
    this.#reader.at = this.#startOf(page);
    this.rows = this.#reader.varint();
    this.first = unzigzag(this.#reader.varint());
    const reach = this.rows >= PAGE_BOUNDED ? this.#reader.varint() : VARINT_MAX;
    this.latest = reach >= OFFSET_MAX ? Number.POSITIVE_INFINITY : this.first + reach;
  }

  /** Appends the rows of the page whose header was read last, oldest first. */
  decode(page: number, rank: number, into: EdgeRows): void {
    const reader = this.#reader;
    const vertex = this.vertexAt(page);
    let offset = this.first;
    into.reserve(this.rows);
    const { vertex: vertices, other, op, firstWords, lastWords, count, bytes, rank: ranks, length } = into;
    const end = length + this.rows;
    const baseLow = this.#baseLow;
    const baseHigh = this.#baseHigh;
    for (let to = length; to < end; to++) {
      offset += reader.varint();
      const tag = reader.varint();
      vertices[to] = vertex;
      other[to] = reader.varint();
      op[to] = tag >>> 3;
      const sum = baseLow + offset;
      const carry = Math.floor(sum / 0x100000000);
      const firstHigh = baseHigh + carry;
      const firstLow = sum - carry * 0x100000000;
      firstWords[2 * to] = firstLow;
      firstWords[2 * to + 1] = firstHigh;
      if (tag & HAS_DURATION) decodeDuration(reader, firstHigh, firstLow, lastWords, to);
      else {
        lastWords[2 * to] = firstLow;
        lastWords[2 * to + 1] = firstHigh;
      }
      count[to] = tag & HAS_COUNT ? reader.varint() : 1;
      bytes[to] = tag & HAS_BYTES ? reader.varint() : 0;
      ranks[to] = rank;
    }
    into.length = end;
  }
}

function latest(page: EdgeRows, high: number, low: number): number {
  let reach = 0;
  for (let i = 0; i < page.length; i++) reach = Math.max(reach, offsetFrom(page.lastWords, i, high, low));
  return Math.min(reach, VARINT_MAX);
}

function encodeDuration(out: ByteWriter, duration: number, lastWords: Int32Array, at: number): void {
  if (duration < OFFSET_MAX) {
    out.varint(duration);
    return;
  }
  out.varint(VARINT_MAX);
  out.u32(lastWords[2 * at]!);
  out.u32(lastWords[2 * at + 1]!);
}

function decodeDuration(reader: ByteReader, high: number, low: number, words: Int32Array, to: number): void {
  const duration = reader.varint();
  if (duration === VARINT_MAX) {
    words[2 * to] = u32At(reader.bytes, reader.at);
    words[2 * to + 1] = u32At(reader.bytes, reader.at + 4);
    reader.at += 8;
    return;
  }
  const sum = low + duration;
  const carry = Math.floor(sum / 0x100000000);
  words[2 * to] = sum - carry * 0x100000000;
  words[2 * to + 1] = high + carry;
}
