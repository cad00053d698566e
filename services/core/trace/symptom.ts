/**
 * From what a responder pastes to where a trace starts: a vertex id, a pid, an address, a path, or a log line that is
 * matched to its template and then to the unit that printed it. It must not know ranking or how answers look.
 */
import type { GraphReader, TemplateUse, Vertex } from '../graph-store.ts';
import { term } from '../upg/identity.ts';
import { parseLiteral, type SymptomLiteral } from './symptom-literal.ts';
import { endOfTime, type TraceStart } from './traversal.ts';

/** Reads one line as its log's reader would; time 0n and pid undefined where the line names none. */
export type ParseLine = (line: string) => { message: string; time: bigint; pid: number | undefined };
export type TemplateOf = (message: string) => { template: string; variables: readonly string[] };

export interface Symptom {
  readonly starts: readonly TraceStart[];
  readonly matched: readonly Vertex[];
  /** In words: what the input was taken for, and how well it fits. */
  readonly how: string;
  /** The last step of every path, where the symptom is a printed line. */
  readonly printed: readonly TemplateUse[];
  /** More matched than was looked at. */
  readonly more: boolean;
}

/** Vertices that one symptom may start from; the newest count. */
const matches_max = 64;
/** Ids under one term that are looked through for those in time. */
const lookups_max = 16_384;
/** A shorter beginning is alike by chance. */
const similarBeginning_length_min = 6;
/** Printed lines of one template that are looked through. */
const uses_max = 20_000;
/** Alternatives offered where no printed line is the very one. */
const partial_max = 5;

const nothing = { starts: [], matched: [], printed: [], more: false };

/** Nothing matched: `matched` is empty and `how` says what was looked for. Rejects with what the store rejects with. */
export async function resolveSymptom(
  reader: GraphReader,
  input: string,
  before: bigint,
  parseLine: ParseLine,
  templateOf: TemplateOf,
): Promise<Symptom> {
  const [byId] = await reader.vertices([input]);
  if (byId !== undefined) return fromVertices([byId], before, `vertex id`, false);
  const literals = parseLiteral(input);
  for (const literal of literals) {
    const { matched, more } = await lookupAny(reader, literal, before);
    if (matched.length === 0) continue;
    const newest = `, the newest ${matched.length} of more`;
    const many = more ? newest : matched.length > 1 ? `, ${matched.length} vertices` : '';
    return fromVertices(matched, before, literal.how + many, more);
  }
  const line = await printedLine(reader, input, before, parseLine, templateOf);
  if (line !== undefined) return line;
  if (before < endOfTime) {
    const later = await resolveSymptom(reader, input, endOfTime, parseLine, templateOf);
    const how = `seen as ${later.how}, but not before the time that was asked for`;
    if (later.matched.length > 0) return { ...nothing, how };
  }
  const tried = [...literals.map((l) => l.how), 'log line'].join(', ');
  const similar = /\s/.test(input)
    ? await similarLines(reader, templateOf(parseLine(input).message).template)
    : '';
  return { ...nothing, how: `nothing matched; tried as ${tried}${similar}` };
}

/** The newest that were there by `before`, newest first; ids are looked at in growing numbers, as most answers are small. */
async function lookupAny(
  reader: GraphReader,
  literal: SymptomLiteral,
  before: bigint,
): Promise<{ matched: Vertex[]; more: boolean }> {
  for (let limit = matches_max + 1; ; limit *= 8) {
    const ids = new Set<string>();
    let full = false;
    for (const term of literal.terms) {
      const found = await reader.lookup(term, limit);
      full ||= found.length === limit;
      for (const id of found) ids.add(id);
    }
    const known = (await reader.vertices([...ids])).filter((v) => v.time <= before && literal.fits(v));
    if (known.length <= matches_max && full && limit < lookups_max) continue;
    known.sort((a, b) => (a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time > b.time ? -1 : 1));
    return { matched: known.slice(0, matches_max), more: full || known.length > matches_max };
  }
}

