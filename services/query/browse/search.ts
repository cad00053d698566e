/** What a text can mean, by the page, the newest first; and what went on with it, in order of time. */
import type { SearchAnswer, TimelineAnswer } from '../../contract/browse.ts';
import { edgeAnswer, vertexAnswer } from '../../contract/graph-answer.ts';
import { parseTime } from '../../contract/time-text.ts';
import type { Edge, GraphReader } from '../../core/graph-store.ts';
import { templateOf } from '../../core/lms/template.ts';
import { resolveSymptom } from '../../core/trace/symptom/resolve-symptom.ts';
import { beginningOfTime, edgeKey, endOfTime } from '../../core/trace/traversal.ts';
import { parseLine } from '../parse-line.ts';
import { cursorText, readCursor } from './cursor.ts';
import type { Page } from './neighbours.ts';

/** Edges of each vertex one way. */
const edgesOfVertex_max = 5_000;

export async function search(
  reader: GraphReader,
  { q, before, limit, cursor }: Page & { q: string; before?: string | undefined },
): Promise<SearchAnswer> {
  const at = readCursor(cursor);
  const until = at?.time ?? (before === undefined ? endOfTime : parseTime(before)!);
  const symptom = await resolveSymptom(reader, q, until, parseLine, templateOf);
  const seen = at?.seen ?? 0;
  const left = symptom.matched.filter((v, i) => v.time !== until || i >= seen);
  const vertices = left.slice(0, limit);
  const last = vertices.at(-1)?.time;
  // Lines are matched all at once; only vertices go on.
  const isMore = symptom.printed.length === 0 && (left.length > limit || symptom.more);
  const same = symptom.matched.slice(0, seen + vertices.length).filter((v) => v.time === last).length;
  const next = isMore && last !== undefined ? cursorText({ time: last, seen: same }) : null;
  // All of one moment: what matched is not enough to tell where to go on.
  const isStuck = same >= symptom.matched.length && last === until;
  return {
    vertices: vertices.map(vertexAnswer),
    how: symptom.how,
    also: [...symptom.also],
    next: isStuck ? null : next,
  };
}

export async function timeline(
  reader: GraphReader,
  question: Page & { q: string; after?: string | undefined; before?: string | undefined },
): Promise<TimelineAnswer> {
  const since = question.after === undefined ? beginningOfTime : parseTime(question.after)!;
  const until = question.before === undefined ? endOfTime : parseTime(question.before)!;
  const symptom = await resolveSymptom(reader, question.q, endOfTime, parseLine, templateOf);
  const queries = symptom.matched.map(({ id }) => ({ vertex: id, since, until }));
  const into = await reader.edgesInto(queries, edgesOfVertex_max);
  const outOf = await reader.edgesOutOf(queries, edgesOfVertex_max);
  const unique = new Map([...into.edges, ...outOf.edges].map((e) => [edgeKey(e), e]));
  const sorted = [...unique]
    .sort(([a, x], [b, y]) => (x.first === y.first ? (a < b ? -1 : 1) : x.first < y.first ? -1 : 1))
    .map(([, edge]) => edge);
  const seen = readCursor(question.cursor)?.seen ?? 0;
  const entries: readonly Edge[] = sorted.slice(seen, seen + question.limit);
  const ends = [...new Set(entries.flatMap((e) => [e.from, e.to]))];
  return {
    entries: entries.map(edgeAnswer),
    vertices: (await reader.vertices(ends)).map(vertexAnswer),
    how: symptom.how,
    truncated: into.truncated.length > 0 || outOf.truncated.length > 0 || symptom.more,
    next: seen + entries.length < sorted.length ? cursorText({ seen: seen + entries.length }) : null,
  };
}
