/**
 * Answers the two questions over a store: root causes, and a trace one way. The command line and the HTTP routes
 * both call this, so that their answers are the same object.
 */

import { edgeAnswer, vertexAnswer } from '../contract/graph-answer.ts';
import { depth as depthBounds, top as topBounds } from '../contract/question.ts';
import { formatTime, parseTime } from '../contract/time-text.ts';
import type { TraceAnswer, TraceRequest, WhyAnswer, WhyRequest } from '../contract/why.ts';
import type { GraphReader, Vertex } from '../core/graph-store.ts';
import { templateOf } from '../core/lms/template.ts';
import { type RootCause, rankRootCauses } from '../core/trace/root-causes.ts';
import { resolveSymptom } from '../core/trace/symptom/resolve-symptom.ts';
import type { Symptom } from '../core/trace/symptom/symptom.ts';
import type { Degrees } from '../core/trace/trace-view.ts';
import {
  beginningOfTime,
  type Direction,
  edgeKey,
  endOfTime,
  type Traced,
  type TraceStart,
  trace,
} from '../core/trace/traversal.ts';
import { gapsOf } from './gaps.ts';
import { parseLine } from './parse-line.ts';

export interface AnswerOptions {
  /** The trace ends by then with what it has, and the answer says so. */
  readonly time_ms_max?: number;
}

const time_ms_max = 30_000;
const vertices_max = 5_000;
const edgesOfVertex_max = 2_000;
const idsOfCall_max = 2_048;

/**
 * The request is valid: a route has held it against its schema, or the command line its options. Rejects with what
 * the store rejects with.
 */
export async function answerWhy(
  reader: GraphReader,
  request: WhyRequest,
  options: AnswerOptions = {},
): Promise<WhyAnswer> {
  const began = performance.now();
  const { symptom: input, before, top = topBounds.default, depth = depthBounds.default } = request;
  const symptom = await resolve(reader, input, before);
  const traced = await bounded(reader, symptom.starts, 'backward', depth, began, options);
  const vertices = await verticesOf(reader, traced, symptom);
  const degrees = await degreesOf(reader, traced);
  const causes = rankRootCauses(traced, symptom.starts, vertices, degrees).slice(0, top);
  const common = await commonAnswer(reader, input, symptom, traced, vertices);
  const rootCauses = causes.map((cause, i) => rootCauseAnswer(cause, i + 1, symptom));
  const { symptom: matched, ...rest } = common;
  return { symptom: matched, rootCauses, ...rest, elapsedMs: elapsed(began) };
}

/** As `answerWhy`. */
export async function answerTrace(
  reader: GraphReader,
  request: TraceRequest,
  options: AnswerOptions = {},
): Promise<TraceAnswer> {
  const began = performance.now();
  const { symptom: input, direction, before, after, depth = depthBounds.default } = request;
  const symptom = await resolve(reader, input, before);
  const from = after === undefined ? beginningOfTime : parseTime(after)!;
  const starts =
    direction === 'backward' ? symptom.starts : symptom.starts.map(({ vertex }) => ({ vertex, time: from }));
  const traced = await bounded(reader, starts, direction, depth, began, options);
  const vertices = await verticesOf(reader, traced, symptom);
  return { ...(await commonAnswer(reader, input, symptom, traced, vertices)), elapsedMs: elapsed(began) };
}

function bounded(
  reader: GraphReader,
  starts: readonly TraceStart[],
  direction: Direction,
  depth: number,
  began: number,
  options: AnswerOptions,
): Promise<Traced> {
  const end = began + (options.time_ms_max ?? time_ms_max);
  const isOver = (): boolean => performance.now() >= end;
  return trace(reader, starts, direction, {
    depth_levels_max: depth,
    vertices_max,
    edgesOfVertex_max,
    isOver,
  });
}

function resolve(reader: GraphReader, input: string, before: string | undefined): Promise<Symptom> {
  const until = before === undefined ? endOfTime : parseTime(before)!;
  return resolveSymptom(reader, input, until, parseLine, templateOf);
}

async function verticesOf(
  reader: GraphReader,
  traced: Traced,
  symptom: Symptom,
): Promise<ReadonlyMap<string, Vertex>> {
  const ids = [...new Set([...traced.reached.keys(), ...symptom.printed.map((u) => u.template)])].sort();
  const vertices = new Map<string, Vertex>();
  for (let at = 0; at < ids.length; at += idsOfCall_max) {
    for (const v of await reader.vertices(ids.slice(at, at + idsOfCall_max))) vertices.set(v.id, v);
  }
  return vertices;
}

async function degreesOf(reader: GraphReader, traced: Traced): Promise<ReadonlyMap<string, Degrees>> {
  const ids = [...traced.reached.keys()];
  const degrees = new Map<string, Degrees>();
  for (let at = 0; at < ids.length; at += idsOfCall_max) {
    const part = ids.slice(at, at + idsOfCall_max);
    const answers = await reader.degrees(part);
    for (const [i, id] of part.entries()) degrees.set(id, answers[i]!);
  }
  return degrees;
}

async function commonAnswer(
  reader: GraphReader,
  input: string,
  symptom: Symptom,
  traced: Traced,
  vertices: ReadonlyMap<string, Vertex>,
): Promise<Omit<TraceAnswer, 'elapsedMs'>> {
  const printed = symptom.printed.map(({ emitter, template, time }) => {
    return { from: emitter, to: template, op: 'log', first: time, last: time, count: 1, bytes: 0 };
  });
  const edges = new Map([...printed, ...traced.edges].map((edge) => [edgeKey(edge), edge]));
  const sorted = [...edges].sort(([a], [b]) => (a < b ? -1 : 1));
  const { gaps, more } = await gapsOf(reader, traced, vertices);
  const { truncated } = traced;
  const isWhole = truncated === null && !symptom.more && !more;
  return {
    symptom: { input, matched: symptom.matched.map(vertexAnswer), how: symptom.how, also: [...symptom.also] },
    graph: {
      vertices: [...vertices.values()].map(vertexAnswer),
      edges: sorted.map(([, edge]) => edgeAnswer(edge)),
    },
    truncated: isWhole
      ? null
      : {
          depth: truncated?.depth ?? false,
          vertices: truncated?.vertices ?? false,
          hubs: [...(truncated?.hubs ?? [])],
          matches: symptom.more,
          deadline: truncated?.deadline ?? false,
          gaps: more,
        },
    gaps,
  };
}

function rootCauseAnswer(cause: RootCause, rank: number, symptom: Symptom): WhyAnswer['rootCauses'][number] {
  const steps = cause.path.steps.map(({ edge, time }) => ({
    from: edge.from,
    to: edge.to,
    op: edge.op,
    time,
  }));
  const end = steps.at(-1)?.to;
  const printed = symptom.printed.find((u) => u.emitter === end);
  if (printed !== undefined)
    steps.push({ from: printed.emitter, to: printed.template, op: 'log', time: printed.time });
  return {
    rank,
    score: Number(cause.score.toFixed(4)),
    vertex: vertexAnswer(cause.vertex),
    why: cause.why,
    path: steps.map((s) => ({ ...s, time: formatTime(s.time) })),
  };
}

function elapsed(began: number): number {
  return Number((performance.now() - began).toFixed(2));
}
