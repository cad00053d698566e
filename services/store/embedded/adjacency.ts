/**
 * Edges of one vertex within a range of time, over segments of different age.
 *
 * Segments are sorted by (vertex, first, other, op), so each is read from the wanted end and only as far as the
 * limit asks. A page that ends before the range is stepped over, except where it could hold the newer version
 * of an edge already found in an older segment: then it is read, because a newer version hides an older one
 * even when it lies outside the range itself.
 * Must not know ids, nor which end of the edges the vertex is.
 */
import type { Directory } from './directory.ts';
import { compareIdentity, EdgeRows } from './edge-rows.ts';
import type { ChunkView } from './segment.ts';
import { partOf, type Segment, type SegmentPart } from './segment-source.ts';

/** Edges with first <= until and last >= since, both ends included. */
export interface Range {
  readonly since: bigint;
  readonly until: bigint;
  readonly newestFirst: boolean;
}

/** Of a vertex with more pages in a chunk, those to read are found by bisection. */
const PAGES_SINGLY_MAX = 4;
const TIME_MIN = -(2n ** 63n);
const TIME_MAX = 2n ** 63n - 1n;

export class Adjacency {
  /** The rows that the last `find` returned positions of. Valid until the next. */
  readonly rows = new EdgeRows(1024);
  readonly #bounds = new BigInt64Array(2);
  readonly #words = new Int32Array(this.#bounds.buffer);
  /** Positions of rows that begin in time: one stretch for each segment that has any, in the wanted order. */
  #order = new Uint32Array(1024);
  #spare = new Uint32Array(1024);
  #ordered = 0;
  /** Where the stretches begin, oldest segment first. */
  readonly #stretches: number[] = [];
  /** Position of the row where a segment was cut off; the row nearest the wanted end over all segments. */
  #cut = -1;
  #newestFirst = false;
  /** Only one segment: what lies outside the range cannot supersede anything, and what is in it stands. */
  #alone = false;
  /** Rows with the least and greatest `first` among those of older segments, or −1. */
  #olderMin = -1;
  #olderMax = -1;

  /** Whether the last `find` left more. */
  truncated = false;

  /** Positions in `rows`, in the wanted order. Valid likewise, as far as `find` said. */
  get positions(): Uint32Array {
    return this.#order;
  }