/** Printed lines that begin as the one asked for; the longest common beginning counts. */
async function similarLines(reader: GraphReader, template: string): Promise<string> {
  const words = template.split(' ');
  for (let length = words.length - 1; length > 0; length = length >> 1) {
    const beginning = words.slice(0, length).join(' ');
    if (beginning.length < similarBeginning_length_min) break;
    const ids = await reader.lookup(`${term('template', beginning)}*`, partial_max);
    if (ids.length === 0) continue;
    const labels = (await reader.vertices(ids)).map((v) => JSON.stringify(v.label));
    return `; printed lines that begin alike: ${labels.join(', ')}`;
  }
  return '';
}

function fromVertices(matched: readonly Vertex[], before: bigint, how: string, more: boolean): Symptom {
  return { starts: matched.map((v) => ({ vertex: v.id, time: before })), matched, how, printed: [], more };
}

async function printedLine(
  reader: GraphReader,
  input: string,
  before: bigint,
  parseLine: ParseLine,
  templateOf: TemplateOf,
): Promise<Symptom | undefined> {
  const { message, time, pid } = parseLine(input);
  const { template, variables } = templateOf(message);
  const templates = await reader.lookup(term('template', template), matches_max);
  const uses: TemplateUse[] = [];
  for (const id of templates) uses.push(...(await reader.usesOf(id, before, uses_max)));
  if (uses.length === 0) return undefined;
  const alike = uses.filter(
    (u) => u.variables.length === variables.length && u.variables.every(sameAs(variables)),
  );
  const exact = pid === undefined || alike.length < 2 ? alike : await ofProcess(reader, alike, pid);
  const chosen = exact.length > 0 ? nearest(exact, time, 1) : nearest(uses, time, partial_max);
  const emitters = await reader.vertices([...new Set(chosen.map((u) => u.emitter))]);
  const how =
    exact.length > 0
      ? `log line, printed ${exact.length === 1 ? 'once' : `${exact.length} times; the one nearest in time is taken`}${apart(chosen[0]!, time)}`
      : `log line: its template was printed ${uses.length} times, never with these values; the nearest ${chosen.length} are taken`;
  return {
    starts: chosen.map((u) => ({ vertex: u.emitter, time: u.time < before ? u.time : before })),
    matched: emitters,
    how,
    printed: chosen,
    more: exact.length === 0 && uses.length > chosen.length,
  };
}

/** Those that the process printed that the line names, by its host's or container's number; all where none is. */
async function ofProcess(
  reader: GraphReader,
  uses: readonly TemplateUse[],
  pid: number,
): Promise<readonly TemplateUse[]> {
  const emitters = await reader.vertices([...new Set(uses.map((u) => u.emitter))]);
  const processOf = new Map(emitters.map((v) => [v.id, String(v.properties.process ?? v.id)]));
  const processes = await reader.vertices([...new Set(processOf.values())]);
  const isNamed = (v: Vertex): boolean => v.properties.pid === pid || v.properties.namespacePid === pid;
  const named = new Set(processes.filter(isNamed).map((v) => v.id));
  const own = uses.filter((u) => named.has(processOf.get(u.emitter) ?? ''));
  return own.length > 0 ? own : uses;
}

/** A line is written some time after what it names as its time: a request's begin, for one. */
const writing_ns_max = 60_000_000_000n;

/** In words where the line was printed at quite another time than it names. */
function apart(use: TemplateUse, time: bigint): string {
  if (time === 0n) return '';
  const away = use.time > time ? use.time - time : time - use.time;
  if (away <= writing_ns_max) return '';
  return `, but not at the time that it names: ${away / 1_000_000_000n} s ${use.time > time ? 'later' : 'earlier'}`;
}

function sameAs(variables: readonly string[]): (value: string, i: number) => boolean {
  return (value, i) => value === variables[i];
}

/** A kernel's clock may be this much behind the one that the line's writer read. */
const early_ns_max = 10_000_000n;

/**
 * Nearest to the line's own time; the newest where it names none. What was printed before that time is another line, or
 * the copy of one, and counts only where nothing was printed soon after.
 */
function nearest(uses: readonly TemplateUse[], time: bigint, count: number): TemplateUse[] {
  const at = time === 0n ? endOfTime : time;
  const away = (u: TemplateUse): bigint =>
    u.time >= at ? u.time - at : at - u.time + (at - u.time > early_ns_max ? writing_ns_max : 0n);
  return [...uses].sort((a, b) => (away(a) < away(b) ? -1 : away(a) > away(b) ? 1 : 0)).slice(0, count);
}
