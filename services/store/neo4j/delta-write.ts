/**
 * What a delta changes of the graph, as statements of one transaction: upserts by identity, a list of rows each. It
 * must not know which fold it is of, nor how the transaction ends.
 */
import { createHash } from 'node:crypto';
import type { Edge, Gap, GraphDelta, TemplateUse, Vertex } from '../../core/graph-store.ts';
import { mergedVertex } from '../merge-vertex.ts';
import type { Parameters, Transaction } from './client.ts';
import { writeLines } from './line-run.ts';
import { propertyRow } from './vertex-row.ts';

/** Rows of one statement: its list is held whole, here and there. */
const rows_max = 4_096;

/** Throws RangeError where an edge's end is no vertex: the transaction must then not be committed. */
export async function writeGraph(transaction: Transaction, delta: GraphDelta): Promise<void> {
  const numbers = await writeVertices(transaction, delta.vertices);
  await findNumbers(transaction, delta.edges, numbers);
  await writeEdges(transaction, delta.edges, numbers);
  await inParts(transaction, writeUses, delta.uses.map(useRow));
  await writeLines(transaction, delta.lines);
  await inParts(transaction, writeGaps, delta.gaps.map(gapRow));
}

const upsertVertices = `
UNWIND $rows AS row
MERGE (v:Vertex {id: row.id}) ON CREATE SET v.terms = [], v.time = row.time
WITH v, row, [term IN row.terms WHERE NOT term IN v.terms] AS fresh
SET v += row.properties, v.kind = row.kind, v.label = row.label, v.host = row.host,
  v.container = coalesce(row.container, v.container), v.terms = v.terms + fresh,
  v.time = CASE WHEN row.time < v.time THEN row.time ELSE v.time END
FOREACH (text IN fresh | MERGE (t:Term {text: text}) CREATE (t)-[:NAMES]->(v))
RETURN row.id, id(v)`;

async function writeVertices(
  transaction: Transaction,
  vertices: readonly Vertex[],
): Promise<Map<string, bigint>> {
  // The rows of a statement do not see each other.
  const merged = new Map<string, Vertex>();
  for (const vertex of vertices) {
    const earlier = merged.get(vertex.id);
    merged.set(vertex.id, earlier === undefined ? vertex : mergedVertex(earlier, vertex));
  }
  // Folds that share vertices lock them in one order.
  const rows = [...merged.values()].map(vertexRow).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const found = await inParts(transaction, upsertVertices, rows);
  return new Map(found as [string, bigint][]);
}

function vertexRow({ id, kind, label, host, container, time, terms, properties }: Vertex) {
  const row = { id, kind, label, host, container: container ?? null, time };
  return { ...row, terms: [...new Set(terms)], properties: propertyRow(properties) };
}

/** Adds those of ends that are no vertices of the delta. */
async function findNumbers(
  transaction: Transaction,
  edges: readonly Edge[],
  numbers: Map<string, bigint>,
): Promise<void> {
  const ends = new Set(edges.flatMap(({ from, to }) => [from, to]).filter((id) => !numbers.has(id)));
  const query = 'UNWIND $rows AS id MATCH (v:Vertex {id: id}) RETURN id, id(v)';
  for (const [id, number] of await inParts(transaction, query, [...ends])) {
    numbers.set(id as string, number as bigint);
    ends.delete(id as string);
  }
  for (const id of ends) throw new RangeError(`an edge ends at ${id}, which is no vertex`);
}

/** A first time is nearly unique, so that an index over it finds an edge without a look at all of a hub's. */
const updateEdges = `
UNWIND $rows AS row
MATCH (a)-[r:FLOW {first: row.first}]->(b) USING INDEX r:FLOW(first)
WHERE r.op = row.op AND id(a) = row.from AND id(b) = row.to
SET r.last = row.last, r.count = row.count, r.bytes = row.bytes
RETURN row.at`;

const createEdges = `
UNWIND $rows AS row
MATCH (a) WHERE id(a) = row.from
MATCH (b) WHERE id(b) = row.to
CREATE (a)-[:FLOW {op: row.op, first: row.first, last: row.last, count: row.count, bytes: row.bytes}]->(b)`;

async function writeEdges(
  transaction: Transaction,
  edges: readonly Edge[],
  numbers: ReadonlyMap<string, bigint>,
): Promise<void> {
  // Of versions in one delta the last counts.
  const latest = new Map(edges.map((edge) => [`${edge.first} ${edge.op}\0${edge.from}\0${edge.to}`, edge]));
  const rows = [...latest.values()].map(({ from, to, ...edge }, at) => {
    return { ...edge, at, from: numbers.get(from)!, to: numbers.get(to)! };
  });
  const updated = new Set((await inParts(transaction, updateEdges, rows)).map(([at]) => at as number));
  await inParts(
    transaction,
    createEdges,
    rows.filter(({ at }) => !updated.has(at)),
  );
}

const writeUses = `
UNWIND $rows AS row
MERGE (u:Use {key: row.key})
ON CREATE SET u.template = row.template, u.emitter = row.emitter, u.time = row.time, u.variables = row.variables,
  u.stream = row.stream, u.number = row.number, u.count = row.count,
  u.by = row.by, u.statement = row.statement, u.site = row.site, u.disagrees = row.disagrees`;

function useRow(use: TemplateUse) {
  const { template, emitter, time, variables, place, statement } = use;
  const { stream = null, number = null, count = null } = place ?? {};
  const key = keyOf([template, emitter, String(time), String(stream), String(number), ...variables]);
  return {
    key: statement === undefined ? key : keyOf([key, JSON.stringify(statement)]),
    template,
    emitter,
    time,
    variables: [...variables],
    ...{ stream, number, count },
    by: statement?.by ?? null,
    statement: statement?.text ?? null,
    site: statement?.site ?? null,
    disagrees: statement?.disagrees ?? null,
  };
}

const writeGaps = `
UNWIND $rows AS row
MERGE (g:Gap {key: row.key})
ON CREATE SET g.stream = row.stream, g.host = row.host, g.from = row.from, g.until = row.until,
  g.missing = row.missing, g.reason = row.reason`;

function gapRow({ missing, ...gap }: Gap) {
  const key = keyOf([gap.stream, gap.host, String(gap.from), String(gap.until), String(missing), gap.reason]);
  return { ...gap, key, missing: missing ?? null };
}

/** The same for the same content, and short. */
function keyOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

async function inParts(
  transaction: Transaction,
  query: string,
  rows: readonly unknown[],
): Promise<(readonly unknown[])[]> {
  const found: (readonly unknown[])[] = [];
  for (let at = 0; at < rows.length; at += rows_max) {
    const parameters: Parameters = { rows: rows.slice(at, at + rows_max) };
    for (const row of await transaction.rows(query, parameters)) found.push(row);
  }
  return found;
}
