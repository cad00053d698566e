/**
 * The reading half of the port over a Neo4j. Each answer is one transaction, on a replica where there is one. Numbers of
 * vertices are those that the database itself has for its nodes. It must not write, and must not know the domain.
 */
import {
  degree_max,
  type Edge,
  type EdgeColumns,
  type EdgeQuery,
  frequency_max,
  type Gap,
  type GraphReader,
  type LineQuery,
  type LogStream,
  type SaidStatement,
  type ScanQuery,
  type StoreCounts,
  type TemplateUse,
  type Vertex,
  type VertexNumber,
} from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import type { Neo4jClient, Parameters, Row } from './client.ts';
import { edgeColumns } from './edge-table.ts';
import { readLines, readStreams } from './line-run.ts';
import { vertexOf } from './vertex-row.ts';

type Side = 'into' | 'outOf';
type StatementRow = [SaidStatement['by'] | null, string | null, string | null, boolean | null];
type UseRow = [string, bigint, string[], string | null, number, number, ...StatementRow];

/** Vertices of one page of an export. */
const page_vertices = 512;
const time_max = 2n ** 63n - 1n;
const time_min = -(2n ** 63n);
const noEdges = { into: 0, outOf: 0 };
/** Bytes of a node or a relationship with what hangs on it, indexes included, by the sizes of Neo4j's records. */
const bytesOf = { vertex: 1_100, edge: 260, use: 470 };

const scanQuery: Readonly<Record<Side, string>> = {
  into: scan('(v)<-[r:FLOW]-(other)', 'r.first <= query.until AND r.last > query.since', 'DESC'),
  outOf: scan('(v)-[r:FLOW]->(other)', 'r.last >= query.since AND r.first < query.until', 'ASC'),
};

function scan(pattern: string, range: string, order: string): string {
  return `
UNWIND $queries AS query
CALL {
  WITH query
  MATCH (v) WHERE id(v) = query.vertex
  MATCH ${pattern} WHERE ${range}
  RETURN id(other) AS far, r ORDER BY r.first ${order} LIMIT $limit
}
RETURN query.at, far, r.op, r.first, r.last, r.count, r.bytes`;
}

export class Neo4jReader implements GraphReader {
  protected readonly client: Neo4jClient;

  constructor(client: Neo4jClient) {
    this.client = client;
  }

