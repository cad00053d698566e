/**
 * The port between the domain and a store, in domain verbs. Whoever implements it passes test/conformance.
 * A store must not know what a vertex means: it keeps ids, terms, columns and opaque state.
 */

import type { LineCondition } from './line/line-condition.ts';
import type { LogLine } from './line/log-line.ts';

export type VertexKind = 'process' | 'unit' | 'file' | 'socket' | 'pipe' | 'template';

export interface Vertex {
  /** Canonical identity, deterministic: the same input always gives the same id. */
  readonly id: string;
  readonly kind: VertexKind;
  readonly label: string;
  readonly host: string;
  readonly container: string | undefined;
  /** ns, first seen. */
  readonly time: bigint;
  /** What a symptom may look it up by: `path:/etc/passwd`, `ip:10.0.0.7`, `addr:10.0.0.7:80`, `pid:12`, `template:…`, `word:…`. */
  readonly terms: readonly string[];
  readonly properties: Readonly<Record<string, string | number>>;
}

/** Points the way information flows (cause → effect). Identity is (from, to, op, first): a later version supersedes. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Name of the syscall, or `log`, `unit`, … */
  readonly op: string;
  /** ns; first <= last. */
  readonly first: bigint;
  readonly last: bigint;
  readonly count: number;
  readonly bytes: number;
}

/** Where an entry stands among the lines of logs: so many from the one with this number on. */
export interface LinePlace {
  readonly stream: string;
  readonly number: number;
  readonly count: number;
}

/** One printed log line: a template, who printed it, and what stood in the template's holes. */
export interface TemplateUse {
  readonly template: string;
  readonly emitter: string;
  readonly time: bigint;
  readonly variables: readonly string[];
  readonly place: LinePlace | undefined;
  /** Which statement it is, where a profile says so. */
  readonly statement?: SaidStatement | undefined;
}

/** The statement of a line, and what says so, the most trusted first. */
export interface SaidStatement {
  /** Who called for the write; where in its LMS-CFG the process was; the text alone. */
  readonly by: 'stamp' | 'lms-cfg' | 'text';
  /** The statement's own text. */
  readonly text: string;
  /** Of a stamp: the return address of its call, in hex. */
  readonly site?: string | undefined;
  /** The text says otherwise. */
  readonly disagrees?: boolean | undefined;
}

/** Records known to be missing, and so shown in every answer that they could affect. */
export interface Gap {
  readonly stream: string;
  readonly host: string;
  readonly from: bigint;
  readonly until: bigint;
  /** Number of records lost; undefined where nobody can know. */
  readonly missing: number | undefined;
  readonly reason: string;
}

/** What one batch changes. Applied whole or not at all, together with positions and state. */
export interface GraphDelta {
  /** Upserts by id: label, container, terms (united) and properties (merged) of a later version win; time keeps the earliest. */
  readonly vertices: readonly Vertex[];
  /** Upserts by (from, to, op, first). Every `from` and `to` is a vertex of this delta or already stored. */
  readonly edges: readonly Edge[];
  readonly uses: readonly TemplateUse[];
  /** Upserts by (stream, number, part): what has these is always the same text. Of one stream in order. */
  readonly lines: readonly LogLine[];
  readonly gaps: readonly Gap[];
  /** Fold state: key → JSON text; undefined deletes. Opaque to the store. */
  readonly state: ReadonlyMap<string, string | undefined>;
  /** stream → next sequence number wanted. */
  readonly positions: ReadonlyMap<string, bigint>;
}

/** Edges that can have carried information into (or out of) `vertex` within a range of time. */
export interface EdgeQuery {
  readonly vertex: string;
  /** Into: edges with first <= until and last > since. Out of: edges with last >= since and first < until. */
  readonly since: bigint;
  readonly until: bigint;
}

/**
 * A vertex as one reader counts it: a small integer, the same for as long as the reader is open. It means nothing to
 * another reader, and nothing once this one is closed.
 */
export type VertexNumber = number;

export interface ScanQuery {
  readonly vertex: VertexNumber;
  /** As in EdgeQuery. */
  readonly since: bigint;
  readonly until: bigint;
}

/** Edges as columns, for a traversal that looks at very many and keeps few. Row i is one edge; columns may be longer. */
export interface EdgeColumns {
  readonly length: number;
  /** Position of the query that the edge answers: the vertex at its near end. Rows stand in the order of queries. */
  readonly query: Uint32Array;
  /** Number of the vertex at the far end. */
  readonly other: Uint32Array;
  /** Position in `ops`. */
  readonly op: Uint16Array;
  readonly ops: readonly string[];
  readonly first: BigInt64Array;
  readonly last: BigInt64Array;
  readonly count: Float64Array;
  readonly bytes: Float64Array;
  /** Positions of the queries where more edges were left, ascending. */
  readonly truncated: readonly number[];
}

/** More edges of one vertex are not counted: a hub is a hub. */
export const degree_max = 4_096;
/** More vertices under one term are not counted: what is common is common. */
export const frequency_max = 64;

/** Lines of one stream, or of all, of which each condition is true. */
export interface LineQuery {
  readonly stream: string | undefined;
  /** Numbers of the first and the last line asked for. */
  readonly from: number;
  readonly until: number;
  readonly where: readonly LineCondition[];
}

