/**
 * How cost grows with a graph: one store after the other is filled, and looked at on its way at 1, 2, 5, 10, 20 and 50
 * million edges. `DISPROTRACK_GROWTH_M` and `DISPROTRACK_GROWTH_NEO4J_M` say how far (5 and 1; 50 is a long run).
 * Processor time, since others may run: of this process, and of Neo4j's.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphStore } from '../../services/core/graph-store.ts';
import { openStore } from '../../services/store/open-store.ts';
import { Neo4jServer } from '../e2e/neo4j/neo4j-server.ts';
import type { BenchRow } from './bench-row.ts';
import { graphDeltas, random } from './graph-generator.ts';
import { cpuOf } from './http-load.ts';
import { worstTrace } from './worst-trace.ts';

const stops_m = [0.1, 1, 2, 5, 10, 20, 50];
const commit_edges = 10_000;
const traces = 40;
const traceBounds = { levels: 12, vertices: 5_000, edgesPerVertex: 128 };

interface Grown {
  readonly name: string;
  readonly store: GraphStore;
  readonly most_m: number;
  /** s of processor time so far. */
  readonly cpu: () => number;
  readonly bytes: () => number;
}

export async function growthBench(): Promise<BenchRow[]> {
  return [...(await embeddedRows()), ...(await neo4jRows())];
}

async function embeddedRows(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'disprotrack-growth-'));
  const store = await openStore(dir, { mode: 'write' });
  try {
    const most_m = Number(process.env.DISPROTRACK_GROWTH_M ?? 5);
    return await grow({ name: 'embedded', store, most_m, cpu: ownCpu, bytes: () => bytesIn(dir) });
  } finally {
    await store.close();
    rmSync(dir, { recursive: true });
  }
}

async function neo4jRows(): Promise<BenchRow[]> {
  const server = new Neo4jServer();
  try {
    await server.start();
    Object.assign(process.env, server.env);
    const store = await openStore(server.url, { mode: 'write' });
    const most_m = Number(process.env.DISPROTRACK_GROWTH_NEO4J_M ?? 1);
    const cpu = (): number => ownCpu() + cpuOf(server.pid!);
    const bytes = (): number => bytesIn(join(server.folder, 'data', 'databases'));
    const rows = await grow({ name: 'Neo4j', store, most_m, cpu, bytes });
    await store.close();
    return rows;
  } finally {
    await server.destroy();
  }
}

async function grow({ name, store, most_m, cpu, bytes }: Grown): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const edges = most_m * 1e6;
  const next = random(11);
  let starts: [string, bigint][] = [];
  let made = 0;
  let spent = 0;
  let since = 0;
  let began = cpu();
  for (const delta of graphDeltas({ seed: 7, edges, vertices: edges / 10, edgesPerDelta: commit_edges })) {
    await store.apply(delta);
    made += delta.edges.length;
    const edge = delta.edges[Math.floor(next() * delta.edges.length)]!;
    starts = [...starts.slice(1 - traces), [edge.to, edge.last]];
    if (!stops_m.includes(made / 1e6)) continue;
    spent = cpu() - began;
    const [p50, p99] = await timed(store, starts, cpu);
    const at = `growth, ${name}, ${made / 1e6} M edges`;
    const size = (bytes() / made).toFixed(0);
    const note = `${size} B an edge; worst trace p50 ${p50} ms, p99 ${p99} ms`;
    rows.push({ name: at, value: (made - since) / spent, unit: 'edges/s of cpu', note });
    process.stderr.write(`${at}: ${Math.round((made - since) / spent)} edges/s of processor time; ${note}\n`);
    since = made;
    began = cpu();
  }
  return rows;
}

async function timed(
  store: GraphStore,
  starts: readonly (readonly [string, bigint])[],
  cpu: () => number,
): Promise<[string, string]> {
  const times: number[] = [];
  for (const [start, time] of starts) {
    const began = cpu();
    await worstTrace(store, start, time, traceBounds);
    times.push(1_000 * (cpu() - began));
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(0);
  return [at(0.5), at(0.99)];
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function bytesIn(dir: string): number {
  return readdirSync(dir, { recursive: true }).reduce((sum, name) => {
    const info = statSync(join(dir, String(name)));
    return sum + (info.isFile() ? info.size : 0);
  }, 0);
}
