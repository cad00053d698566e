/**
 * All rows of some segments in one order, each identity once in its latest version: what merging, counting and
 * export read. Holds one chunk of each segment at a time. Must not know who reads.
 */
import { compareIdentity, EdgeRows } from './edge-rows.ts';
import type { Segment, SegmentPart } from './segment-source.ts';

class Cursor {
  readonly rows = new EdgeRows(256);
  readonly rank: number;
  at = 0;
  readonly #parts: readonly SegmentPart[];
  #part = 0;
  #chunk = 0;
  #page = 0;

  constructor(segment: Segment, rank: number) {
    this.rank = rank;
    this.#parts = segment;
    if (segment[0] !== undefined) this.#chunk = segment[0].directory.seek(segment[0].lo);
    this.#fill();
  }

  get done(): boolean {
    return this.rows.length === 0;
  }

  advance(): void {
    if (++this.at >= this.rows.length) this.#fill();
  }

  #fill(): void {
    this.rows.length = 0;
    this.at = 0;
    for (;;) {
      const part = this.#parts[this.#part];
      if (part === undefined) return;
      if (this.#chunk >= part.directory.chunks) {
        const next = this.#parts[++this.#part];
        this.#chunk = next === undefined ? 0 : next.directory.seek(next.lo);
        this.#page = 0;
        continue;
      }
      const view = part.chunk(this.#chunk);
      if (this.#page >= view.pages) {
        this.#chunk++;
        this.#page = 0;
        continue;
      }
      const page = this.#page++;
      const vertex = view.vertexAt(page);
      if (vertex < part.lo) continue;
      if (vertex > part.hi) {
        this.#chunk = part.directory.chunks;
        continue;
      }
      view.head(page);
      view.decode(page, this.rank, this.rows);
      return;
    }
  }
}

/** Calls `take(rows, at)` for each edge in (vertex, first, other, op) order until it returns false. */
export function eachEdge(segments: readonly Segment[], take: (rows: EdgeRows, at: number) => boolean): void {
  const cursors = segments.map((segment, rank) => new Cursor(segment, rank)).filter((cursor) => !cursor.done);
  while (cursors.length > 0) {
    let best = cursors[0]!;
    for (let i = 1; i < cursors.length; i++) {
      const other = cursors[i]!;
      // Cursors stand oldest first, so that on a tie the later one is the newer version.
      if (compareCursors(other, best) <= 0) best = other;
    }
    if (!take(best.rows, best.at)) return;
    for (const cursor of cursors) if (cursor !== best && compareCursors(cursor, best) === 0) cursor.advance();
    best.advance();
    for (let i = cursors.length - 1; i >= 0; i--) if (cursors[i]!.done) cursors.splice(i, 1);
  }
}

function compareCursors(a: Cursor, b: Cursor): number {
  const vertex = a.rows.vertex[a.at]! - b.rows.vertex[b.at]!;
  return vertex !== 0 ? vertex : compareIdentity(a.rows, a.at, b.rows, b.at);
}