  /** Returns how many were found, at most `limit`. Segments are given oldest first. */
  find(segments: readonly Segment[], vertex: number, range: Range, limit: number): number {
    this.truncated = false;
    this.#bounds[0] = range.since < TIME_MIN ? TIME_MIN : range.since > TIME_MAX ? TIME_MAX : range.since;
    this.#bounds[1] = range.until < TIME_MIN ? TIME_MIN : range.until > TIME_MAX ? TIME_MAX : range.until;
    this.#newestFirst = range.newestFirst;
    this.#alone = segments.length === 1;
    if (range.since > TIME_MAX || range.until < TIME_MIN) return 0;
    for (let perSegment = limit + 1; ; perSegment *= 2) {
      this.#gather(segments, vertex, perSegment);
      const found = this.#settle();
      this.truncated = found > limit;
      if (this.truncated) return limit;
      if (this.#cut < 0) return found;
    }
  }

  #gather(segments: readonly Segment[], vertex: number, perSegment: number): void {
    this.rows.length = 0;
    this.#ordered = 0;
    this.#stretches.length = 0;
    this.#cut = -1;
    this.#olderMin = -1;
    this.#olderMax = -1;
    for (let rank = 0; rank < segments.length; rank++) {
      const part = partOf(segments[rank]!, vertex);
      if (part === undefined) continue;
      const from = this.#ordered;
      this.#read(part, vertex, rank, perSegment);
      if (this.#ordered > from) this.#stretches.push(from);
      if (rank + 1 < segments.length) this.#noteOlder(from);
    }
  }

  #read(part: SegmentPart, vertex: number, rank: number, perSegment: number): void {
    const { directory } = part;
    const start = directory.seek(vertex);
    const end = this.#chunksUntil(directory, start, vertex);
    let passing = 0;
    for (let i = 0; i < end - start; i++) {
      const at = this.#newestFirst ? end - 1 - i : start + i;
      if (this.#skipsChunk(directory.maxLast, at)) continue;
      passing += this.#readChunk(part.glance(at), vertex, rank, perSegment - passing);
      if (passing >= perSegment) {
        this.#noteCut();
        return;
      }
    }
  }

  /** End of the chunks from `start` on that may hold edges of `vertex` which begin in time. */
  #chunksUntil(directory: Directory, start: number, vertex: number): number {
    let low = start;
    // Most vertices lie in one chunk.
    let high =
      directory.first[start + 1]! <= vertex ? directory.chunks : Math.min(start + 1, directory.chunks);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = directory.first[middle]!;
      if (first < vertex || (first === vertex && !wordsAfter(directory.begins, middle, this.#words, 1)))
        low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #readChunk(view: ChunkView, vertex: number, rank: number, wanted: number): number {
    const since = view.offsetOf(this.#words[1]!, this.#words[0]! >>> 0);
    const until = view.offsetOf(this.#words[3]!, this.#words[2]! >>> 0);
    let start = view.seek(vertex);
    let end = view.seekEnd(vertex, start);
    if (end - start > PAGES_SINGLY_MAX) {
      end = view.seekBegin(until, start, end);
      start = view.seekReach(this.#hidingSince(view, since), start, end);
    }
    let passing = 0;
    for (let i = 0; i < end - start && passing < wanted; i++) {
      const page = this.#newestFirst ? end - 1 - i : start + i;
      view.head(page);
      if (view.first > until || (view.latest < since && !this.#mayHide(view))) continue;
      const from = this.rows.length;
      view.decode(page, rank, this.rows);
      passing += this.#enter(from);
    }
    return passing;
  }

  /** Puts the rows from `from` on in order; returns how many lie in the range. */
  #enter(from: number): number {
    const rows = this.rows;
    const n = rows.length - from;
    if (this.#ordered + n > this.#order.length) {
      const grown = new Uint32Array((this.#ordered + n) * 2);
      grown.set(this.#order);
      this.#order = grown;
      this.#spare = new Uint32Array(grown.length);
    }
    let passing = 0;
    for (let i = 0; i < n; i++) {
      const row = this.#newestFirst ? rows.length - 1 - i : from + i;
      if (wordsAfter(rows.firstWords, row, this.#words, 1)) continue;
      const passes = !wordsAfter(this.#words, 0, rows.lastWords, row);
      if (passes) passing++;
      if (passes || !this.#alone) this.#order[this.#ordered++] = row;
    }
    return passing;
  }

  #noteCut(): void {
    const last = this.#order[this.#ordered - 1]!;
    if (this.#cut < 0 || this.#compare(last, this.#cut) < 0) this.#cut = last;
  }

  #noteOlder(from: number): void {
    const { rows } = this;
    for (let i = from; i < this.#ordered; i++) {
      const row = this.#order[i]!;
      if (this.#olderMin < 0 || wordsAfter(rows.firstWords, this.#olderMin, rows.firstWords, row))
        this.#olderMin = row;
      if (this.#olderMax < 0 || wordsAfter(rows.firstWords, row, rows.firstWords, this.#olderMax))
        this.#olderMax = row;
    }
  }

  #skipsChunk(maxLast: Int32Array, at: number): boolean {
    if (!wordsAfter(this.#words, 0, maxLast, at)) return false;
    return this.#olderMin < 0 || wordsAfter(this.rows.firstWords, this.#olderMin, maxLast, at);
  }

  /** A page that ends before this can neither answer nor hide anything. */
  #hidingSince(view: ChunkView, since: number): number {
    if (this.#olderMin < 0) return since;
    const words = this.rows.firstWords;
    return Math.min(since, view.offsetOf(words[2 * this.#olderMin + 1]!, words[2 * this.#olderMin]! >>> 0));
  }

  #mayHide(view: ChunkView): boolean {
    if (this.#olderMin < 0) return false;
    const words = this.rows.firstWords;
    const min = view.offsetOf(words[2 * this.#olderMin + 1]!, words[2 * this.#olderMin]! >>> 0);
    const max = view.offsetOf(words[2 * this.#olderMax + 1]!, words[2 * this.#olderMax]! >>> 0);
    return view.latest >= min && view.first <= max;
  }

  /** Order over segments; of equal identities the newest first. */
  #compare(a: number, b: number): number {
    const order = compareIdentity(this.rows, a, this.rows, b);
    if (order !== 0) return this.#newestFirst ? -order : order;
    return this.rows.rank[b]! - this.rows.rank[a]!;
  }

  /** Merges, drops superseded versions, rows out of range and rows behind the cut. Returns how many stay. */
  #settle(): number {
    if (this.#alone) return this.#ordered;
    const { rows } = this;
    // Within one segment no identity comes twice.
    const several = this.#stretches.length > 1;
    if (several) this.#merge();
    const order = this.#order;
    let kept = 0;
    let previous = -1;
    for (let i = 0; i < this.#ordered; i++) {
      const row = order[i]!;
      if (several && previous >= 0 && compareIdentity(rows, previous, rows, row) === 0) continue;
      previous = row;
      if (this.#cut >= 0 && this.#behindCut(row)) break;
      if (!wordsAfter(this.#words, 0, rows.lastWords, row)) order[kept++] = row;
    }
    return kept;
  }

  #behindCut(row: number): boolean {
    const order = compareIdentity(this.rows, row, this.rows, this.#cut);
    return this.#newestFirst ? order < 0 : order > 0;
  }

  /** Makes one stretch of all. Segments mostly follow each other in time, so that most merges only append. */
  #merge(): void {
    const merged = this.#spare;
    const stretches = this.#stretches;
    let length = 0;
    for (let i = 0; i < stretches.length; i++) {
      const at = this.#newestFirst ? stretches.length - 1 - i : i;
      const stretch = this.#order.subarray(stretches[at]!, stretches[at + 1] ?? this.#ordered);
      length = this.#mergeInto(merged, length, stretch);
    }
    this.#spare = this.#order;
    this.#order = merged;
  }

  /** Merges from the back, so that what stays in place is not touched. */
  #mergeInto(merged: Uint32Array, length: number, stretch: Uint32Array): number {
    let left = length - 1;
    let right = stretch.length - 1;
    for (let to = length + right; right >= 0; to--) {
      if (left >= 0 && this.#compare(merged[left]!, stretch[right]!) > 0) merged[to] = merged[left--]!;
      else merged[to] = stretch[right--]!;
    }
    return length + stretch.length;
  }
}

/** Whether time `atA` of `a` is later than time `atB` of `b`. */
function wordsAfter(a: Int32Array, atA: number, b: Int32Array, atB: number): boolean {
  const high = a[2 * atA + 1]! - b[2 * atB + 1]!;
  return high !== 0 ? high > 0 : a[2 * atA]! >>> 0 > b[2 * atB]! >>> 0;
}
