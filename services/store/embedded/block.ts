/**
 * One batch as one value: what makes a commit whole is here, before any index of it exists.
 * Must not know how batches are indexed.
 *
 * Layout, little-endian, compressed as a whole: u32 edges · u32 text bytes · u32 flags · columns of the edges · JSON text of vertices, uses and lines of logs.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { LinePlace, SaidStatement, TemplateUse, Vertex } from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { EdgeRows, offsetFrom } from './edge-rows.ts';

export interface Block {
  /** `vertex` holds the numbers of `from`, `other` those of `to`. */
  readonly edges: EdgeRows;
  /** Whole records, new or changed, with their numbers. */
  readonly vertices: readonly (readonly [number, Vertex])[];
  readonly uses: readonly TemplateUse[];
  readonly lines: readonly LogLine[];
}

const HEAD = 12;
/** Columns are as narrow as their largest value allows; the flags say which are wide. */
const WIDE_DURATION = 1;
const WIDE_COUNT = 2;
const WIDE_BYTES = 4;
const WORD_MAX = 0xffffffff;

export function encodeBlock(block: Block): Buffer {
  const { edges } = block;
  const n = edges.length;
  const durations = new Uint32Array(n);
  let wide = 0;
  for (let i = 0; i < n; i++) {
    const high = edges.firstWords[2 * i + 1]!;
    const duration = offsetFrom(edges.lastWords, i, high, edges.firstWords[2 * i]! >>> 0);
    if (duration > WORD_MAX) wide |= WIDE_DURATION;
    if (edges.count[i]! > WORD_MAX) wide |= WIDE_COUNT;
    if (edges.bytes[i]! > WORD_MAX) wide |= WIDE_BYTES;
    durations[i] = duration;
  }
  const columns = [
    edges.first.subarray(0, n),
    wide & WIDE_DURATION ? edges.last.subarray(0, n) : durations,
    wide & WIDE_COUNT ? edges.count.subarray(0, n) : new Uint32Array(edges.count.subarray(0, n)),
    wide & WIDE_BYTES ? edges.bytes.subarray(0, n) : new Uint32Array(edges.bytes.subarray(0, n)),
    edges.vertex.subarray(0, n),
    edges.other.subarray(0, n),
    edges.op.subarray(0, n),
  ];
  const text = Buffer.from(
    JSON.stringify({
      vertices: block.vertices.map(([number, vertex]) => [number, vertex.id, ...vertexFields(vertex)]),
      uses: block.uses.map((use) => [
        use.template,
        use.emitter,
        String(use.time),
        use.variables,
        placeFields(use.place),
        ...statementFields(use.statement),
      ]),
      lines: block.lines.map(({ stream, name, number, part, text }) => [stream, name, number, part, text]),
    }),
  );
  const size = columns.reduce((sum, column) => sum + column.byteLength, HEAD);
  const out = Buffer.allocUnsafe(size + text.length);
  out.writeUInt32LE(n, 0);
  out.writeUInt32LE(text.length, 4);
  out.writeUInt32LE(wide, 8);
  let at = HEAD;
  for (const column of columns) {
    out.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  out.set(text, at);
  // A third of the size: less to sync, and less space to find again once the batch is indexed.
  return zstdCompressSync(out, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

export function decodeBlock(stored: Uint8Array): Block {
  const bytes = zstdDecompressSync(stored);
  const n = bytes.readUInt32LE(0);
  const wide = bytes.readUInt32LE(8);
  const edges = new EdgeRows(n);
  edges.length = n;
  let at = HEAD;
  const fill = <T extends Uint32Array | Uint16Array | Float64Array | BigInt64Array>(column: T): T => {
    const size = column.byteLength;
    new Uint8Array(column.buffer, column.byteOffset, size).set(bytes.subarray(at, at + size));
    at += size;
    return column;
  };
  fill(edges.first);
  if (wide & WIDE_DURATION) fill(edges.last);
  else addDurations(edges, fill(new Uint32Array(n)));
  if (wide & WIDE_COUNT) fill(edges.count);
  else edges.count.set(fill(new Uint32Array(n)));
  if (wide & WIDE_BYTES) fill(edges.bytes);
  else edges.bytes.set(fill(new Uint32Array(n)));
  fill(edges.vertex);
  fill(edges.other);
  fill(edges.op);
  const text = JSON.parse(bytes.toString('utf8', at, at + bytes.readUInt32LE(4))) as BlockText;
  return {
    edges,
    vertices: text.vertices.map(([number, id, ...fields]) => [number, vertexFrom(id, fields)] as const),
    uses: text.uses.map(([template, emitter, time, variables, place, ...statement]) => ({
      template,
      emitter,
      time: BigInt(time),
      variables,
      place: placeFrom(place),
      ...statementFrom(statement),
    })),
    lines: text.lines.map(([stream, name, number, part, text]) => ({ stream, name, number, part, text })),
  };
}

function addDurations(edges: EdgeRows, durations: Uint32Array): void {
  for (let i = 0; i < durations.length; i++) {
    const low = (edges.firstWords[2 * i]! >>> 0) + durations[i]!;
    edges.lastWords[2 * i] = low;
    edges.lastWords[2 * i + 1] = edges.firstWords[2 * i + 1]! + (low > WORD_MAX ? 1 : 0);
  }
}

/** A vertex without its id, as it stands in JSON. */
export type VertexFields = [
  Vertex['kind'],
  string,
  string,
  string | null,
  string,
  readonly string[],
  Vertex['properties'],
];

export function vertexFields(vertex: Vertex): VertexFields {
  const { kind, label, host, container, time, terms, properties } = vertex;
  return [kind, label, host, container ?? null, String(time), terms, properties];
}

export function vertexFrom(id: string, fields: VertexFields): Vertex {
  const [kind, label, host, container, time, terms, properties] = fields;
  return { id, kind, label, host, container: container ?? undefined, time: BigInt(time), terms, properties };
}

/** As it stands in JSON. */
export type PlaceFields = readonly [stream: string, number: number, count: number] | null;

export function placeFields(place: LinePlace | undefined): PlaceFields {
  return place === undefined ? null : [place.stream, place.number, place.count];
}

export function placeFrom(fields: PlaceFields): LinePlace | undefined {
  return fields === null ? undefined : { stream: fields[0], number: fields[1], count: fields[2] };
}

/** Nothing where nothing says which it is. */
export type StatementFields = readonly [
  by?: SaidStatement['by'],
  text?: string,
  site?: string | null,
  disagrees?: 1,
];

export function statementFields(statement: SaidStatement | undefined): StatementFields {
  if (statement === undefined) return [];
  const { by, text, site, disagrees } = statement;
  if (disagrees) return [by, text, site ?? null, 1];
  return site === undefined ? [by, text] : [by, text, site];
}

export function statementFrom([by, text, site, disagrees]: StatementFields): Pick<TemplateUse, 'statement'> {
  if (by === undefined || text === undefined) return {};
  return {
    statement: {
      by,
      text,
      ...(site === undefined || site === null ? {} : { site }),
      ...(disagrees === undefined ? {} : { disagrees: true }),
    },
  };
}

interface BlockText {
  vertices: [number, string, ...VertexFields][];
  uses: [string, string, string, string[], PlaceFields, ...StatementFields][];
  lines: [string, string, number, number, string][];
}
