/**
 * The common log of execution units (or of a process outside of any), as a store keeps it: what each printed, and what it called on what, in order of
 * time. Repeated calls on one object may be one edge there; then the entry says how many, and when the last was. It
 * must not know which store answers, nor how a log looks in print.
 */
import type { Edge, EdgeQuery, GraphReader, SaidStatement, TemplateUse, Vertex } from '../graph-store.ts';
import { renderTemplate } from '../lms/template.ts';
import { term } from '../upg/identity.ts';
import { beginningOfTime, endOfTime } from './traversal.ts';

export interface SystemEntry {
  readonly kind: 'sys';
  readonly time: bigint;
  /** Of the last of `count` calls. */
  readonly last: bigint;
  readonly count: number;
  readonly bytes: number;
  readonly syscall: string;
  /** Whether the unit learned from the object, or the object from the unit. */
  readonly direction: 'from' | 'to';
  readonly object: Vertex;
}

export interface LineEntry {
  readonly kind: 'app';
  readonly time: bigint;
  /** The message as it was printed; undefined where the store has its template alone. */
  readonly text: string | undefined;
  readonly template: Vertex;
  /** Which statement printed it, and what says so. */
  readonly statement: SaidStatement | undefined;
}

export type LogEntry = SystemEntry | LineEntry;

export interface UnitLog {
  readonly unit: Vertex;
  readonly entries: readonly LogEntry[];
  /** There is more than was read. */
  readonly isCut: boolean;
}

/** Edges of a unit that are read, each way. */
const edgesOfUnit_max = 5_000;
const entriesOfUnit_max = 10_000;
/** Lines of one template that are looked at for those of the units asked for. */
const usesOfTemplate_max = 50_000;
const uses_page = 512;

/** One log for each of `units`, in their order. Those of neighbouring times are answered soonest together. */
export async function unitLogs(reader: GraphReader, units: readonly Vertex[]): Promise<UnitLog[]> {
  const queries = units.map(
    (unit): EdgeQuery => ({ vertex: unit.id, since: beginningOfTime, until: endOfTime }),
  );
  const into = await reader.edgesInto(queries, edgesOfUnit_max);
  const outOf = await reader.edgesOutOf(queries, edgesOfUnit_max);
  const cut = new Set([...into.truncated, ...outOf.truncated]);
  const byUnit = new Map(units.map((unit) => [unit.id, { learned: [] as Edge[], told: [] as Edge[] }]));
  const ends = new Set([...into.edges.map(({ from }) => from), ...outOf.edges.map(({ to }) => to)]);
  const vertices = new Map((await reader.vertices([...ends])).map((vertex) => [vertex.id, vertex]));
  // What a store forgot between the reads is no part of a log.
  for (const edge of into.edges) if (vertices.has(edge.from)) byUnit.get(edge.to)!.learned.push(edge);
  for (const edge of outOf.edges) if (vertices.has(edge.to)) byUnit.get(edge.from)!.told.push(edge);
  const printed = outOf.edges.filter(({ op, to }) => op === 'log' && vertices.has(to));
  const { uses, missed } = await usesBy(reader, printed);
  return units.map((unit): UnitLog => {
    const { learned, told } = byUnit.get(unit.id)!;
    const entries = [
      ...learned.filter(isCall).map((edge) => systemEntry(edge, 'from', vertices.get(edge.from)!)),
      ...told.filter(isCall).map((edge) => systemEntry(edge, 'to', vertices.get(edge.to)!)),
      ...(uses.get(unit.id) ?? []).map((use) => lineEntry(use, vertices.get(use.template)!)),
    ];
    entries.sort((a, b) => (a.time === b.time ? rank(a) - rank(b) : a.time < b.time ? -1 : 1));
    const isCut = cut.has(unit.id) || missed.has(unit.id) || entries.length > entriesOfUnit_max;
    return { unit, entries: entries.slice(0, entriesOfUnit_max), isCut };
  });
}

/** Units of `process`, in order of time; `more` where there are more than `limit`. */
export async function unitsOf(
  reader: GraphReader,
  process: string,
  limit: number,
): Promise<{ units: Vertex[]; more: boolean }> {
  const query = { vertex: process, since: beginningOfTime, until: endOfTime };
  const { edges, truncated } = await reader.edgesOutOf([query], limit);
  const ids = new Set(edges.filter(({ op }) => op === 'unit').map(({ to }) => to));
  const units = (await reader.vertices([...ids])).sort((a, b) =>
    a.time < b.time ? -1 : a.time > b.time ? 1 : 0,
  );
  return { units, more: truncated.length > 0 };
}

/** What each emitter printed, by emitter; `missed` are those of whom not every line was found within the bound. */
async function usesBy(
  reader: GraphReader,
  printed: readonly Edge[],
): Promise<{ uses: Map<string, TemplateUse[]>; missed: Set<string> }> {
  const uses = new Map<string, TemplateUse[]>();
  const missed = new Set<string>();
  const byTemplate = Map.groupBy(printed, ({ to }) => to);
  for (const [template, edges] of byTemplate) {
    const emitters = new Set(edges.map(({ from }) => from));
    const first = edges.reduce((least, edge) => (edge.first < least ? edge.first : least), endOfTime);
    let before = edges.reduce((most, edge) => (edge.last > most ? edge.last : most), beginningOfTime) + 1n;
    let looked = 0;
    const seen = new Set<string>();
    for (;;) {
      const page = await reader.usesOf(template, before, uses_page);
      for (const use of page) {
        if (use.time < first || !emitters.has(use.emitter)) continue;
        const key = [use.time, use.emitter, ...use.variables].join('\0');
        if (seen.has(key)) continue;
        seen.add(key);
        const own = uses.get(use.emitter);
        if (own === undefined) uses.set(use.emitter, [use]);
        else own.push(use);
      }
      looked += page.length;
      const earliest = page.at(-1)?.time ?? beginningOfTime;
      if (page.length < uses_page || earliest < first) break;
      if (looked >= usesOfTemplate_max) {
        for (const emitter of emitters) missed.add(emitter);
        break;
      }
      // Those of the earliest time may be more than the page had.
      before = earliest + 1n < before ? earliest + 1n : earliest;
    }
  }
  return { uses, missed };
}

/** A line is an entry of its own; and that a process has a unit is none. */
function isCall({ op }: Edge): boolean {
  return op !== 'log' && op !== 'unit';
}

function systemEntry(edge: Edge, direction: SystemEntry['direction'], object: Vertex): SystemEntry {
  const { first: time, last, count, bytes, op: syscall } = edge;
  return { kind: 'sys', time, last, count, bytes, syscall, direction, object };
}

function lineEntry({ time, variables, statement }: TemplateUse, template: Vertex): LineEntry {
  return { kind: 'app', time, text: textOf(template, variables), template, statement };
}

/** A line stands before the call that wrote it, which has the same time. */
function rank(entry: LogEntry): number {
  return entry.kind === 'app' ? 0 : 1;
}

function textOf(template: Vertex, variables: readonly string[]): string | undefined {
  const prefix = term('template', '');
  const known = template.terms.find((each) => each.startsWith(prefix));
  if (known === undefined) return undefined;
  try {
    return renderTemplate(known.slice(prefix.length), variables);
  } catch (error) {
    // A very long template is known by its beginning alone.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
