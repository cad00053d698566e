/**
 * How long an answer about root causes takes from the symptom to the object that is printed: random files, addresses,
 * processes and vertex ids of a store, each asked once. Runs alone too: `node test/bench/query.ts [neo4j] [edges …]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphStore, Vertex } from '../../services/core/graph-store.ts';
import { answerWhy } from '../../services/query/why.ts';
import { openStore } from '../../services/store/open-store.ts';
import { Neo4jServer } from '../e2e/neo4j/neo4j-server.ts';
import type { BenchRow } from './bench-row.ts';
import { graphDeltas, random } from './graph-generator.ts';
import { cpuOf } from './http-load.ts';

export interface QueryBenchOptions {
  readonly edges?: readonly number[];
  readonly questions?: number;
  /** Folder for the stores; the system's temporary folder by default. */
  readonly dir?: string;
  /** Whether to ask a Neo4j in place of a folder. */
  readonly isNeo4j?: boolean;
}

interface Times {
  readonly wall: number[];
  /** Of the process: what it waited for a processor is not in it. */
  readonly cpu: number[];
  vertices: number;
  edges: number;
}

const edgesOfCommit = 10_000;
/** Code that V8, or Java, has not compiled is not what a server runs. */
const warmUp_questions = 30;
const warmUp_questions_neo4j = 100;
/** For a store of a few million edges. */
const pageCache = 'server.memory.pagecache.size=2g';
const verticesOfEdges = 10;

export async function queryBench(options: QueryBenchOptions = {}): Promise<BenchRow[]> {
  const { edges = [1_000_000, 5_000_000], questions = 1_000, isNeo4j = false } = options;
  const rows: BenchRow[] = [];
  for (const count of edges) {
    if (isNeo4j) {
      rows.push(...(await neo4jBenchAt(count, questions)));
      continue;
    }
    const dir = mkdtempSync(join(options.dir ?? tmpdir(), 'disprotrack-query-'));
    try {
      const place = join(dir, 'store');
      const times = await timesAt(place, count, { questions, warmUp: warmUp_questions });
      rows.push(...rowsOf(`at ${count / 1e6} M edges`, times));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  return rows;
}

async function neo4jBenchAt(edges: number, questions: number): Promise<BenchRow[]> {
  const server = new Neo4jServer(() => [pageCache]);
  try {
    await server.start();
    process.env.DISPROTRACK_NEO4J_PASSWORD = server.password;
    let before = 0;
    const begin = (): void => {
      before = cpuOf(server.pid!);
    };
    const asked = { questions, warmUp: warmUp_questions_neo4j, begin };
    const times = await timesAt(server.url, edges, asked);
    const value = ((cpuOf(server.pid!) - before) * 1_000) / questions;
    const of = `in Neo4j at ${edges / 1e6} M edges`;
    return [
      ...rowsOf(of, times),
      { name: `root causes ${of} mean, processor time of the server`, value, unit: 'ms' },
    ];
  } finally {
    await server.destroy();
  }
}

interface Asked {
  readonly questions: number;
  readonly warmUp: number;
  /** Called once all is warm. */
  readonly begin?: () => void;
}

async function timesAt(place: string, edges: number, { questions, warmUp, begin }: Asked): Promise<Times> {
  const store = await openStore(place, { mode: 'write' });
  const symptoms = await filled(store, edges, questions + warmUp);
  // A folder's background has nothing left to do then.
  if ('settle' in store) await (store as unknown as { settle(): Promise<void> }).settle();
  await store.close();
  const reader = await openStore(place, { mode: 'read' });
  try {
    for (const symptom of symptoms.splice(0, warmUp)) await answerWhy(reader, { symptom });
    begin?.();
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
    return times;
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

function rowsOf(of: string, { wall, cpu, vertices, edges: read }: Times): BenchRow[] {
  const mean = (sum: number): number => Math.round(sum / wall.length);
  const note = `${wall.length} symptoms, a mean of ${mean(vertices)} vertices and ${mean(read)} edges reached`;
  return [
    { name: `root causes ${of} p99`, value: quantile(wall, 0.99), unit: 'ms', note },
    { name: `root causes ${of} p50`, value: quantile(wall, 0.5), unit: 'ms' },
    { name: `root causes ${of} p99, processor time`, value: quantile(cpu, 0.99), unit: 'ms' },
    { name: `root causes ${of} p50, processor time`, value: quantile(cpu, 0.5), unit: 'ms' },
  ];
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

if (import.meta.main) {
  const isNeo4j = process.argv[2] === 'neo4j';
  const edges = process.argv.slice(isNeo4j ? 3 : 2).map(Number);
  console.table(await queryBench({ isNeo4j, ...(edges.length === 0 ? {} : { edges }) }));
}
