/**
 * The reading half of the port over an embedded store. Every answer comes from one commit.
 * Must not write, and must not know the domain.
 */
import { readdirSync, statSync } from 'node:fs';
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
import { degree_max, frequency_max, StoreError } from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { Adjacency } from './adjacency.ts';
import { BoundedCache } from './cache.ts';
import { type Database, guarded, storeErrorFrom } from './database.ts';
import { EdgeCounter } from './edge-count.ts';
import { FoundEdges } from './found-edges.ts';
import { gapsBetween } from './gap-list.ts';
import {
  afterPrefix,
  earlierTime,
  termOfTermKey,
  useEntry,
  useFrom,
  useKey,
  vertexOfTermKey,
} from './index-keys.ts';
import { type KeyEntry, KeyRunFiles, mergedKeys } from './key-run.ts';
import { type LinePage, LineReader } from './line-reader.ts';
import type { KeyKind, KeyRun, Side } from './manifest.ts';
import { eachEdge } from './segment-cursor.ts';
import { Snapshot } from './snapshot.ts';
import { VertexTable } from './vertex-table.ts';

export interface ReaderBounds {
  /** Chunks of edges kept unpacked from the database. */
  readonly cacheBytesMax: number;
  /** Vertex ids kept in memory, in each direction. */
  readonly idsMax: number;
}

const DEGREES_MAX = 1 << 16;
const TIME_MIN = -(2n ** 63n);

export class EmbeddedReader implements GraphReader {
  protected readonly database: Database;
  protected readonly table: VertexTable;
  readonly #snapshot: Snapshot;
  readonly #adjacency = new Adjacency();
  readonly #counter = new EdgeCounter();
  readonly #keys: KeyRunFiles;
  readonly #lines: LineReader;
  #degrees: { stamp: string; known: BoundedCache<number, { into: number; outOf: number }> };
  #counts: { stamp: string; edges: number; uses: number } | undefined;
  protected closed = false;

  constructor(database: Database, bounds: ReaderBounds) {
    this.database = database;
    this.table = new VertexTable(database, bounds.idsMax);
    this.#snapshot = guarded(database.dir, () => new Snapshot(database, this.table, bounds.cacheBytesMax));
    this.#keys = new KeyRunFiles(database);
    this.#degrees = { stamp: '', known: new BoundedCache(DEGREES_MAX) };
    this.#lines = new LineReader(database);
  }

