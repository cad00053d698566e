/**
 * Answers questions for lines of logs out of runs and what stands behind them, a page at a time: so that an answer is
 * as long as it needs to be, and memory holds the lines of a few runs. Must not know how lines are packed.
 */
import type { LineQuery, LogStream } from '../../core/graph-store.ts';
import { lineMatches } from '../../core/line/line-condition.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { inOrder } from '../lines/line-order.ts';
import { candidates } from '../lines/line-search.ts';
import { type LineSegment, type SegmentStream, unpackLines } from '../lines/line-segment.ts';
import { BoundedCache } from './cache.ts';
import type { Database } from './database.ts';
import { lineSegment, readLineRuns } from './line-run.ts';

/** Segments of which the beginning is kept unpacked. */
const segments_count_max = 256;

/** Lines of one stream up to a number, and where to go on; `next` is undefined at the end. */
export interface LinePage {
  readonly lines: readonly LogLine[];
  readonly next: number | undefined;
}

interface Held {
  readonly segment: LineSegment;
  readonly bytes: number;
}

type Sum = { -readonly [K in keyof LogStream]: LogStream[K] } & {
  /** First and last numbers of lines that stand together. */
  readonly ranges: [number, number][];
  overlaps: boolean;
};

function newSum(stream: string): Sum {
  const none = { lines: 0, bytes: 0, packedBytes: 0, waitingBytes: 0 };
  return { stream, name: '', ...none, ranges: [], overlaps: false };
}

export class LineReader {
  readonly #database: Database;
  readonly #segments = new BoundedCache<number, Held>(segments_count_max);
  #runs: readonly number[] = [];
  #generation = -1;

  constructor(database: Database) {
    this.#database = database;
  }

  /** To be called before each answer. */
  follow(generation: number): void {
    if (generation === this.#generation) return;
    this.#runs = readLineRuns(this.#database).map(({ id }) => id);
    this.#generation = generation;
  }

  streams(tail: readonly LogLine[]): LogStream[] {
    const streams = new Map<string, Sum>();
    const of = (stream: string, name: string, first: number, last: number) => {
      const known = streams.get(stream) ?? newSum(stream);
      streams.set(stream, known);
      known.name = name;
      known.overlaps ||= known.ranges.some((range) => range[0] <= last && range[1] >= first);
      const range = known.ranges.at(-1);
      if (range?.[1] === first - 1) range[1] = last;
      else known.ranges.push([first, last]);
      return known;
    };
    for (const id of this.#runs) {
      const { segment, bytes: packed } = this.#segment(id);
      const all = segment.streams.reduce((sum, { bytes }) => sum + bytes, 0);
      for (const { stream, name, first, last, lines, bytes } of segment.streams) {
        const known = of(stream, name, first, last);
        known.lines += lines;
        known.bytes += bytes;
        known.packedBytes += Math.round((packed * bytes) / Math.max(1, all));
      }
    }
    for (const { stream, name, number, part, text } of inOrder(tail)) {
      const isSeen = part > 0 && streams.get(stream)?.ranges.at(-1)?.[1] === number;
      const known = isSeen ? streams.get(stream)! : of(stream, name, number, number);
      if (part === 0) known.lines++;
      known.bytes += text.length;
      known.waitingBytes += text.length;
    }
    return [...streams.values()]
      .map((sum) => (sum.overlaps ? this.#counted(tail, sum) : sum))
      .map(({ ranges: _ranges, overlaps: _overlaps, ...stream }) => stream)
      .sort((a, b) => (a.stream < b.stream ? -1 : 1));
  }

  /** Lines that came again stand in several runs: these count once. */
  #counted(tail: readonly LogLine[], sum: Sum): Sum {
    const all = { stream: sum.stream, from: 0, until: Number.MAX_SAFE_INTEGER, where: [] };
    let [lines, bytes] = [0, 0];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const page: LinePage = this.page(tail, sum.stream, from, all);
      lines += page.lines.filter(({ part }) => part === 0).length;
      bytes += page.lines.reduce((total, { text }) => total + text.length, 0);
      from = page.next;
    }
    return { ...sum, lines, bytes };
  }

  /** Lines of `stream` from the number `from` on. */
  page(tail: readonly LogLine[], stream: string, from: number, { until, where }: LineQuery): LinePage {
    const runs = this.#runs
      .flatMap((id) => this.#partOf(id, stream))
      .filter(({ part }) => part.last >= from && part.first <= until)
      .sort((a, b) => a.part.first - b.part.first);
    // Runs of one stream mostly follow each other: what begins before the first one's end is read with it.
    const horizon = Math.min(until, runs[0]?.part.last ?? until);
    const isWanted = ({ stream: of, number }: LogLine): boolean =>
      of === stream && number >= from && number <= horizon;
    const found = tail.filter(isWanted);
    for (const { segment, part } of runs) {
      if (part.first > horizon) break;
      const places = where.length === 0 ? undefined : candidates(segment, where);
      if (where.length > 0 && places === undefined) continue;
      found.push(...unpackLines(segment, places).filter(isWanted));
    }
    const lines = inOrder(found).filter(({ text }) => where.every((each) => lineMatches(text, each)));
    return { lines, next: horizon < until ? horizon + 1 : undefined };
  }

  #partOf(id: number, stream: string): { segment: LineSegment; part: SegmentStream }[] {
    const { segment } = this.#segment(id);
    const part = segment.streams.find((each) => each.stream === stream);
    return part === undefined ? [] : [{ segment, part }];
  }

  #segment(id: number): Held {
    const held = this.#segments.get(id) ?? lineSegment(this.#database, id);
    this.#segments.set(id, held);
    return held;
  }
}
