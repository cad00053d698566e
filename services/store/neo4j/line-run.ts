/**
 * Lines of logs as nodes: what one delta has of a stream is one, packed. It must not know how lines are packed, nor how
 * a transaction ends.
 */
import { createHash } from 'node:crypto';
import type { LineQuery, LogStream } from '../../core/graph-store.ts';
import { lineMatches } from '../../core/line/line-condition.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { inOrder } from '../lines/line-order.ts';
import { candidates } from '../lines/line-search.ts';
import { LineSegment, packLines, unpackLines } from '../lines/line-segment.ts';
import type { Neo4jClient, Transaction } from './client.ts';

interface RunHead {
  readonly key: string;
  readonly stream: string;
  readonly name: string;
  /** Numbers of its first and last line. */
  readonly first: number;
  readonly last: number;
  readonly lines: number;
  readonly bytes: number;
  readonly packed: number;
}

const writeRuns = `
UNWIND $rows AS row
MERGE (l:LineRun {key: row.key})
ON CREATE SET l += row.head, l.segment = row.segment`;

/** Lines that come again in the same delta change nothing; in another one they stand twice, and are read once. */
export async function writeLines(transaction: Transaction, lines: readonly LogLine[]): Promise<void> {
  const rows = [...Map.groupBy(inOrder(lines), ({ stream }) => stream).values()].map(runRow);
  if (rows.length > 0) await transaction.rows(writeRuns, { rows });
}

function runRow(lines: readonly LogLine[]) {
  const segment = packLines(lines);
  const key = createHash('sha256').update(segment).digest('base64url');
  const { stream, name, number: last } = lines.at(-1)!;
  const counted = lines.filter(({ part }) => part === 0).length;
  const bytes = lines.reduce((sum, { text }) => sum + text.length, 0);
  const head = { stream, name, first: lines[0]!.number, last, lines: counted, bytes, packed: segment.length };
  return { key, head, segment: new Int8Array(segment) };
}

export async function* readLines(client: Neo4jClient, query: LineQuery): AsyncIterable<LogLine> {
  for (const together of await runsOf(client, query)) {
    for (const line of await linesOf(client, together, query)) {
      if (line.number >= query.from && line.number <= query.until) yield line;
    }
  }
}

export async function readStreams(client: Neo4jClient): Promise<LogStream[]> {
  const all = { stream: undefined, from: 0, until: Number.MAX_SAFE_INTEGER, where: [] };
  const streams = new Map<string, LogStream>();
  for (const together of await runsOf(client, all)) {
    const { stream, name } = together.at(-1)!;
    const known = streams.get(stream) ?? { lines: 0, bytes: 0, packedBytes: 0 };
    const counted = together.length === 1 ? together[0]! : countOf(await linesOf(client, together, all));
    streams.set(stream, {
      ...{ stream, name, waitingBytes: 0 },
      lines: known.lines + counted.lines,
      bytes: known.bytes + counted.bytes,
      packedBytes: known.packedBytes + together.reduce((sum, { packed }) => sum + packed, 0),
    });
  }
  return [...streams.values()];
}

function countOf(lines: readonly LogLine[]): { lines: number; bytes: number } {
  return {
    lines: lines.filter(({ part }) => part === 0).length,
    bytes: lines.reduce((sum, { text }) => sum + text.length, 0),
  };
}

/** In order of stream and number; those that overlap, and so may have the same lines, together. */
async function runsOf(client: Neo4jClient, { stream, from, until }: LineQuery): Promise<RunHead[][]> {
  const query = `
MATCH (l:LineRun) WHERE ${stream === undefined ? '' : 'l.stream = $stream AND '}l.last >= $from AND l.first <= $until
RETURN l.key, l.stream, l.name, l.first, l.last, l.lines, l.bytes, l.packed`;
  const parameters = { stream: stream ?? null, from, until };
  const rows = await client.read((transaction) => transaction.rows(query, parameters));
  const heads = rows
    .map((row): RunHead => {
      const [key, of, name, first, last, lines, bytes, packed] = row as Head;
      return { key, stream: of, name, first, last, lines, bytes, packed };
    })
    .sort((a, b) => (a.stream === b.stream ? a.first - b.first : a.stream < b.stream ? -1 : 1));
  const groups: RunHead[][] = [];
  let end = 0;
  for (const head of heads) {
    const group = groups.at(-1);
    if (group !== undefined && group[0]!.stream === head.stream && head.first <= end) {
      group.push(head);
      end = Math.max(end, head.last);
    } else {
      groups.push([head]);
      end = head.last;
    }
  }
  return groups;
}

type Head = [string, string, string, number, number, number, number, number];

/** Of runs that stand together: those that the query asks for, each once. */
async function linesOf(
  client: Neo4jClient,
  heads: readonly RunHead[],
  { where }: LineQuery,
): Promise<LogLine[]> {
  const query = 'UNWIND $keys AS key MATCH (l:LineRun {key: key}) RETURN l.segment';
  const keys = heads.map(({ key }) => key);
  const rows = await client.read((transaction) => transaction.rows(query, { keys }));
  const found = rows.flatMap(([bytes]) => {
    const segment = new LineSegment(new Uint8Array(bytes as Int8Array));
    const places = where.length === 0 ? undefined : candidates(segment, where);
    return where.length > 0 && places === undefined ? [] : unpackLines(segment, places);
  });
  return inOrder(found).filter(({ text }) => where.every((each) => lineMatches(text, each)));
}
