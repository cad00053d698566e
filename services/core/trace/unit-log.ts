/**
 * The common log of one unit (or process): the lines that it printed and the calls that it made, in order of time, read
 * from the graph. It must not know how a unit was cut.
 */
import type { Edge, GraphReader, TemplateUse, Vertex } from '../graph-store.ts';
import { renderTemplate } from '../lms/template.ts';
import { beginningOfTime, endOfTime } from './traversal.ts';

export interface UnitLogEntry {
  readonly kind: 'app' | 'sys';
  /** ns. */
  readonly time: bigint;
  readonly last: bigint;
  readonly count: number;
  readonly text: string;
  readonly object: string;
}

export interface UnitLog {
  readonly entries: readonly UnitLogEntry[];
  readonly isCut: boolean;
}

const entries_max = 5_000;
/** Of one template while the unit printed it: other units print it, too. */
const uses_max = 20_000;
const templatePrefix = 'template:';

/** Rejects with what the store rejects with. */
export async function unitLog(reader: GraphReader, id: string): Promise<UnitLog> {
  const all = [{ vertex: id, since: beginningOfTime, until: endOfTime }];
  const into = await reader.edgesInto(all, entries_max);
  const outOf = await reader.edgesOutOf(all, entries_max);
  const calls = [...into.edges, ...outOf.edges].filter((e) => e.op !== 'log');
  const ends = [...new Set([...into.edges, ...outOf.edges].map((e) => (e.from === id ? e.to : e.from)))];
  const objects = new Map((await reader.vertices(ends)).map((v) => [v.id, v]));
  const lines: UnitLogEntry[] = [];
  let isCut = into.truncated.length > 0 || outOf.truncated.length > 0;
  for (const edge of outOf.edges.filter((e) => e.op === 'log')) {
    const printed = await reader.usesOf(edge.to, edge.last + 1n, uses_max);
    isCut ||= printed.length === uses_max && printed.at(-1)!.time > edge.first;
    const own = printed.filter((u) => u.emitter === id && u.time >= edge.first);
    lines.push(...own.map((use) => lineEntry(use, objects.get(edge.to))));
  }
  const entries = [...lines, ...calls.map((edge) => callEntry(edge, id, objects))];
  entries.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return { entries: entries.slice(0, entries_max), isCut: isCut || entries.length > entries_max };
}

function lineEntry({ template, time, variables }: TemplateUse, vertex: Vertex | undefined): UnitLogEntry {
  const text = vertex?.terms.find((t) => t.startsWith(templatePrefix))?.slice(templatePrefix.length);
  return {
    kind: 'app',
    time,
    last: time,
    count: 1,
    text: rendered(text, variables) ?? vertex?.label ?? template,
    object: template,
  };
}

/** Undefined where the template was too long to be kept whole. */
function rendered(template: string | undefined, variables: readonly string[]): string | undefined {
  try {
    return template === undefined ? undefined : renderTemplate(template, variables);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function callEntry(edge: Edge, id: string, objects: ReadonlyMap<string, Vertex>): UnitLogEntry {
  const object = edge.from === id ? edge.to : edge.from;
  const { first: time, last, count } = edge;
  const arrow = edge.from === id ? '→' : '←';
  const text = `${edge.op} ${arrow} ${objects.get(object)?.label ?? object}`;
  return { kind: 'sys', time, last, count, text, object };
}
