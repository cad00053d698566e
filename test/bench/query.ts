/**
 * How long an answer about root causes takes from the symptom to the object that is printed: random files, addresses,
 * processes and vertex ids of a store, each asked once. Runs alone too: `node test/bench/query.ts [edges …]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphStore, Vertex } from '../../services/core/graph-store.ts';
import { answerWhy } from '../../services/query/why.ts';
import { openStore } from '../../services/store/open-store.ts';
import type { BenchRow } from './bench-row.ts';
import { graphDeltas, random } from './graph-generator.ts';

export interface QueryBenchOptions {
  readonly edges?: readonly number[];
  readonly questions?: number;
  /** Folder for the stores; the system's temporary folder by default. */
  readonly dir?: string;
}

interface Times {
  readonly wall: number[];
  /** Of the process: what it waited for a processor is not in it. */
  readonly cpu: number[];
  vertices: number;
  edges: number;
}

const edgesOfCommit = 10_000;
/** Code that V8 has not compiled is not what a server runs. */
const warmUp_questions = 30;
const verticesOfEdges = 10;

export async function queryBench(options: QueryBenchOptions = {}): Promise<BenchRow[]> {
  const { edges = [1_000_000, 5_000_000], questions = 1_000 } = options;
  const rows: BenchRow[] = [];
  for (const count of edges) {
    const dir = mkdtempSync(join(options.dir ?? tmpdir(), 'disprotrack-query-'));
    try {
      rows.push(...(await benchAt(count, questions, dir)));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  return rows;
}

async function benchAt(edges: number, questions: number, dir: string): Promise<BenchRow[]> {
  const store = await openStore(join(dir, 'store'), { mode: 'write' });
  const symptoms = await filled(store, edges, questions + warmUp_questions);
  await (store as unknown as { settle(): Promise<void> }).settle();
  await store.close();
  const reader = await openStore(join(dir, 'store'), { mode: 'read' });
  try {
    for (const symptom of symptoms.splice(0, warmUp_questions)) await answerWhy(reader, { symptom });
    const times: Times = { wall: [], cpu: [], vertices: 0, edges: 0 };
    for (const symptom of symptoms) {
      const began = performance.now();
      const cpuBegan = process.cpuUsage();
      const { reduction } = await answerWhy(reader, { symptom });
      const cpu = process.cpuUsage(cpuBegan);
      times.wall.push(performance.now() - began);
      times.cpu.push((cpu.user + cpu.system) / 1_000);
      times.vertices += reduction.vertices;
      times.edges += reduction.edges;
    }
    return rowsOf(edges, times);
  } finally {
    await reader.close();
  }
}

/** Gives random symptoms of all of its time. */
async function filled(store: GraphStore, edges: number, count: number): Promise<string[]> {
  const shape = { seed: 7, edges, vertices: edges / verticesOfEdges, edgesPerDelta: edgesOfCommit };
  const next = random(13);
  const share = count / shape.vertices;
  const symptoms: string[] = [];
  for (const delta of graphDeltas(shape)) {
    await store.apply(delta);
    for (const vertex of delta.vertices) if (next() < share * 1.2) symptoms.push(symptomOf(vertex, next()));
  }
  return symptoms.slice(-count);
}

/** As people name it, or by its id. */
function symptomOf({ id, terms }: Vertex, choice: number): string {
  const term = choice < 0.25 ? undefined : terms.at(-1);
  return term?.replace(/^(path|ip|addr):/, '') ?? id;
}

function rowsOf(edges: number, { wall, cpu, vertices, edges: read }: Times): BenchRow[] {
  const of = `${edges / 1e6} M edges`;
  const mean = (sum: number): number => Math.round(sum / wall.length);
  const note = `${wall.length} symptoms, a mean of ${mean(vertices)} vertices and ${mean(read)} edges reached`;
  return [
    { name: `root causes at ${of} p99`, value: quantile(wall, 0.99), unit: 'ms', note },
    { name: `root causes at ${of} p50`, value: quantile(wall, 0.5), unit: 'ms' },
    { name: `root causes at ${of} p99, processor time`, value: quantile(cpu, 0.99), unit: 'ms' },
    { name: `root causes at ${of} p50, processor time`, value: quantile(cpu, 0.5), unit: 'ms' },
  ];
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

if (import.meta.main) {
  const edges = process.argv.slice(2).map(Number);
  console.table(await queryBench(edges.length === 0 ? {} : { edges }));
}
