/**
 * How fast edges become durable and how long the worst backward traces take, against one key per edge in the same
 * library, same run, same deltas. Runs alone too: `node test/bench/store.ts [edges]`.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphDelta } from '../../services/core/graph-store.ts';
import { openStore } from '../../services/store/open-store.ts';
import type { BenchRow } from './bench-row.ts';
import { graphDeltas, random } from './graph-generator.ts';
import { KeyPerEdgeStore } from './key-per-edge.ts';
import { type TraceReader, worstTrace } from './worst-trace.ts';

export interface StoreBenchOptions {
  readonly edges?: number;
  readonly vertices?: number;
  readonly traces?: number;
  /** Folder for the two stores; the system's temporary folder by default. */
  readonly dir?: string;
  readonly say?: (line: string) => void;
}

interface Applied {
  /** Time inside `apply` alone: making the deltas is not the store's work. */
  readonly seconds: number;
  readonly commitsMs: number[];
}

interface Traced {
  readonly p50: number;
  readonly p99: number;
  /** Of the thread alone: what it waited for a processor is not in it. */
  readonly cpuP50: number;
  readonly cpuP99: number;
  readonly vertices: number;
  readonly edges: number;
}

const EDGES_PER_COMMIT = 10_000;
const BOUNDS = { levels: 12, vertices: 5000, edgesPerVertex: 128 };

