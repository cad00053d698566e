/**
 * Edges of one vertex within a range of time, over segments of different age.
 *
 * Segments are sorted by (vertex, first, other, op), so each is read from the wanted end and only as far as the
 * limit asks. A page that ends before the range is stepped over, except where it could hold the newer version
 * of an edge already found in an older segment: then it is read, because a newer version hides an older one
 * even when it lies outside the range itself.
 * Must not know ids, nor which end of the edges the vertex is.
 */
import { compareIdentity, EdgeRows } from './edge-rows.ts';
import type { Segment, SegmentPart } from './segment-source.ts';

/** Edges with first <= until and last >= since, both ends included. */
export interface Range {
  readonly since: bigint;
  readonly until: bigint;
  readonly newestFirst: boolean;
}

const TIME_MIN = -(2n ** 63n);
const TIME_MAX = 2n ** 63n - 1n;

export class Adjacency {
  /** The rows that the last `find` returned positions of. Valid until the next. */
  readonly rows = new EdgeRows(1024);
  readonly #bounds = new BigInt64Array(2);
  readonly #words = new Int32Array(this.#bounds.buffer);
  #order = new Uint32Array(1024);
  #ordered = 0;
  /** Position of the row where a segment was cut off; the row nearest the wanted end over all segments. */
  #cut = -1;
  #newestFirst = false;
  /** Rows with the least and greatest `first` among those of older segments, or −1. */
  #olderMin = -1;
  #olderMax = -1;

