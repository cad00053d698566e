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
const system = new ScaledOut(false, { DISPROTRACK_QUEUE_BATCHES_MAX: String(batches_max) });
afterAll(async () => {
  await system.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const records = 12_000;
const growth_mb_max = 120;

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

async function refusals(): Promise<number> {
  const text = await (await fetch(`${system.url}/metrics`)).text();
  return Number(/^disprotrack_ingest_batches_total\{status="429"\} (\d+)/m.exec(text)?.[1] ?? 0);
}

test('a Neo4j that stands still ends in the agent’s spool, and loses nothing', {
  timeout: 400_000,
}, async () => {
  await system.start(['worker']);
  const agent = new AgentProcess({ folder, ingest: system.url, perSecond: 1_500, records_max: records });
  await agent.port();
  await eventually('something is folded', async () => (await committed()) > 0);
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
  expect(await agent.metric('spool_waiting_records')).toBeGreaterThan(waiting);
  system.neo4j.signal('SIGCONT');

  await eventually('all is sent', async () => (await agent.metric('spool_waiting_records')) === 0, 180_000);
  expect(await agent.stop()).toBe(0);
  await system.drained(120_000);
  expect(await system.metric('queue_dead_letters')).toBe(0);
  expect(await system.stop()).toEqual({ ingest: 0, worker: 0 });
  expect(await numbersOfLines()).toEqual(Array.from({ length: records }, (_, i) => i + 1));
});

async function committed(): Promise<number> {
  Object.assign(process.env, system.neo4j.env);
  const reader = await openStore(system.neo4j.url, { mode: 'read' });
  const { edges } = await reader.counts();
  await reader.close();
  return edges;
}

/** What the agent's source printed, a number each. */
async function numbersOfLines(): Promise<number[]> {
  const reader = await openStore(system.neo4j.url, { mode: 'read' });
  const numbers: number[] = [];
  for await (const { id, kind } of reader.allVertices()) {
    if (kind !== 'template' || !id.includes('request')) continue;
    for (const { variables } of await reader.usesOf(id, 2n ** 62n, 10_000_000))
      numbers.push(Number(variables[0]));
  }
  await reader.close();
  return numbers.sort((a, b) => a - b);
}
