/**
 * From HTTP (zstd) through Redis and a worker to a Neo4j that has committed: one worker on one stream, and two on two.
 * Everything runs on this machine, so that with two processors two workers share them with Neo4j, Redis and ingest.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ScaledOut } from '../e2e/neo4j/scaled-out.ts';
import type { BenchRow } from './bench-row.ts';
import { batchesOf, cpuOf, drained, send } from './http-load.ts';

const rounds = 2;

interface Run {
  readonly wall_s: number;
  /** Of each process. */
  readonly cpu_s: Readonly<Record<string, number>>;
}

/** `embedded`: events a second of the embedded path in the same run. */
export async function scaledOutRows(
  eventsOf: (audit: Buffer) => number,
  embedded: number,
): Promise<BenchRow[]> {
  const audit = recordedStream();
  const events = eventsOf(audit);
  // A worker has one host at a time, so that two of them share two.
  const system = new ScaledOut(false, { DISPROTRACK_QUEUE_HOSTS_MAX: '1' });
  try {
    await system.start(['one']);
    let streams = 0;
    const run = (count: number): Promise<Run> =>
      load(
        system,
        Array.from({ length: count }, () => `stream${streams++}`),
        audit,
      );
    // Until Java has compiled what it needs.
    await run(1);
    await run(1);
    const one = await best(() => run(1));
    await system.startWorker('two');
    const two = await best(() => run(2));
    const rate = (runs: number, { wall_s }: Run): number => (runs * events) / wall_s;
    const row = (what: string, runs: number, taken: Run): BenchRow => ({
      name: `ingest through Redis and Neo4j: ${what}`,
      value: rate(runs, taken),
      unit: 'events/s',
      baseline: `embedded (${Math.round(embedded).toLocaleString('en')})`,
      ratio: rate(runs, taken) / embedded,
      note: cpuText(taken),
    });
    return [
      row('a worker, a stream', 1, one),
      row('two workers, two streams', 2, two),
      {
        name: 'ingest through Redis and Neo4j: two workers on two streams',
        value: rate(2, two) / rate(1, one),
        unit: '× one',
        note: `${events.toLocaleString('en')} events a stream, best of ${rounds}`,
      },
    ];
  } finally {
    await system.destroy();
  }
}

/** What a host would send that went through all recordings. */
function recordedStream(): Buffer {
  const recording = (name: string): Buffer =>
    gunzipSync(readFileSync(new URL(`../corpus/lamp/recordings/${name}/audit.log.gz`, import.meta.url)));
  return Buffer.concat(['E1', 'E2', 'E3'].map(recording));
}

async function best(run: () => Promise<Run>): Promise<Run> {
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await run());
  return runs.reduce((a, b) => (b.wall_s < a.wall_s ? b : a));
}

async function load(system: ScaledOut, hosts: readonly string[], audit: Buffer): Promise<Run> {
  const batches = batchesOf(audit);
  const before = cpus(system);
  const began = performance.now();
  await Promise.all(hosts.map((host) => send(system.url, host, batches)));
  await drained(system.url);
  const wall_s = (performance.now() - began) / 1_000;
  const after = cpus(system);
  return {
    wall_s,
    cpu_s: Object.fromEntries(Object.entries(after).map(([name, s]) => [name, s - before[name]!])),
  };
}

function cpus(system: ScaledOut): Record<string, number> {
  return Object.fromEntries(system.pids().map(([name, pid]) => [name, cpuOf(pid)]));
}

function cpuText({ wall_s, cpu_s }: Run): string {
  const parts = Object.entries(cpu_s).map(([name, s]) => `${name} ${s.toFixed(1)}`);
  return `${wall_s.toFixed(1)} s; processor s: ${parts.join(', ')}`;
}