export async function storeBench(options: StoreBenchOptions = {}): Promise<BenchRow[]> {
  const { edges = 5_000_000, traces = 1000, say = () => {} } = options;
  const shape = { seed: 7, edges, vertices: options.vertices ?? edges / 10, edgesPerDelta: EDGES_PER_COMMIT };
  const dir = mkdtempSync(join(options.dir ?? tmpdir(), 'disprotrack-bench-'));
  try {
    const starts: [string, bigint][] = [];
    const store = await openStore(join(dir, 'store'), { mode: 'write' });
    const ours = await applyAll(store, graphDeltas(shape), starts, traces);
    say(`store: ${rate(edges, ours.seconds)} edges/s; indexing what is left …`);
    const settling = performance.now();
    await (store as unknown as { settle(): Promise<void> }).settle();
    const settleSeconds = (performance.now() - settling) / 1000;
    const ourSettledBytes = bytesIn(join(dir, 'store')) / edges;

    const other = new KeyPerEdgeStore(join(dir, 'keys'));
    const theirs = await applyAll(other, graphDeltas(shape), [], 0);
    say(`one key per edge: ${rate(edges, theirs.seconds)} edges/s; tracing in both …`);
    const [ourTraces, theirTraces] = await traceAll([store, other], starts);
    say(`traces p99 ${ourTraces.p99.toFixed(1)} and ${theirTraces.p99.toFixed(1)} ms`);
    await store.close();
    await other.close();
    const ourBytes = Math.max(ourSettledBytes, bytesIn(join(dir, 'store')) / edges);
    const theirBytes = bytesIn(join(dir, 'keys')) / edges;
    return rows({ edges, ours, theirs, ourTraces, theirTraces, ourBytes, theirBytes, settleSeconds });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function applyAll(
  store: { apply(delta: GraphDelta): Promise<void> },
  deltas: Iterable<GraphDelta>,
  starts: [string, bigint][],
  wanted: number,
): Promise<Applied> {
  const next = random(11);
  const commitsMs: number[] = [];
  let ms = 0;
  for (const delta of deltas) {
    const begun = performance.now();
    await store.apply(delta);
    const taken = performance.now() - begun;
    ms += taken;
    commitsMs.push(taken);
    // Starts from all over the run; the later, the more lies behind them.
    for (let i = 0; i < 8; i++) {
      const edge = delta.edges[Math.floor(next() * delta.edges.length)]!;
      starts.push([edge.to, edge.last]);
    }
  }
  // The last ones have the most history: the worst case.
  starts.splice(0, Math.max(0, starts.length - wanted));
  return { seconds: ms / 1000, commitsMs };
}

/** Each trace in one store and then in the other, so that a busy moment of the machine meets both. */
async function traceAll(
  readers: readonly [TraceReader, TraceReader],
  starts: readonly [string, bigint][],
): Promise<[Traced, Traced]> {
  const runs = readers.map((reader) => ({
    reader,
    times: [] as number[],
    cpuTimes: [] as number[],
    vertices: 0,
    edges: 0,
  }));
  for (const [start, time] of starts)
    for (const run of runs) {
      const begun = performance.now();
      const cpuBegun = process.threadCpuUsage();
      const traced = await worstTrace(run.reader, start, time, BOUNDS);
      const cpu = process.threadCpuUsage(cpuBegun);
      run.times.push(performance.now() - begun);
      run.cpuTimes.push((cpu.user + cpu.system) / 1000);
      run.vertices += traced.vertices;
      run.edges += traced.edges;
    }
  const [ours, theirs] = runs.map(({ times, cpuTimes, vertices, edges }) => ({
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    cpuP50: quantile(cpuTimes, 0.5),
    cpuP99: quantile(cpuTimes, 0.99),
    vertices: Math.round(vertices / starts.length),
    edges: Math.round(edges / starts.length),
  }));
  if (ours!.edges !== theirs!.edges)
    throw new Error(`the stores disagree: ${ours!.edges} and ${theirs!.edges} edges a trace`);
  return [ours!, theirs!];
}

function rows(figures: {
  edges: number;
  ours: Applied;
  theirs: Applied;
  ourTraces: Traced;
  theirTraces: Traced;
  ourBytes: number;
  theirBytes: number;
  settleSeconds: number;
}): BenchRow[] {
  const { edges, ours, theirs, ourTraces, theirTraces, ourBytes, theirBytes, settleSeconds } = figures;
  const baseline = (value: string) => `one key per edge: ${value}`;
  return [
    {
      name: 'durable insert',
      value: Math.round(edges / ours.seconds),
      unit: 'edges/s',
      baseline: baseline(`${rate(edges, theirs.seconds)} edges/s`),
      ratio: theirs.seconds / ours.seconds,
      note: `${edges} edges in commits of ${EDGES_PER_COMMIT}, their vertices included`,
    },
    {
      name: 'durable insert, indexed and merged to the end',
      value: Math.round(edges / (ours.seconds + settleSeconds)),
      unit: 'edges/s',
      baseline: baseline(`${rate(edges, theirs.seconds)} edges/s`),
      ratio: theirs.seconds / (ours.seconds + settleSeconds),
    },
    {
      name: 'commit p99',
      value: quantile(ours.commitsMs, 0.99),
      unit: 'ms',
      baseline: baseline(`${quantile(theirs.commitsMs, 0.99).toFixed(1)} ms`),
    },
    ...traceRows(ourTraces, theirTraces),
    {
      name: 'bytes per edge on disk',
      value: ourBytes,
      unit: 'B',
      baseline: baseline(`${theirBytes.toFixed(1)} B`),
      ratio: theirBytes / ourBytes,
      note: 'whole store folder, vertices and indexes included',
    },
  ];
}

function traceRows(ours: Traced, theirs: Traced): BenchRow[] {
  const row = (name: string, of: 'p50' | 'p99' | 'cpuP50' | 'cpuP99', note?: string): BenchRow => ({
    name: `worst backward trace ${name}`,
    value: ours[of],
    unit: 'ms',
    baseline: `one key per edge: ${theirs[of].toFixed(1)} ms`,
    ratio: theirs[of] / ours[of],
    ...(note === undefined ? {} : { note }),
  });
  return [
    row('p99', 'p99', `mean of ${ours.vertices} vertices and ${ours.edges} edges`),
    row('p50', 'p50'),
    row('p99, processor time', 'cpuP99'),
    row('p50, processor time', 'cpuP50'),
  ];
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

function rate(edges: number, seconds: number): string {
  return Math.round(edges / seconds).toLocaleString('en');
}

function bytesIn(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}

if (import.meta.main) {
  const edges = Number(process.argv[2] ?? 5_000_000);
  console.table(await storeBench({ edges, traces: edges < 1e6 ? 200 : 1000, say: console.log }));
}
