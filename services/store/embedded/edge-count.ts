/**
 * How many edges a vertex has, over segments of different age. Most pages are counted by their headers alone: versions of
 * one edge have one `first`, so that only pages whose times another segment covers too are looked into.
 * Must not know ids, nor which end of the edges the vertex is.
 */
import { compareIdentity, EdgeRows } from './edge-rows.ts';
import type { ChunkView } from './segment.ts';
import { partOf, type Segment } from './segment-source.ts';

/** Of one vertex in one segment. Times are ns from one moment, rounded where they are years from it. */
interface Run {
  readonly pages: readonly Page[];
  readonly begin: number;
  readonly end: number;
}

interface Page {
  readonly view: ChunkView;
  readonly page: number;
  readonly begin: number;
}

/** More than rounding makes of any time. */
const rounding_ns = 1_024;

export class EdgeCounter {
  readonly #rows = new EdgeRows(256);

  /** Number of distinct edges at `vertex`, at most `count_max`. */
  count(segments: readonly Segment[], vertex: number, count_max: number): number {
    let versions = 0;
    let segmentsWithAny = 0;
    for (const segment of segments) {
      const ofSegment = versionsIn(segment, vertex, count_max);
      if (ofSegment >= count_max) return count_max;
      versions += ofSegment;
      if (ofSegment > 0) segmentsWithAny++;
    }
    // Within one segment no edge comes twice.
    if (segmentsWithAny <= 1) return versions;
    const all: Page[][] = [];
    for (const segment of segments) {
      const pages = pagesOf(segment, vertex, all[0]?.[0]?.view);
      if (pages.length > 0) all.push(pages);
    }
    return Math.min(count_max, versions - this.#superseded(all.map((pages) => this.#run(pages))));
  }

  #run(pages: readonly Page[]): Run {
    const last = pages.at(-1)!;
    const rows = this.#rows;
    rows.length = 0;
    this.#decode(last);
    const lastRow = rows.length - 1;
    const { view } = last;
    const within =
      view.offsetOf(rows.firstWords[2 * lastRow + 1]!, rows.firstWords[2 * lastRow]! >>> 0) -
      view.offsetOf(rows.firstWords[1]!, rows.firstWords[0]! >>> 0);
    return { pages, begin: pages[0]!.begin, end: last.begin + within };
  }

  #superseded(runs: readonly Run[]): number {
    const rows = this.#rows;
    rows.length = 0;
    for (const run of runs) {
      const others = runs.filter((other) => other !== run);
      for (const [i, page] of run.pages.entries()) {
        const end = run.pages[i + 1]?.begin ?? run.end;
        const isShared = others.some(
          (other) => page.begin <= other.end + rounding_ns && end >= other.begin - rounding_ns,
        );
        if (isShared) this.#decode(page);
      }
    }
    const order = Uint32Array.from({ length: rows.length }, (_, row) => row);
    order.sort((a, b) => compareIdentity(rows, a, rows, b));
    let superseded = 0;
    for (let i = 1; i < order.length; i++)
      if (compareIdentity(rows, order[i - 1]!, rows, order[i]!) === 0) superseded++;
    return superseded;
  }

  #decode({ view, page }: Page): void {
    view.head(page);
    view.decode(page, 0, this.#rows);
  }
}

/** Counted up to `count_max`. Chunks that have those of `vertex` alone are counted by the directory, and so hubs. */
function versionsIn(segment: Segment, vertex: number, count_max: number): number {
  const part = partOf(segment, vertex);
  if (part === undefined) return 0;
  const { directory } = part;
  const isWhole = (at: number): boolean => directory.first[at] === vertex && directory.last[at] === vertex;
  const start = directory.seek(vertex);
  let versions = 0;
  let end = start;
  for (; end < directory.chunks && directory.first[end]! <= vertex; end++)
    if (isWhole(end)) versions += directory.edges[end]!;
  for (let at = start; at < end && versions < count_max; at++) {
    if (isWhole(at)) continue;
    const view = part.glance(at);
    for (let page = view.seek(vertex); page < view.pages && view.vertexAt(page) === vertex; page++) {
      view.head(page);
      versions += view.rows;
    }
  }
  return Math.min(versions, count_max);
}

/** `origin` has the moment that times are from; left out, it is the first. */
function pagesOf(segment: Segment, vertex: number, origin?: ChunkView): Page[] {
  const pages: Page[] = [];
  const part = partOf(segment, vertex);
  if (part === undefined) return pages;
  const { directory } = part;
  for (let at = directory.seek(vertex); at < directory.chunks && directory.first[at]! <= vertex; at++) {
    const view = part.chunk(at);
    const base = view.baseFrom(origin ?? pages[0]?.view ?? view);
    for (let page = view.seek(vertex); page < view.pages && view.vertexAt(page) === vertex; page++) {
      view.head(page);
      pages.push({ view, page, begin: base + view.first });
    }
  }
  return pages;
}