  /** Positions in `rows`, in the wanted order, at most `limit`. Segments are given oldest first. */
  find(
    segments: readonly Segment[],
    vertex: number,
    range: Range,
    limit: number,
  ): { positions: Uint32Array; truncated: boolean } {
    this.#bounds[0] = range.since < TIME_MIN ? TIME_MIN : range.since > TIME_MAX ? TIME_MAX : range.since;
    this.#bounds[1] = range.until < TIME_MIN ? TIME_MIN : range.until > TIME_MAX ? TIME_MAX : range.until;
    this.#newestFirst = range.newestFirst;
    if (range.since > TIME_MAX || range.until < TIME_MIN)
      return { positions: new Uint32Array(0), truncated: false };
    for (let perSegment = limit + 1; ; perSegment *= 2) {
      this.#gather(segments, vertex, perSegment);
      const found = this.#settle();
      if (found > limit) return { positions: this.#order.subarray(0, limit), truncated: true };
      if (this.#cut < 0) return { positions: this.#order.subarray(0, found), truncated: false };
    }
  }

  #gather(segments: readonly Segment[], vertex: number, perSegment: number): void {
    this.rows.length = 0;
    this.#ordered = 0;
    this.#cut = -1;
    this.#olderMin = -1;
    this.#olderMax = -1;
    for (let rank = 0; rank < segments.length; rank++) {
      const part = partOf(segments[rank]!, vertex);
      if (part === undefined) continue;
      const from = this.#ordered;
      this.#read(part, vertex, rank, perSegment);
      if (rank + 1 < segments.length) this.#noteOlder(from);
    }
  }

  #read(part: SegmentPart, vertex: number, rank: number, perSegment: number): void {
    const { directory } = part;
    const start = directory.seek(vertex);
    let end = start;
    while (end < directory.chunks && directory.first[end]! <= vertex) end++;
    let passing = 0;
    for (let i = 0; i < end - start; i++) {
      const at = this.#newestFirst ? end - 1 - i : start + i;
      if (this.#skipsChunk(directory.maxLast, at)) continue;
      const view = part.chunk(at);
      const firstPage = view.seek(vertex);
      let endPage = firstPage;
      while (endPage < view.pages && view.vertexAt(endPage) === vertex) endPage++;
      const since = view.offsetOf(this.#words[1]!, this.#words[0]! >>> 0);
      const until = view.offsetOf(this.#words[3]!, this.#words[2]! >>> 0);
      for (let j = 0; j < endPage - firstPage; j++) {
        const page = this.#newestFirst ? endPage - 1 - j : firstPage + j;
        view.head(page);
        if (view.first > until) {
          if (this.#newestFirst) continue;
          return;
        }
        if (view.latest < since && !this.#mayHide(view.offsetOf.bind(view), view.first, view.latest))
          continue;
        const from = this.rows.length;
        view.decode(page, rank, this.rows);
        passing += this.#enter(from);
        if (passing >= perSegment) {
          this.#noteCut();
          return;
        }
      }
    }
  }

  /** Puts the rows from `from` on in order; returns how many lie in the range. */
  #enter(from: number): number {
    const rows = this.rows;
    const n = rows.length - from;
    if (this.#ordered + n > this.#order.length) {
      const grown = new Uint32Array((this.#ordered + n) * 2);
      grown.set(this.#order);
      this.#order = grown;
    }
    let passing = 0;
    for (let i = 0; i < n; i++) {
      const row = this.#newestFirst ? rows.length - 1 - i : from + i;
      if (wordsAfter(rows.firstWords, row, this.#words, 1)) continue;
      this.#order[this.#ordered++] = row;
      if (!wordsAfter(this.#words, 0, rows.lastWords, row)) passing++;
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

  #mayHide(offsetOf: (high: number, low: number) => number, first: number, latest: number): boolean {
    if (this.#olderMin < 0) return false;
    const words = this.rows.firstWords;
    const min = offsetOf(words[2 * this.#olderMin + 1]!, words[2 * this.#olderMin]! >>> 0);
    const max = offsetOf(words[2 * this.#olderMax + 1]!, words[2 * this.#olderMax]! >>> 0);
    return latest >= min && first <= max;
  }

  /** Order over segments; of equal identities the newest first. */
  #compare(a: number, b: number): number {
    const order = compareIdentity(this.rows, a, this.rows, b);
    if (order !== 0) return this.#newestFirst ? -order : order;
    return this.rows.rank[b]! - this.rows.rank[a]!;
  }

  /** Sorts, drops superseded versions, rows out of range and rows behind the cut. Returns how many stay. */
  #settle(): number {
    const { rows } = this;
    const order = this.#order.subarray(0, this.#ordered);
    this.#sort(order);
    let kept = 0;
    let previous = -1;
    for (let i = 0; i < order.length; i++) {
      const row = order[i]!;
      if (previous >= 0 && compareIdentity(rows, previous, rows, row) === 0) continue;
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

  #sort(order: Uint32Array): void {
    let at = 1;
    while (at < order.length && this.#compare(order[at - 1]!, order[at]!) <= 0) at++;
    if (at >= order.length) return;
    if (order.length > 48) {
      order.sort((a, b) => this.#compare(a, b));
      return;
    }
    for (; at < order.length; at++) {
      const row = order[at]!;
      let to = at;
      while (to > 0 && this.#compare(order[to - 1]!, row) > 0) {
        order[to] = order[to - 1]!;
        to--;
      }
      order[to] = row;
    }
  }
}

/** Number of versions at `vertex`, over all segments. */
export function versionsAt(segments: readonly Segment[], vertex: number): number {
  let versions = 0;
  for (const segment of segments) {
    const part = partOf(segment, vertex);
    if (part === undefined) continue;
    const { directory } = part;
    for (let at = directory.seek(vertex); at < directory.chunks && directory.first[at]! <= vertex; at++) {
      if (directory.first[at] === vertex && directory.last[at] === vertex) {
        versions += directory.edges[at]!;
        continue;
      }
      const view = part.chunk(at);
      for (let page = view.seek(vertex); page < view.pages && view.vertexAt(page) === vertex; page++) {
        view.head(page);
        versions += view.rows;
      }
    }
  }
  return versions;
}

function partOf(segment: Segment, vertex: number): SegmentPart | undefined {
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

/** Whether time `atA` of `a` is later than time `atB` of `b`. */
function wordsAfter(a: Int32Array, atA: number, b: Int32Array, atB: number): boolean {
  const high = a[2 * atA + 1]! - b[2 * atB + 1]!;
  return high !== 0 ? high > 0 : a[2 * atA]! >>> 0 > b[2 * atB]! >>> 0;
}