/** A log as a store has it. */
export interface LogStream {
  readonly stream: string;
  readonly name: string;
  readonly lines: number;
  readonly bytes: number;
  /** What the store needs for those of its lines that it has packed, in bytes. */
  readonly packedBytes: number;
  /** Bytes of lines that it has not packed yet. */
  readonly waitingBytes: number;
}

export interface StoreCounts {
  readonly vertices: number;
  readonly edges: number;
  readonly uses: number;
  readonly bytesOnDisk: number;
}

export interface GraphReader {
  /** Known vertices among `ids`, in the order asked; unknown ones are left out. */
  vertices(ids: readonly string[]): Promise<Vertex[]>;
  /** Ids under `term`, newest first, at most `limit`. With a trailing `*`: all terms that begin so. */
  lookup(term: string, limit: number): Promise<string[]>;
  /** Newest first per query, at most `limit` for each query; `truncated` names the vertices where more were left. */
  edgesInto(queries: readonly EdgeQuery[], limit: number): Promise<{ edges: Edge[]; truncated: string[] }>;
  /** Oldest first per query, otherwise as above. */
  edgesOutOf(queries: readonly EdgeQuery[], limit: number): Promise<{ edges: Edge[]; truncated: string[] }>;
  /** Numbers of `ids`, in the order asked; undefined for an unknown one. */
  numbersOf(ids: readonly string[]): Promise<(VertexNumber | undefined)[]>;
  /** Ids of numbers that this reader gave out, in the order asked. */
  idsOf(numbers: readonly VertexNumber[]): Promise<string[]>;
  /** Records of numbers, in the order asked; undefined where there is none. */
  verticesOf(numbers: readonly VertexNumber[]): Promise<(Vertex | undefined)[]>;
  /** `edgesInto` without names. Queries in ascending order of number are answered soonest. */
  scanInto(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns>;
  /** `edgesOutOf` likewise. */
  scanOutOf(queries: readonly ScanQuery[], limit: number): Promise<EdgeColumns>;
  /** Number of distinct edges into and out of each vertex, counted up to `degree_max`; 0 for an unknown one. */
  degrees(ids: readonly string[]): Promise<{ into: number; outOf: number }[]>;
  /** `degrees` of numbers. */
  degreesOf(numbers: readonly VertexNumber[]): Promise<{ into: number; outOf: number }[]>;
  /** Number of vertices under each term, counted up to `frequency_max`. Reads no more keys than it counts. */
  frequencies(terms: readonly string[]): Promise<number[]>;
  /** Newest first. */
  usesOf(template: string, before: bigint, limit: number): Promise<TemplateUse[]>;
  /** In order of stream, number and part. */
  lines(query: LineQuery): AsyncIterable<LogLine>;
  /** In order of stream. */
  logStreams(): Promise<LogStream[]>;
  gaps(from: bigint, until: bigint): Promise<Gap[]>;
  counts(): Promise<StoreCounts>;
  /**
   * The same without looking at each edge and use, for who asks often: one that several batches told of may count as
   * several.
   */
  sizes(): Promise<StoreCounts>;
  /** Everything, in id order and (from, to, op, first) order: for export and comparison, not for queries. */
  allVertices(): AsyncIterable<Vertex>;
  allEdges(): AsyncIterable<Edge>;
  close(): Promise<void>;
}

/** Where a fold keeps what it changes and remembers. */
export interface FoldStore {
  /**
   * Durable and atomic when it resolves. Applying the same delta again changes nothing. Throws StoreError `overtaken`
   * where another process went on with the fold: whoever goes on begins with `state` again.
   */
  apply(delta: GraphDelta): Promise<void>;
  positions(): Promise<Map<string, bigint>>;
  /** All fold state, to resume from. */
  state(): Promise<Map<string, string>>;
  /** Whether what `state` gave and `apply` was told is all that there is: nobody else went on with the fold. */
  isCurrent(): Promise<boolean>;
}

/** How many were removed. */
export interface Removed {
  readonly vertices: number;
  readonly edges: number;
  readonly uses: number;
  /** At least those of which nothing that was printed stays; a store may keep more of a log. */
  readonly lines: number;
  readonly gaps: number;
}

/** As a fold's it is that of an import; its positions are those of all folds. */
export interface GraphStore extends GraphReader, FoldStore {
  /**
   * Where the host's batches are folded. A store that takes several writers folds each host by itself; one that takes
   * a single writer has one fold for all.
   */
  foldOf(host: string): FoldStore;
  /**
   * Removes what ended before `since` (ns), except what a fold has in hand and what carries ancestry between vertices
   * that stay: see core/retention. Traces from `since` on find what they found before. May be cut off anywhere.
   */
  retain(since: bigint): Promise<Removed>;
}

/** An operational failure of a store. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code:
    | 'locked'
    | 'newer-format'
    | 'older-format'
    | 'not-a-store'
    | 'missing'
    | 'corrupt'
    | 'io'
    | 'closed'
    /** A server that is not there now. */
    | 'unavailable'
    /** An address that is none, or a server that does not let one in. */
    | 'refused'
    | 'overtaken';
  readonly hint: string | undefined;
  constructor(code: StoreError['code'], message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
