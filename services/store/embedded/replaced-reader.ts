/**
 * A reader of a store whose files may be replaced while it is open. Its numbers of vertices say which files they are of:
 * a trace that was under way when these were replaced ends with an error, and not with the wrong vertices. It must not
 * know why files are replaced.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Edge,
  EdgeColumns,
  EdgeQuery,
  Gap,
  GraphReader,
  LineQuery,
  LogStream,
  ScanQuery,
  StoreCounts,
  TemplateUse,
  Vertex,
  VertexNumber,
} from '../../core/graph-store.ts';
import { StoreError } from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { DATA_FILE } from './format.ts';

/** Between two looks at whether the files are still the same. */
const look_ms = 1_000;
/** On numbers of every other set of files. No store has so many vertices. */
const mark = 0x80000000;

export class ReplacedReader<R extends GraphReader = GraphReader> implements GraphReader {
  protected readonly dir: string;
  protected reader: R;
  readonly #open: () => R;
  #mark = 0;
  #file: number;
  #looked = 0;

  /** `open` gives a reader of the files that are there now. */
  constructor(dir: string, open: () => R, reader = open()) {
    this.dir = dir;
    this.#open = open;
    this.reader = reader;
    this.#file = fileOf(dir);
  }

  async vertices(ids: readonly string[]): Promise<Vertex[]> {
    return (await this.#now()).vertices(ids);
  }

  async lookup(term: string, limit: number): Promise<string[]> {
    return (await this.#now()).lookup(term, limit);
  }

  async edgesInto(queries: readonly EdgeQuery[], limit: number) {
    return (await this.#now()).edgesInto(queries, limit);
  }

  async edgesOutOf(queries: readonly EdgeQuery[], limit: number) {
    return (await this.#now()).edgesOutOf(queries, limit);
  }

  async numbersOf(ids: readonly string[]): Promise<(VertexNumber | undefined)[]> {
    const numbers = await (await this.#now()).numbersOf(ids);
    return numbers.map((number) => (number === undefined ? undefined : number + this.#mark));
  }

  async idsOf(numbers: readonly VertexNumber[]): Promise<string[]> {
    const reader = await this.#now();
    return reader.idsOf(numbers.map((number) => this.#own(number)));
  }

  async verticesOf(numbers: readonly VertexNumber[]): Promise<(Vertex | undefined)[]> {
    const reader = await this.#now();
    return reader.verticesOf(numbers.map((number) => this.#own(number)));
  }

  async scanInto(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns> {
    const reader = await this.#now();
    return this.#marked(await reader.scanInto(this.#ownQueries(queries), limit));
  }

  async scanOutOf(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns> {
    const reader = await this.#now();
    return this.#marked(await reader.scanOutOf(this.#ownQueries(queries), limit));
  }

  async degrees(ids: readonly string[]): Promise<{ into: number; outOf: number }[]> {
    return (await this.#now()).degrees(ids);
  }

  async degreesOf(numbers: readonly VertexNumber[]): Promise<{ into: number; outOf: number }[]> {
    const reader = await this.#now();
    return reader.degreesOf(numbers.map((number) => this.#own(number)));
  }

  async frequencies(terms: readonly string[]): Promise<number[]> {
    return (await this.#now()).frequencies(terms);
  }

  async *lines(query: LineQuery): AsyncIterable<LogLine> {
    yield* (await this.#now()).lines(query);
  }

  async logStreams(): Promise<LogStream[]> {
    return (await this.#now()).logStreams();
  }

  async usesOf(template: string, before: bigint, limit: number): Promise<TemplateUse[]> {
    return (await this.#now()).usesOf(template, before, limit);
  }

  async gaps(from: bigint, until: bigint): Promise<Gap[]> {
    return (await this.#now()).gaps(from, until);
  }

  async counts(): Promise<StoreCounts> {
    return (await this.#now()).counts();
  }

  async sizes(): Promise<StoreCounts> {
    return (await this.#now()).sizes();
  }

  async *allVertices(): AsyncIterable<Vertex> {
    yield* (await this.#now()).allVertices();
  }

  async *allEdges(): AsyncIterable<Edge> {
    yield* (await this.#now()).allEdges();
  }

  async close(): Promise<void> {
    await this.reader.close();
  }

  /** From now on `reader` answers, over other files. */
  protected replace(reader: R): void {
    this.reader = reader;
    this.#mark = this.#mark === 0 ? mark : 0;
    this.#file = fileOf(this.dir);
  }

  async #now(): Promise<R> {
    const now = performance.now();
    if (now - this.#looked < look_ms) return this.reader;
    this.#looked = now;
    const file = fileOf(this.dir);
    if (file !== this.#file && file !== 0) {
      const before = this.reader;
      this.replace(this.#open());
      await before.close();
    }
    return this.reader;
  }

  #own(number: VertexNumber): VertexNumber {
    if (number >= mark !== (this.#mark === mark))
      throw new StoreError('overtaken', `the store ${this.dir} was made anew meanwhile`, {
        hint: 'ask again',
      });
    return number - this.#mark;
  }

  #ownQueries(queries: readonly ScanQuery[]): readonly ScanQuery[] {
    return queries.map((query) => ({ ...query, vertex: this.#own(query.vertex) }));
  }

  #marked(columns: EdgeColumns): EdgeColumns {
    if (this.#mark === 0) return columns;
    const { length, query, op, ops, first, last, count, bytes, truncated } = columns;
    const other = columns.other.map((number) => number + mark);
    return { length, query, other, op, ops, first, last, count, bytes, truncated };
  }
}

/** What tells files of one name apart; 0 where there is none. */
function fileOf(dir: string): number {
  return statSync(join(dir, DATA_FILE), { throwIfNoEntry: false })?.ino ?? 0;
}
