/**
 * One question as far as it is the same for every answer: what the symptom means, what the clocks are, what the trace
 * reaches. It must not know ranking or how answers look.
 */
import { depth as depthBounds } from '../contract/question.ts';
import { parseTime } from '../contract/time-text.ts';
import type { GraphReader, Vertex } from '../core/graph-store.ts';
import { templateOf } from '../core/lms/template.ts';
import { estimateClocks } from '../core/trace/clock/estimate-clocks.ts';
import type { HostClocks } from '../core/trace/clock/host-clocks.ts';
import { resolveSymptom } from '../core/trace/symptom/resolve-symptom.ts';
import type { Symptom } from '../core/trace/symptom/symptom.ts';
import { TraceRun } from '../core/trace/trace-run.ts';
import { TraceView } from '../core/trace/trace-view.ts';
import {
  beginningOfTime,
  type Direction,
  endOfTime,
  type Traced,
  type TraceStart,
} from '../core/trace/traversal.ts';
import { parseLine } from './parse-line.ts';

export interface AnswerOptions {
  /** The trace ends by then with what it has, and the answer says so. */
  readonly time_ms_max?: number;
}

export interface Question {
  readonly symptom: string;
  readonly direction: Direction;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly depth?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Vertices that are shown. */
  readonly vertices: number;
  /**
   * How much of what is looked for is in what the trace reached so far: from 1 on it ends, though there is more. Always
   * asked of what it ends with. Left out, all is looked for.
   */
  readonly enough?: (view: TraceView, starts: readonly TraceStart[]) => number;
}

export interface Investigation {
  readonly input: string;
  readonly symptom: Symptom;
  readonly starts: readonly TraceStart[];
  readonly clocks: HostClocks;
  readonly view: TraceView;
  readonly began: number;
}

const time_ms_max = 30_000;
const vertices_max = 5_000;
/** Of what is looked at before it is enough, to what is shown. */
const vertices_ofShown = 16;
/** Of what is looked at, when it was not enough. */
const growth_min = 1.1;
const growth_max = 2;
const edgesOfVertex_max = 2_000;
/** Clocks of a store that is written to are looked at again. */
const clocks_ms_max = 10_000;

/** Rejects with what the store rejects with. */
export async function investigate(
  reader: GraphReader,
  question: Question,
  options: AnswerOptions,
): Promise<Investigation> {
  const began = performance.now();
  const clocks = await clocksOf(reader);
  const { symptom: input, direction, before, after, depth = depthBounds.default } = question;
  const until = before === undefined ? endOfTime : parseTime(before)!;
  const symptom = inReference(await resolveSymptom(reader, input, until, parseLine, templateOf), clocks);
  const from = after === undefined ? beginningOfTime : parseTime(after)!;
  const starts =
    direction === 'backward'
      ? symptom.starts.filter(({ isReplaced }) => isReplaced !== true)
      : symptom.starts.map(({ vertex }) => ({ vertex, time: from }));
  const end = began + Math.min(question.timeoutMs ?? time_ms_max, options.time_ms_max ?? time_ms_max);
  const isOver = (): boolean => performance.now() >= end;
  const bounds = { depth_levels_max: depth, vertices_max, edgesOfVertex_max, isOver };
  const run = new TraceRun(reader, direction, bounds, clocks);
  await run.begin(starts);
  const { enough } = question;
  let reach = enough === undefined ? vertices_max : question.vertices * vertices_ofShown;
  for (;;) {
    await run.reach(Math.min(reach, vertices_max));
    const traced = await run.result();
    const view = new TraceView(traced, await verticesOf(reader, traced, symptom, clocks));
    const share = enough?.(view, starts) ?? 1;
    if (share >= 1 || !run.hasMore || reach >= vertices_max)
      return { input, symptom, starts, clocks, view, began };
    reach = Math.ceil(reach * Math.min(growth_max, Math.max(growth_min, growth_min / share)));
  }
}

export function elapsed(began: number): number {
  return Number((performance.now() - began).toFixed(2));
}

const estimated = new WeakMap<GraphReader, { clocks: Promise<HostClocks>; until: number }>();

function clocksOf(reader: GraphReader): Promise<HostClocks> {
  const now = performance.now();
  const known = estimated.get(reader);
  if (known !== undefined && now < known.until) return known.clocks;
  const clocks = estimateClocks(reader);
  estimated.set(reader, { clocks, until: now + clocks_ms_max });
  clocks.catch(() => estimated.delete(reader));
  return clocks;
}

/** Times of what was printed are its host's. */
function inReference(symptom: Symptom, clocks: HostClocks): Symptom {
  if (clocks.isTrivial) return symptom;
  return {
    ...symptom,
    starts: symptom.starts.map((start) => ({ ...start, time: clocks.timeOf(start.vertex, start.time) })),
    printed: symptom.printed.map((use) => ({ ...use, time: clocks.timeOf(use.emitter, use.time) })),
  };
}

/** Of the trace, and of what was printed; in order of id. */
async function verticesOf(
  reader: GraphReader,
  { vertices }: Traced,
  { printed }: Symptom,
  clocks: HostClocks,
): Promise<ReadonlyMap<string, Vertex>> {
  const templates = new Set(printed.map((use) => use.template));
  const others = await reader.vertices([...templates].filter((id) => !vertices.has(id)));
  const sorted = [...vertices.values(), ...others].sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(
    sorted.map((v) => [v.id, clocks.isTrivial ? v : { ...v, time: clocks.toReference(v.host, v.time) }]),
  );
}
