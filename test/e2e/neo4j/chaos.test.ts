/**
 * All parts of a system of several processes, killed and cut off from each other at random under load: the graph is that
 * of a run in which nothing happened. The same seed gives the same accidents.
 */
import { afterAll, expect, test } from 'vitest';
import type { Batch } from '../../../services/core/batch-queue.ts';
import { openStore } from '../../../services/store/open-store.ts';
import { graphRows } from '../../fixture/graph-rows.ts';
import { randomNumbers } from '../../fixture/random-numbers.ts';
import { BatchSender } from '../ingest/batch-sender.ts';
import { lampBatches } from '../ingest/lamp-batches.ts';
import { undisturbedHosts } from '../ingest/undisturbed.ts';
import { ScaledOut } from './scaled-out.ts';

/** How often each accident happens. */
const turns = process.env.DISPROTRACK_FULL === '1' ? 12 : 1;
const seed = Number(process.env.DISPROTRACK_SEED ?? 20_261_127);
const workers = ['worker one', 'worker two'];
const hosts = { h1: 'E1', h2: 'E2' };
const cut_ms_max = 1_500;

const system = new ScaledOut();
afterAll(() => system.destroy());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function batchesOf(host: string, scenario: string, count: number): Batch[] {
  return lampBatches(scenario, count).map((batch) => ({ ...batch, stream: { ...batch.stream, host } }));
}

/** Each accident `turns` times, in an order of chance. */
function accidents(random: () => number): { name: string; happen: () => Promise<void> }[] {
  const kills = system.parts.map(({ name, restart }) => ({ name: `kill ${name}`, happen: restart }));
  const cuts = [...system.wires.keys()].map((name) => ({
    name: `cut ${name}`,
    happen: async () => {
      const wire = system.wires.get(name)!;
      await wire.cut();
      await pause(100 + random() * cut_ms_max);
      await wire.mend();
    },
  }));
  const all = Array.from({ length: turns }, () => [...kills, ...cuts]).flat();
  return all
    .map((accident) => ({ accident, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ accident }) => accident);
}

test('whatever is killed or cut off: the graph of an undisturbed run', { timeout: 1_800_000 }, async () => {
  const random = randomNumbers(seed);
  await system.start(workers);
  const script = accidents(random);
  const load = Object.entries(hosts).map(([host, scenario]) => batchesOf(host, scenario, script.length * 12));
  const senders = load.map(() => new BatchSender(() => system.url));
  for (const [round, { name, happen }] of script.entries()) {
    console.log(`${round + 1} of ${script.length}: ${name}`);
    const sending = load.map((batches, i) => {
      const share = Math.ceil(batches.length / script.length);
      return senders[i]!.send(batches.slice(round * share, (round + 1) * share), 10);
    });
    await pause(random() * 300);
    await happen();
    await Promise.all(sending);
  }
  await system.drained(180_000);
  expect(await system.metric('queue_dead_letters')).toBe(0);
  expect(await system.stop()).toEqual({ ingest: 0, 'worker one': 0, 'worker two': 0 });

  for (const [i, { counts }] of senders.entries()) expect(counts.kept + counts.known).toBe(load[i]!.length);
  const refusals = senders.map(({ counts }) => counts.failures + (counts.statuses.get(503) ?? 0));
  expect(refusals[0]! + refusals[1]!).toBeGreaterThan(0);
  const wanted = await undisturbedHosts(load, graphRows);
  Object.assign(process.env, system.neo4j.env);
  const reader = await openStore(system.neo4j.url, { mode: 'read' });
  const rows = await graphRows(reader);
  await reader.close();
  expect(rows.length).toBeGreaterThan(1_000);
  expect(rows).toEqual(wanted);
});
