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
  readonly rows: number;
  readonly begin: number;
}

/** More than rounding makes of any time. */
const rounding_ns = 1_024;

export class EdgeCounter {
  readonly #rows = new EdgeRows(256);

  /** Number of distinct edges at `vertex`, at most `count_max`. */
  count(segments: readonly Segment[], vertex: number, count_max: number): number {
    // A hub shows in the directory.
    if (segments.some((segment) => wholeChunks(segment, vertex) >= count_max)) return count_max;
    const all: Page[][] = [];
    let versions = 0;
    for (const segment of segments) {
      const pages = pagesOf(segment, vertex, count_max, all[0]?.[0]?.view);
      if (pages.length === 0) continue;
      const ofSegment = pages.reduce((sum, { rows }) => sum + rows, 0);
      if (ofSegment >= count_max) return count_max;
      versions += ofSegment;
      all.push(pages);
    }
    // Within one segment no edge comes twice.
    if (all.length <= 1) return versions;
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

/** Edges in chunks that have those of `vertex` alone. */
function wholeChunks(segment: Segment, vertex: number): number {
  const directory = partOf(segment, vertex)?.directory;
  let edges = 0;
  if (directory === undefined) return edges;
  for (let at = directory.seek(vertex); at < directory.chunks && directory.first[at]! <= vertex; at++)
    if (directory.first[at] === vertex && directory.last[at] === vertex) edges += directory.edges[at]!;
  return edges;
}

/** Enough of them to count to `count_max`. `origin` has the moment that times are from; left out, it is the first. */
function pagesOf(segment: Segment, vertex: number, count_max: number, origin?: ChunkView): Page[] {
  const pages: Page[] = [];
  const part = partOf(segment, vertex);
  if (part === undefined) return pages;
  const { directory } = part;
  let versions = 0;
  for (let at = directory.seek(vertex); at < directory.chunks && directory.first[at]! <= vertex; at++) {
    const view = part.chunk(at);
    const base = view.baseFrom(origin ?? pages[0]?.view ?? view);
    for (let page = view.seek(vertex); page < view.pages && view.vertexAt(page) === vertex; page++) {
      view.head(page);
      versions += view.rows;
      pages.push({ view, page, rows: view.rows, begin: base + view.first });
      if (versions >= count_max) return pages;
    }
  }
  return pages;
}