  async vertices(ids: readonly string[]): Promise<Vertex[]> {
    return this.#answer((snapshot) => {
      const numbers = ids.map((id) => snapshot.numberOf(id));
      const found: (Vertex | undefined)[] = new Array(ids.length).fill(undefined);
      // Those that were stored together are unpacked together.
      const order = numbers.flatMap((number, at) => (number === undefined ? [] : [at]));
      for (const at of order.sort((x, y) => numbers[x]! - numbers[y]!))
        found[at] = snapshot.record(numbers[at]!);
      return found.filter((vertex) => vertex !== undefined);
    });
  }

  async lookup(term: string, limit: number): Promise<string[]> {
    return this.#answer((snapshot) => {
      const open = term.endsWith('*');
      const text = open ? term.slice(0, -1) : term;
      const matches = (other: string) => (open ? other.startsWith(text) : other === text);
      const times = new Map<number, string>();
      const note = (number: number, time: string) => {
        const before = times.get(number);
        times.set(number, before === undefined ? time : earlierTime(before, time));
      };
      for (const run of this.#runs('terms'))
        for (const [key, time] of this.#keys.ascending(run, text, afterPrefix(open ? text : `${text}\0`)))
          if (matches(termOfTermKey(key))) note(vertexOfTermKey(key), time);
      for (const [number, vertex] of snapshot.tail.vertices)
        if (vertex.terms.some(matches)) note(number, String(vertex.time));
      return [...times]
        .map(([number, time]) => ({ number, time: BigInt(time) }))
        .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : b.number - a.number))
        .slice(0, limit)
        .map(({ number }) => snapshot.idOf(number));
    });
  }

  async edgesInto(queries: readonly EdgeQuery[], limit: number) {
    return this.#edges('in', queries, limit);
  }

  async edgesOutOf(queries: readonly EdgeQuery[], limit: number) {
    return this.#edges('out', queries, limit);
  }

  async numbersOf(ids: readonly string[]): Promise<(VertexNumber | undefined)[]> {
    return this.#answer((snapshot) => ids.map((id) => snapshot.numberOf(id)));
  }

  async idsOf(numbers: readonly VertexNumber[]): Promise<string[]> {
    return this.#answer((snapshot) => numbers.map((number) => snapshot.idOf(number)));
  }

  async verticesOf(numbers: readonly VertexNumber[]): Promise<(Vertex | undefined)[]> {
    return this.#answer((snapshot) => numbers.map((number) => snapshot.record(number)));
  }

  async scanInto(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns> {
    return this.#answer((snapshot) => this.#scan(snapshot, 'in', queries, limit));
  }

  async scanOutOf(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns> {
    return this.#answer((snapshot) => this.#scan(snapshot, 'out', queries, limit));
  }

  async degrees(ids: readonly string[]): Promise<{ into: number; outOf: number }[]> {
    return this.#answer((snapshot) =>
      ids.map((id) => {
        const number = snapshot.numberOf(id);
        return number === undefined ? { into: 0, outOf: 0 } : this.#degreesAt(snapshot, number);
      }),
    );
  }

  async degreesOf(numbers: readonly VertexNumber[]): Promise<{ into: number; outOf: number }[]> {
    return this.#answer((snapshot) => numbers.map((number) => this.#degreesAt(snapshot, number)));
  }

  async frequencies(terms: readonly string[]): Promise<number[]> {
    return this.#answer((snapshot) => {
      const found = new Map(terms.map((term) => [term, new Set<number>()]));
      for (const [number, vertex] of snapshot.tail.vertices)
        for (const term of vertex.terms) found.get(term)?.add(number);
      for (const [term, numbers] of found) this.#countUnder(term, numbers);
      return terms.map((term) => Math.min(found.get(term)!.size, frequency_max));
    });
  }

  async usesOf(template: string, before: bigint, limit: number): Promise<TemplateUse[]> {
    return this.#answer((snapshot) => {
      const from = useKey(template, TIME_MIN);
      const until = useKey(template, before);
      const found = new Set<string>();
      for (const use of snapshot.tail.uses)
        if (use.template === template && use.time < before) found.add(useEntry(use)[0]);
      for (const run of this.#runs('uses')) {
        let taken = 0;
        for (const [key] of this.#keys.descending(run, from, until)) {
          if (useFrom(template, key) === undefined) continue;
          found.add(key);
          if (++taken >= limit) break;
        }
      }
      return [...found]
        .sort((a, b) => (a < b ? 1 : -1))
        .slice(0, limit)
        .map((key) => useFrom(template, key)!);
    });
  }

  async *lines(query: LineQuery): AsyncIterable<LogLine> {
    const all = await this.logStreams();
    for (const { stream } of all) {
      if (query.stream !== undefined && query.stream !== stream) continue;
      for (let from: number | undefined = query.from; from !== undefined; ) {
        const at: number = from;
        const page: LinePage = this.#answer(({ tail }) => this.#lines.page(tail.lines, stream, at, query));
        yield* page.lines;
        from = page.next;
      }
    }
  }

  async logStreams(): Promise<LogStream[]> {
    return this.#answer(({ tail }) => this.#lines.streams(tail.lines));
  }

  async gaps(from: bigint, until: bigint): Promise<Gap[]> {
    return this.#answer(() => gapsBetween(this.database, from, until));
  }

  /** Reads all identities once after each change, because versions of one edge may lie in several runs. */
  async counts(): Promise<StoreCounts> {
    return this.#answer((snapshot) => {
      if (this.#counts?.stamp !== snapshot.stamp)
        this.#counts = {
          stamp: snapshot.stamp,
          edges: countEdges(snapshot),
          uses: this.#countUses(snapshot),
        };
      const { edges, uses } = this.#counts;
      return { vertices: snapshot.vertices, edges, uses, bytesOnDisk: bytesIn(this.database.dir) };
    });
  }

  async sizes(): Promise<StoreCounts> {
    return this.#answer(({ vertices, manifest, tail }) => {
      const parts = manifest.edgeRuns.flatMap((run) => (run.side === 'out' ? run.parts : []));
      const edges = parts.reduce((sum, part) => sum + part.edges, tail.rows);
      const uses = this.#runs('uses').reduce((sum, run) => sum + run.entries, tail.uses.length);
      return { vertices, edges, uses, bytesOnDisk: bytesIn(this.database.dir) };
    });
  }

  async *allVertices(): AsyncIterable<Vertex> {
    for (const [, number] of await this.#sortedIds()) {
      const vertex = this.#answer((snapshot) => snapshot.record(number));
      if (vertex !== undefined) yield vertex;
    }
  }

  async *allEdges(): AsyncIterable<Edge> {
    for (const [id] of await this.#sortedIds()) {
      const query = [{ vertex: id, since: TIME_MIN, until: 2n ** 63n }];
      const { edges } = await this.edgesOutOf(query, Number.MAX_SAFE_INTEGER);
      // Edges of one vertex come in order of time: a stable sort leaves `first` in order.
      edges.sort((a, b) => compareText(a.to, b.to) || compareText(a.op, b.op));
      yield* edges;
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.database.root.close();
  }

  #edges(side: Side, queries: readonly EdgeQuery[], limit: number) {
    return this.#answer((snapshot) => {
      const known = queries.flatMap((query) => {
        const vertex = snapshot.numberOf(query.vertex);
        return vertex === undefined ? [] : [{ ...query, vertex, id: query.vertex }];
      });
      const found = this.#scan(snapshot, side, known, limit);
      const edges = Array.from({ length: found.length }, (_, at): Edge => {
        const near = known[found.query[at]!]!.id;
        const far = snapshot.idOf(found.other[at]!);
        return {
          from: side === 'in' ? far : near,
          to: side === 'in' ? near : far,
          op: found.ops[found.op[at]!]!,
          first: found.first[at]!,
          last: found.last[at]!,
          count: found.count[at]!,
          bytes: found.bytes[at]!,
        };
      });
      return { edges, truncated: [...new Set(found.truncated.map((at) => known[at]!.id))] };
    });
  }

  #scan(snapshot: Snapshot, side: Side, queries: readonly ScanQuery[], limit: number): EdgeColumns {
    const segments = snapshot.segments(side);
    const found = new FoundEdges(snapshot.ops, queries.length * 8);
    for (let at = 0; at < queries.length; at++) {
      const { vertex, since, until } = queries[at]!;
      // The port's range is open at `since` one way, and at `until` the other.
      const range =
        side === 'in'
          ? { since: since + 1n, until, newestFirst: true }
          : { since, until: until - 1n, newestFirst: false };
      const count = this.#adjacency.find(segments, vertex, range, limit);
      found.append(at, this.#adjacency.rows, this.#adjacency.positions, count);
      if (this.#adjacency.truncated) found.truncated.push(at);
    }
    return found;
  }

  /** The same hubs are on most ways. */
  #degreesAt(snapshot: Snapshot, number: number): { into: number; outOf: number } {
    if (this.#degrees.stamp !== snapshot.stamp)
      this.#degrees = { stamp: snapshot.stamp, known: new BoundedCache(DEGREES_MAX) };
    let degrees = this.#degrees.known.get(number);
    if (degrees === undefined) {
      degrees = {
        into: this.#counter.count(snapshot.segments('in'), number, degree_max),
        outOf: this.#counter.count(snapshot.segments('out'), number, degree_max),
      };
      this.#degrees.known.set(number, degrees);
    }
    return degrees;
  }

  #runs(kind: KeyKind): KeyRun[] {
    return this.#snapshot.manifest.keyRuns.filter((run) => run.kind === kind);
  }

  /** Adds what the index has under `term`, as long as it counts. */
  #countUnder(term: string, numbers: Set<number>): void {
    for (const run of this.#runs('terms'))
      for (const [key] of this.#keys.ascending(run, `${term}\0`, afterPrefix(`${term}\0`))) {
        if (numbers.size >= frequency_max) return;
        if (termOfTermKey(key) === term) numbers.add(vertexOfTermKey(key));
      }
  }

  #countUses(snapshot: Snapshot): number {
    const tail = [...new Set(snapshot.tail.uses.map((use) => useEntry(use)[0]))].sort((a, b) =>
      a < b ? -1 : 1,
    );
    const runs = this.#runs('uses');
    if (runs.length === 0) return tail.length;
    if (tail.length === 0 && runs.length === 1) return runs[0]!.entries;
    const sources = runs.map((run): Iterator<KeyEntry> => this.#keys.ascending(run, '', undefined));
    let uses = 0;
    for (const _ of mergedKeys([...sources, tail.map((key): KeyEntry => [key, '']).values()], (a) => a))
      uses++;
    return uses;
  }

  async #sortedIds(): Promise<[string, number][]> {
    return this.#answer((snapshot) => {
      const ids: [string, number][] = [];
      for (let number = 0; number < snapshot.vertices; number++) ids.push([snapshot.idOf(number), number]);
      return ids.sort((a, b) => compareText(a[0], b[0]));
    });
  }

  /** Runs without a pause, so that all reads see one commit. */
  #answer<T>(question: (snapshot: Snapshot) => T): T {
    if (this.closed) throw new StoreError('closed', `the store ${this.database.dir} has been closed`);
    try {
      this.#snapshot.follow();
      this.#lines.follow(this.#snapshot.manifest.generation);
      return question(this.#snapshot);
    } catch (cause) {
      throw storeErrorFrom(this.database.dir, cause);
    }
  }
}

function countEdges(snapshot: Snapshot): number {
  const runs = snapshot.manifest.edgeRuns.filter((run) => run.side === 'out');
  // Where nothing lies over anything else, each identity is there once.
  if (runs.length === 0 && snapshot.tail.layers === 1) return snapshot.tail.edgesOfOldestLayer();
  if (runs.length === 1 && snapshot.tail.layers === 0)
    return runs[0]!.parts.reduce((sum, part) => sum + part.edges, 0);
  let edges = 0;
  eachEdge(snapshot.segments('out'), () => {
    edges++;
    return true;
  });
  return edges;
}

function bytesIn(dir: string): number {
  let bytes = 0;
  for (const name of readdirSync(dir)) bytes += statSync(join(dir, name)).size;
  return bytes;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
