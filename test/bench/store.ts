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
    const ourTraces = await traceAll(store, starts);
    say(`store: traces p50 ${ourTraces.p50.toFixed(1)} ms, p99 ${ourTraces.p99.toFixed(1)} ms`);
    await store.close();
    const ourBytes = bytesIn(join(dir, 'store')) / edges;

    const other = new KeyPerEdgeStore(join(dir, 'keys'));
    const theirs = await applyAll(other, graphDeltas(shape), [], 0);
    say(`one key per edge: ${rate(edges, theirs.seconds)} edges/s`);
    const theirTraces = await traceAll(other, starts);
    say(
      `one key per edge: traces p50 ${theirTraces.p50.toFixed(1)} ms, p99 ${theirTraces.p99.toFixed(1)} ms`,
    );
    await other.close();
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

async function traceAll(reader: TraceReader, starts: readonly [string, bigint][]): Promise<Traced> {
  const times: number[] = [];
  let vertices = 0;
  let edges = 0;
  for (const [start, time] of starts) {
    const begun = performance.now();
    const traced = await worstTrace(reader, start, time, BOUNDS);
    times.push(performance.now() - begun);
    vertices += traced.vertices;
    edges += traced.edges;
  }
  return {
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    vertices: Math.round(vertices / starts.length),
    edges: Math.round(edges / starts.length),
  };
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
    {
      name: 'worst backward trace p99',
      value: ourTraces.p99,
      unit: 'ms',
      baseline: baseline(`${theirTraces.p99.toFixed(1)} ms`),
      ratio: theirTraces.p99 / ourTraces.p99,
      note: `mean of ${ourTraces.vertices} vertices and ${ourTraces.edges} edges`,
    },
    {
      name: 'worst backward trace p50',
      value: ourTraces.p50,
      unit: 'ms',
      baseline: baseline(`${theirTraces.p50.toFixed(1)} ms`),
      ratio: theirTraces.p50 / ourTraces.p50,
    },
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
