/**
 * Retention in a Neo4j: what is to go is found in one look at the graph, and removed in small transactions while folds go
 * on. Whatever of it is done is right, so that it may end anywhere. It must not know how long anything stays.
 */
import type { Removed } from '../../core/graph-store.ts';
import { heldIds } from '../../core/retention/held-ids.ts';
import { keptGraph } from '../../core/retention/kept-graph.ts';
import { KeptLines } from '../../core/retention/kept-lines.ts';
import { TimedRows } from '../../core/retention/timed-rows.ts';
import type { Neo4jClient, Parameters } from './client.ts';
import { readState } from './state-log.ts';

/** Of one transaction: what it locks is soon free again. */
const rows_max = 2_000;
/** The look at the whole graph. */
const look_ms_max = 3_600_000;

export async function retain(client: Neo4jClient, since: bigint): Promise<Removed> {
  const { edges, vertices } = await findWaste(client, since);
  const printed = await printedLines(client, since);
  return {
    edges: await remove(client, deleteEdges, edges, since),
    vertices: await removeVertices(client, vertices, since),
    uses: await removeOld(client, 'MATCH (n:Use) WHERE n.time < $since', since),
    lines: await removeLines(client, printed),
    gaps: await removeOld(client, 'MATCH (n:Gap) WHERE n.until < $since', since),
  };
}

interface Waste {
  /** Numbers of relationships and nodes. */
  readonly edges: readonly bigint[];
  readonly vertices: readonly bigint[];
}

async function findWaste(client: Neo4jClient, since: bigint): Promise<Waste> {
  const held = await heldByFolds(client);
  const places = new Map<number, number>();
  const nodes: bigint[] = [];
  const stays: number[] = [];
  const rows = new TimedRows();
  const relationships: bigint[] = [];
  await client.read(async (t) => {
    await t.each('MATCH (v:Vertex) RETURN id(v), v.id, v.time', {}, ([node, id, time]) => {
      places.set(Number(node), nodes.length);
      nodes.push(node as bigint);
      stays.push((time as bigint) >= since || held.has(id as string) ? 1 : 0);
    });
    const query = 'MATCH (a:Vertex)-[r:FLOW]->(b:Vertex) RETURN id(r), id(a), id(b), r.first, r.last';
    await t.each(query, {}, ([relationship, from, to, first, last]) => {
      const ends = [places.get(Number(from)), places.get(Number(to))] as const;
      // Of a vertex that came since the look began.
      if (ends[0] === undefined || ends[1] === undefined) return;
      relationships.push(relationship as bigint);
      rows.add(ends[0], ends[1], first as bigint, last as bigint);
    });
  }, look_ms_max);
  const kept = keptGraph(rows.graph(nodes.length), since, Uint8Array.from(stays));
  return {
    edges: relationships.filter((_, e) => kept.edges[e] === 0),
    vertices: nodes.filter((_, v) => kept.vertices[v] === 0),
  };
}

async function heldByFolds(client: Neo4jClient): Promise<Set<string>> {
  const folds = await client.read((t) => t.rows('MATCH (f:Fold) RETURN f.name'));
  const held = new Set<string>();
  for (const [name] of folds) {
    for (const id of heldIds(await client.write((t) => readState(t, name as string)))) held.add(id);
  }
  return held;
}

/** One that was extended meanwhile stays. */
const deleteEdges = `
UNWIND $numbers AS number
MATCH ()-[r:FLOW]->() WHERE id(r) = number AND r.last < $since
DELETE r
RETURN count(*)`;

/** One that something flowed through meanwhile stays. */
const deleteVertices = `
UNWIND $numbers AS number
MATCH (v:Vertex) WHERE id(v) = number AND NOT EXISTS { (v)-[:FLOW]-() }
DETACH DELETE v
RETURN count(*)`;

const deleteTerms = `MATCH (n:Term) WHERE NOT EXISTS { (n)-[:NAMES]->() }`;

async function remove(
  client: Neo4jClient,
  query: string,
  numbers: readonly bigint[],
  since: bigint,
): Promise<number> {
  let removed = 0;
  for (let at = 0; at < numbers.length; at += rows_max)
    removed += await count(client, query, { numbers: numbers.slice(at, at + rows_max), since });
  return removed;
}

/** And the terms that nothing is found by any more. */
async function removeVertices(
  client: Neo4jClient,
  numbers: readonly bigint[],
  since: bigint,
): Promise<number> {
  const removed = await remove(client, deleteVertices, numbers, since);
  if (removed > 0) await removeOld(client, deleteTerms, since);
  return removed;
}

async function removeOld(client: Neo4jClient, match: string, since: bigint): Promise<number> {
  const query = `${match} WITH n LIMIT ${rows_max} DELETE n RETURN count(*)`;
  let removed = 0;
  for (;;) {
    const some = await count(client, query, { since });
    removed += some;
    if (some < rows_max) return removed;
  }
}

async function printedLines(client: Neo4jClient, since: bigint): Promise<KeptLines> {
  const query = `
MATCH (u:Use) WHERE u.stream IS NOT NULL
WITH u.stream AS stream, u.time >= $since AS stays, min(u.number) AS first, max(u.number + u.count) AS next
RETURN stream, stays, first, next`;
  const printed = new KeptLines();
  for (const row of await client.read((t) => t.rows(query, { since }), look_ms_max)) {
    const [stream, stays, first, next] = row as [string, boolean, number, number];
    printed.printed({ stream, number: first, count: next - first }, stays);
  }
  return printed;
}

/** Of runs all of whose lines go. */
async function removeLines(client: Neo4jClient, printed: KeptLines): Promise<number> {
  const query = `
MATCH (l:LineRun) WHERE l.stream = $stream AND l.last < $first
WITH l, l.lines AS lines LIMIT ${rows_max} DELETE l RETURN count(*), sum(lines)`;
  let removed = 0;
  for (const stream of printed.streams()) {
    for (let some = rows_max; some === rows_max; ) {
      const first = printed.firstOf(stream);
      const [row] = await client.write((t) => t.rows(query, { stream, first }));
      some = Number(row![0]);
      removed += Number(row![1]);
    }
  }
  return removed;
}

async function count(client: Neo4jClient, query: string, parameters: Parameters): Promise<number> {
  const [row] = await client.write((t) => t.rows(query, parameters));
  return Number(row?.[0] ?? 0);
}
