/**
 * A Neo4j that stands still under load from a real agent: the fold waits, the queue fills to its bound, ingest answers
 * 429, the agent spools; nothing grows, and when Neo4j goes on everything comes through, once.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../../services/store/open-store.ts';
import { AgentProcess, eventually } from '../../fixture/agent-process.ts';
import { ScaledOut } from './scaled-out.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-pressure-'));
const batches_max = 6;
const system = new ScaledOut(false, {
  DISPROTRACK_QUEUE_BATCHES_MAX: String(batches_max),
  DISPROTRACK_TAKEOVER_MS: '10000',
});
afterAll(async () => {
  await system.destroy();
  rmSync(folder, { recursive: true, force: true });
});

/** Of one run of the agent's source, which is started again a while after its end. */
const records = 1_500;
const growth_mb_max = 120;

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

async function refusals(): Promise<number> {
  const text = await (await fetch(`${system.url}/metrics`)).text();
  return Number(/^disprotrack_ingest_batches_total\{status="429"\} (\d+)/m.exec(text)?.[1] ?? 0);
}

test('a Neo4j that stands still ends in the agent’s spool, and loses nothing', {
  timeout: 600_000,
}, async () => {
  await system.start(['worker']);
  const agent = new AgentProcess({ folder, ingest: system.url, perSecond: 1_500, records_max: records });
  await agent.port();
  await eventually('something is folded', async () => (await committed()) > 0, 120_000);
  const processes = new Map([...system.pids().filter(([name]) => name !== 'Neo4j'), ['agent', agent.pid]]);
  const resident = (): Map<string, number> =>
    new Map([...processes].map(([name, pid]) => [name, residentMb(pid)]));

  system.neo4j.signal('SIGSTOP');
  await eventually('the queue is full', async () => (await refusals()) > 0, 120_000);
  const before = resident();
  const waiting = await agent.metric('spool_waiting_records');
  for (let second = 0; second < 4; second++) {
    expect(await system.metric('queue_batches')).toBeLessThanOrEqual(batches_max);
    await sleep(1_000);
  }
  for (const [name, mb] of resident())
    expect([name, mb - before.get(name)! < growth_mb_max]).toEqual([name, true]);
  expect(waiting).toBeGreaterThan(0);
  expect(await agent.metric('spool_waiting_records')).toBeGreaterThanOrEqual(waiting);
  system.neo4j.signal('SIGCONT');

  await eventually('all is sent', async () => (await agent.metric('spool_waiting_records')) === 0, 180_000);
  expect(await agent.stop()).toBe(0);
  await system.drained(120_000);
  expect(await system.metric('queue_dead_letters')).toBe(0);
  expect(await system.stop()).toEqual({ ingest: 0, worker: 0 });
  const runs = await linesOfRuns();
  expect(runs.flat().length).toBeGreaterThanOrEqual(records);
  // Of every run the lines from its first on, each once.
  for (const numbers of runs) expect(numbers).toEqual(numbers.map((_, i) => i + 1));
});

async function committed(): Promise<number> {
  Object.assign(process.env, system.neo4j.env);
  const reader = await openStore(system.neo4j.url, { mode: 'read' });
  const { edges } = await reader.counts();
  await reader.close();
  return edges;
}

/** What the agent's source printed: the numbers of each run's lines. */
async function linesOfRuns(): Promise<number[][]> {
  const reader = await openStore(system.neo4j.url, { mode: 'read' });
  const runs = new Map<string, number[]>();
  for await (const { id, kind } of reader.allVertices()) {
    if (kind !== 'template' || !id.includes('request')) continue;
    for (const { variables } of await reader.usesOf(id, 2n ** 62n, 10_000_000)) {
      const [number, run] = variables as [string, string];
      runs.set(run, [...(runs.get(run) ?? []), Number(number)]);
    }
  }
  await reader.close();
  return [...runs.values()].map((numbers) => numbers.sort((a, b) => a - b));
}