  async vertices(ids: readonly string[]): Promise<Vertex[]> {
    const query = 'UNWIND $ids AS id MATCH (v:Vertex {id: id}) RETURN properties(v)';
    const rows = await this.#rows(query, { ids: [...new Set(ids)] });
    const found = new Map(
      rows.map(([node]) => [(node as { id: string }).id, vertexOf(node as Record<string, unknown>)]),
    );
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  async lookup(term: string, limit: number): Promise<string[]> {
    const open = term.endsWith('*');
    const query = `
MATCH (t:Term) WHERE t.text ${open ? 'STARTS WITH' : '='} $text
MATCH (t)-[:NAMES]->(v:Vertex)
WITH DISTINCT v ORDER BY v.time DESC LIMIT $limit
RETURN v.id`;
    const rows = await this.#rows(query, { text: open ? term.slice(0, -1) : term, limit: BigInt(limit) });
    return rows.map(([id]) => id as string);
  }

  async edgesInto(queries: readonly EdgeQuery[], limit: number) {
    return this.#edges('into', queries, limit);
  }

  async edgesOutOf(queries: readonly EdgeQuery[], limit: number) {
    return this.#edges('outOf', queries, limit);
  }

  async numbersOf(ids: readonly string[]): Promise<(VertexNumber | undefined)[]> {
    const query = 'UNWIND $ids AS id MATCH (v:Vertex {id: id}) RETURN id, id(v)';
    const rows = await this.#rows(query, { ids: [...new Set(ids)] });
    const numbers = new Map(rows.map(([id, number]) => [id as string, Number(number)]));
    return ids.map((id) => numbers.get(id));
  }

  async idsOf(numbers: readonly VertexNumber[]): Promise<string[]> {
    const query = 'UNWIND $numbers AS number MATCH (v:Vertex) WHERE id(v) = number RETURN id(v), v.id';
    const rows = await this.#rows(query, { numbers: [...new Set(numbers)].map(BigInt) });
    const ids = new Map(rows.map(([number, id]) => [Number(number), id as string]));
    return numbers.map((number) => {
      const id = ids.get(number);
      if (id === undefined) throw new RangeError(`no vertex has the number ${number}`);
      return id;
    });
  }

  async verticesOf(numbers: readonly VertexNumber[]): Promise<(Vertex | undefined)[]> {
    const query =
      'UNWIND $numbers AS number MATCH (v:Vertex) WHERE id(v) = number RETURN id(v), properties(v)';
    const rows = await this.#rows(query, { numbers: [...new Set(numbers)].map(BigInt) });
    const found = new Map(
      rows.map(([number, node]) => [Number(number), vertexOf(node as Record<string, unknown>)]),
    );
    return numbers.map((number) => found.get(number));
  }

  async scanInto(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns> {
    return this.#scan('into', queries, limit);
  }

  async scanOutOf(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns> {
    return this.#scan('outOf', queries, limit);
  }

  async degrees(ids: readonly string[]): Promise<{ into: number; outOf: number }[]> {
    const query = `
UNWIND $ids AS id MATCH (v:Vertex {id: id})
RETURN id, COUNT { (v)<-[:FLOW]-() }, COUNT { (v)-[:FLOW]->() }`;
    const found = degreesIn(await this.#rows(query, { ids: [...new Set(ids)] }));
    return ids.map((id) => found.get(id) ?? noEdges);
  }

  async degreesOf(numbers: readonly VertexNumber[]): Promise<{ into: number; outOf: number }[]> {
    const query = `
UNWIND $numbers AS number MATCH (v:Vertex) WHERE id(v) = number
RETURN number, COUNT { (v)<-[:FLOW]-() }, COUNT { (v)-[:FLOW]->() }`;
    const found = degreesIn(await this.#rows(query, { numbers: [...new Set(numbers)].map(BigInt) }));
    return numbers.map((number) => found.get(BigInt(number)) ?? noEdges);
  }

  async frequencies(terms: readonly string[]): Promise<number[]> {
    const query = `
UNWIND $terms AS text MATCH (t:Term {text: text})
RETURN text, COUNT { (t)-[:NAMES]->() }`;
    const rows = await this.#rows(query, { terms: [...new Set(terms)] });
    const found = new Map(rows.map(([text, count]) => [text as string, Number(count)]));
    return terms.map((term) => Math.min(found.get(term) ?? 0, frequency_max));
  }

  async usesOf(template: string, before: bigint, limit: number): Promise<TemplateUse[]> {
    const query = `
MATCH (u:Use) WHERE u.template = $template AND u.time < $before
RETURN u.emitter, u.time, u.variables, u.stream, u.number, u.count, u.by, u.statement, u.site, u.disagrees ORDER BY u.time DESC, u.key LIMIT $limit`;
    const rows = await this.#rows(query, { template, before: inRange(before), limit: BigInt(limit) });
    return rows.map((row) => {
      const [emitter, time, variables, stream, number, count, ...statement] = row as UseRow;
      const place = stream === null ? undefined : { stream, number, count };
      return { template, emitter, time, variables, place, ...statementOf(statement) };
    });
  }

  lines(query: LineQuery): AsyncIterable<LogLine> {
    return readLines(this.client, query);
  }

  logStreams(): Promise<LogStream[]> {
    return readStreams(this.client);
  }

  async gaps(from: bigint, until: bigint): Promise<Gap[]> {
    const query = `
MATCH (g:Gap) WHERE g.from <= $until AND g.until >= $from
RETURN g.stream, g.host, g.from, g.until, g.missing, g.reason ORDER BY g.from, g.stream, g.key`;
    const rows = await this.#rows(query, { from: inRange(from), until: inRange(until) });
    return rows.map((row) => {
      const [stream, host, start, end, missing, reason] = row as [
        string,
        string,
        bigint,
        bigint,
        number | null,
        string,
      ];
      return { stream, host, from: start, until: end, missing: missing ?? undefined, reason };
    });
  }

  /** Numbers are kept by the database; it does not tell its size, which is reckoned from them. */
  async counts(): Promise<StoreCounts> {
    const [row] = await this.#rows(
      'RETURN COUNT { (:Vertex) }, COUNT { ()-[:FLOW]->() }, COUNT { (:Use) }, COLLECT { MATCH (s:State) RETURN s.size }',
    );
    const [vertices, edges, uses] = row!.slice(0, 3).map(Number) as [number, number, number];
    const state = (row![3] as number[]).reduce((sum, size) => sum + size, 0);
    const bytesOnDisk = vertices * bytesOf.vertex + edges * bytesOf.edge + uses * bytesOf.use + state;
    return { vertices, edges, uses, bytesOnDisk };
  }

  /** The server keeps count. */
  sizes(): Promise<StoreCounts> {
    return this.counts();
  }

  async *allVertices(): AsyncIterable<Vertex> {
    for await (const page of this.#pages()) for (const { vertex } of page) yield vertex;
  }

  async *allEdges(): AsyncIterable<Edge> {
    const query = `
UNWIND $numbers AS number MATCH (v) WHERE id(v) = number MATCH (v)-[r:FLOW]->(o)
RETURN v.id, o.id, r.op, r.first, r.last, r.count, r.bytes`;
    for await (const page of this.#pages()) {
      const rows = await this.#rows(query, { numbers: page.map(({ number }) => number) });
      yield* rows.map(edgeOf).sort(inOrder);
    }
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  #rows(query: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.client.read((transaction) => transaction.rows(query, parameters));
  }

  async *#pages(): AsyncIterable<{ number: bigint; vertex: Vertex }[]> {
    const query = `
MATCH (v:Vertex) WHERE v.id > $after
RETURN id(v), properties(v) ORDER BY v.id LIMIT ${page_vertices}`;
    for (let after = ''; ; ) {
      const rows = await this.#rows(query, { after });
      const page = rows.map(([number, node]) => {
        return { number: number as bigint, vertex: vertexOf(node as Record<string, unknown>) };
      });
      if (page.length > 0) yield page;
      if (page.length < page_vertices) return;
      after = page.at(-1)!.vertex.id;
    }
  }

  async #edges(side: Side, queries: readonly EdgeQuery[], limit: number) {
    const numbers = await this.numbersOf(queries.map(({ vertex }) => vertex));
    const known = queries.flatMap((query, at) => {
      const vertex = numbers[at];
      return vertex === undefined ? [] : [{ ...query, vertex, id: query.vertex }];
    });
    const found = await this.#scan(side, known, limit);
    const far = await this.idsOf([...found.other]);
    const edges = far.map((other, at): Edge => {
      const near = known[found.query[at]!]!.id;
      return {
        from: side === 'into' ? other : near,
        to: side === 'into' ? near : other,
        op: found.ops[found.op[at]!]!,
        first: found.first[at]!,
        last: found.last[at]!,
        count: found.count[at]!,
        bytes: found.bytes[at]!,
      };
    });
    return { edges, truncated: [...new Set(found.truncated.map((at) => known[at]!.id))] };
  }

  async #scan(side: Side, queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns> {
    const rows = await this.#rows(scanQuery[side], {
      queries: queries.map(({ vertex, since, until }, at) => {
        return { at, vertex: BigInt(vertex), since: inRange(since), until: inRange(until) };
      }),
      // One more says that there is more.
      limit: BigInt(limit) + 1n,
    });
    return edgeColumns(rows, limit);
  }
}

/** Rows: what was asked about · edges into it · edges out of it. */
function degreesIn(rows: readonly Row[]): ReadonlyMap<unknown, { into: number; outOf: number }> {
  const upTo = (degree: unknown): number => Math.min(Number(degree), degree_max);
  return new Map(rows.map(([asked, into, outOf]) => [asked, { into: upTo(into), outOf: upTo(outOf) }]));
}

/** The database's whole numbers have 64 bits. */
function inRange(time: bigint): bigint {
  return time > time_max ? time_max : time < time_min ? time_min : time;
}

function edgeOf(row: Row): Edge {
  const [from, to, op, first, last, count, bytes] = row as [
    string,
    string,
    string,
    bigint,
    bigint,
    number,
    number,
  ];
  return { from, to, op, first, last, count, bytes };
}

function inOrder(a: Edge, b: Edge): number {
  return compare(a.from, b.from) || compare(a.to, b.to) || compare(a.op, b.op) || compare(a.first, b.first);
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function statementOf([by, text, site, disagrees]: StatementRow): Pick<TemplateUse, 'statement'> {
  if (by === null || text === null) return {};
  return {
    statement: { by, text, ...(site === null ? {} : { site }), ...(disagrees ? { disagrees: true } : {}) },
  };
}
