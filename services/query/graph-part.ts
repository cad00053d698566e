/** What every answer says whatever was asked: the symptom, a graph, what was cut off, what is missing, whose clock. */
import { edgeAnswer, vertexAnswer } from '../contract/graph-answer.ts';
import type { TraceAnswer } from '../contract/why.ts';
import type { Gap } from '../core/graph-store.ts';
import { type AnswerGraph, answerGraph } from '../core/trace/answer-graph.ts';
import type { BestPath } from '../core/trace/best-paths.ts';
import type { HostClock, HostClocks } from '../core/trace/clock/host-clocks.ts';
import { edgeKey } from '../core/trace/traversal.ts';
import { gapAnswer } from './gaps.ts';
import type { Investigation } from './investigation.ts';

const gaps_max = 100;

export type CommonAnswer = Omit<TraceAnswer, 'elapsedMs' | 'completeness'>;

/** `paths` are kept whole; around them at most `vertices_max` vertices are. */
export function commonAnswer(
  { input, symptom, clocks, view }: Investigation,
  gaps: readonly Gap[],
  paths: readonly BestPath[],
  vertices_max: number,
): CommonAnswer {
  const asked = [...symptom.starts.map((s) => s.vertex), ...symptom.printed.map((u) => u.template)];
  const graph = answerGraph(view, asked, paths, vertices_max);
  const printed = symptom.printed.map(({ emitter, template, time }) => {
    return { from: emitter, to: template, op: 'log', first: time, last: time, count: 1, bytes: 0 };
  });
  const edges = new Map(
    [...printed, ...graph.edges].map(({ from, to, op, first, last, count, bytes }) => {
      const edge = { from, to, op, first, last, count, bytes };
      return [edgeKey(edge), edge] as const;
    }),
  );
  const sorted = [...edges].sort(([a], [b]) => (a < b ? -1 : 1));
  const vertices = [...view.vertices.values()].filter(({ id }) => graph.vertices.has(id));
  const { how, also } = symptom;
  return {
    symptom: { input, matched: symptom.matched.map(vertexAnswer), how, also: [...also] },
    graph: { vertices: vertices.map(vertexAnswer), edges: sorted.map(([, edge]) => edgeAnswer(edge)) },
    reduction: reductionOf(view.vertices.size, view.traced.edges.length, graph),
    truncated: truncationOf(view.traced.truncated, symptom.more, gaps.length > gaps_max),
    gaps: gaps.slice(0, gaps_max).map(gapAnswer),
    clocks: clocks.all.map((clock) => clockAnswer(clocks, clock)),
  };
}

function reductionOf(vertices: number, edges: number, { vertices: kept, left }: AnswerGraph) {
  const factor = Number((vertices / Math.max(1, kept.size)).toFixed(2));
  return { vertices, edges, factor, left: { ...left } };
}

function truncationOf(
  truncated: Investigation['view']['traced']['truncated'],
  matches: boolean,
  gaps: boolean,
): CommonAnswer['truncated'] {
  if (truncated === null && !matches && !gaps) return null;
  const { depth = false, vertices = false, hubs = [], deadline = false } = truncated ?? {};
  return { depth, vertices, hubs: [...hubs], matches, deadline, gaps };
}

function clockAnswer(clocks: HostClocks, { host, pair, samples }: HostClock): CommonAnswer['clocks'][number] {
  const at = pair?.clock.knots.at(-1)?.time ?? 0n;
  const drift = (pair?.clock.drift ?? 0) * (pair !== undefined && host === pair.a ? -1 : 1);
  return {
    host,
    offsetMs: Number((Number(clocks.offsetOf(host, at)) / 1e6).toFixed(6)),
    errorMs: Number((Number(clocks.errorOf(host)) / 1e6).toFixed(6)),
    driftPpm: Number((drift * 1e6).toFixed(3)),
    samples,
  };
}
