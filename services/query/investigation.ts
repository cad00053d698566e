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
import { type Degrees, TraceView } from '../core/trace/trace-view.ts';
import {
  beginningOfTime,
  type Direction,
  endOfTime,
  type TraceStart,
  trace,
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
const edgesOfVertex_max = 2_000;
const idsOfCall_max = 2_048;
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
    direction === 'backward' ? symptom.starts : symptom.starts.map(({ vertex }) => ({ vertex, time: from }));
  const end = began + Math.min(question.timeoutMs ?? time_ms_max, options.time_ms_max ?? time_ms_max);
  const isOver = (): boolean => performance.now() >= end;
  const bounds = { depth_levels_max: depth, vertices_max, edgesOfVertex_max, isOver };
  const traced = await trace(reader, starts, direction, bounds, clocks);
  const ids = [...traced.reached.keys(), ...symptom.printed.map((u) => u.template)];
  const vertices = await verticesOf(reader, ids, clocks);
  const degrees = await degreesOf(reader, [...traced.reached.keys()]);
  return { input, symptom, starts, clocks, view: new TraceView(traced, vertices, degrees), began };
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
    starts: symptom.starts.map(({ vertex, time }) => ({ vertex, time: clocks.timeOf(vertex, time) })),
    printed: symptom.printed.map((use) => ({ ...use, time: clocks.timeOf(use.emitter, use.time) })),
  };
}

async function verticesOf(
  reader: GraphReader,
  wanted: readonly string[],
  clocks: HostClocks,
): Promise<ReadonlyMap<string, Vertex>> {
  const ids = [...new Set(wanted)].sort();
  const vertices = new Map<string, Vertex>();
  for (let at = 0; at < ids.length; at += idsOfCall_max) {
    for (const v of await reader.vertices(ids.slice(at, at + idsOfCall_max))) {
      vertices.set(v.id, clocks.isTrivial ? v : { ...v, time: clocks.toReference(v.host, v.time) });
    }
  }
  return vertices;
}

async function degreesOf(reader: GraphReader, ids: readonly string[]): Promise<ReadonlyMap<string, Degrees>> {
  const degrees = new Map<string, Degrees>();
  for (let at = 0; at < ids.length; at += idsOfCall_max) {
    const part = ids.slice(at, at + idsOfCall_max);
    const answers = await reader.degrees(part);
    for (const [i, id] of part.entries()) degrees.set(id, answers[i]!);
  }
  return degrees;
}
