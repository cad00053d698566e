/**
 * What the records do not say along a path: losses, what a source can't see, what was estimated. A path without marks
 * is what happened, as far as its sources see at all. It must not know ranking or how answers look.
 */
import type { Edge, Gap, Vertex } from '../graph-store.ts';
import { messageOperation } from '../upg/broker-memory.ts';
import type { BestPath } from './best-paths.ts';
import type { TraceView } from './trace-view.ts';

export const markKinds = [
  /** Records are missing, in which something else can have come to the vertex. */
  'gap',
  /** A process does things through io_uring that make no calls. */
  'io-uring',
  /** A line was recorded in part. */
  'cut-line',
  /** A unit was cut without an LMS-CFG. */
  'no-profile',
  /** Two hosts' clocks were compared by an estimate. */
  'estimated-clock',
  /** Both ends were joined by the client's address and port and the time, since they name different servers. */
  'translated-address',
  /** Which of a broker's messages it was is judged by size and time, or not known. */
  'broker',
  /** A descriptor or a writer that was there before the capture stands for something that nobody named. */
  'unseen',
] as const;
export type MarkKind = (typeof markKinds)[number];

export interface Mark {
  readonly kind: MarkKind;
  /** In words, with no capital and no full stop. */
  readonly detail: string;
}

/** Gaps of one place that are named one by one. */
const gapsOfStep_max = 3;

/** By step of the path: what is not known of its edge and of its effect until the path goes on from there. */
export function marksOf(path: BestPath, view: TraceView, gaps: readonly Gap[]): Mark[][] {
  return path.steps.map(({ edge, time }, i) => {
    const vertex = view.vertices.get(edge.to);
    const next = path.steps[i + 1]?.time ?? time;
    const origin = i === 0 ? view.vertices.get(edge.from) : undefined;
    return [
      ...(origin === undefined ? [] : [...originGap(origin, time, gaps), ...vertexMarks(origin, view)]),
      ...(edge.slack === undefined ? [] : [clockMark(edge.slack)]),
      ...brokerMarks(edge, view),
      ...(vertex === undefined ? [] : [...gapMarks(vertex, time, next, gaps), ...vertexMarks(vertex, view)]),
    ];
  });
}

/** Where an origin seems to begin, a gap before it can hold what came before. A connection's begin was seen. */
function originGap(origin: Vertex, until: bigint, gaps: readonly Gap[]): Mark[] {
  if (origin.kind === 'socket') return [];
  const before = gaps.filter((gap) => gap.host === origin.host && gap.from <= until);
  const last = before.toSorted((a, b) => (a.until > b.until ? -1 : 1))[0];
  if (last === undefined) return [];
  return [{ kind: 'gap', detail: `what led to ${origin.label} can be in what is missing: ${gapText(last)}` }];
}

function gapMarks(vertex: Vertex, from: bigint, until: bigint, gaps: readonly Gap[]): Mark[] {
  const within = gaps.filter((g) => g.host === vertex.host && g.from <= until && g.until >= from);
  return within.slice(0, gapsOfStep_max).map((gap) => ({
    kind: 'gap',
    detail: `something else can have come to ${vertex.label}: ${gapText(gap)}`,
  }));
}

function gapText({ missing, host, reason }: Gap): string {
  return `${missing ?? 'an unknown number of'} records of ${host} (${reason})`;
}

function brokerMarks({ op, from, to }: Edge, view: TraceView): Mark[] {
  if (op !== messageOperation || view.kind(to) !== 'unit') return [];
  const source = view.vertices.get(from);
  const detail =
    source?.kind === 'file'
      ? `${source.label} is all that came in before: each of it can be what went out`
      : `the message is the one that fits by size and time among those that the broker had`;
  return [{ kind: 'broker', detail }];
}

function clockMark(slack_ns: bigint): Mark {
  const detail = `the order of two hosts’ clocks is estimated within ${(Number(slack_ns) / 1e6).toFixed(3)} ms`;
  return { kind: 'estimated-clock', detail };
}

function vertexMarks(vertex: Vertex, view: TraceView): Mark[] {
  const process = vertex.kind === 'unit' ? view.vertices.get(String(vertex.properties.process)) : vertex;
  const { ioUring, cutLine } = process?.properties ?? {};
  const marks: Mark[] = [];
  if (ioUring !== undefined) marks.push({ kind: 'io-uring', detail: `${process!.label}: ${ioUring}` });
  if (cutLine !== undefined) marks.push({ kind: 'cut-line', detail: `${process!.label}: ${cutLine}` });
  if (vertex.kind === 'unit' && vertex.properties.reason !== 'lms-cfg') {
    const detail = `${vertex.label} is what one connection or job enclosed: no LMS-CFG cut it into requests`;
    marks.push({ kind: 'no-profile', detail });
  }
  if (vertex.kind === 'socket' && vertex.properties.translated !== undefined) {
    const how =
      vertex.properties.masqueraded === undefined
        ? 'its server’s address was translated, and its ends were joined by the client’s alone'
        : 'its client’s address was translated, and its ends were joined by the client’s port and the time alone';
    const detail = `${vertex.label}: ${how}`;
    marks.push({ kind: 'translated-address', detail });
  }
  if (/^process:[^/]*\/unseen\/|\/descriptor \d+$/.test(vertex.id)) {
    marks.push({ kind: 'unseen', detail: `${vertex.label} stands for something that was not recorded` });
  }
  return marks;
}
