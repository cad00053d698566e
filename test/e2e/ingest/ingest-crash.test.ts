/** Processes that are killed at random points under load: what was accepted is in the graph, and once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { randomNumbers } from '../../fixture/random-numbers.ts';
import { RedisServer } from '../redis/redis-server.ts';
import { BatchSender } from './batch-sender.ts';
import { lampBatches } from './lamp-batches.ts';
import { ServiceProcess } from './service-process.ts';
import { storedGraph, undisturbedGraph } from './undisturbed.ts';

const rounds = process.env.DISPROTRACK_FULL === '1' ? 50 : 6;
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-ingest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Enough of them that there is load in every round. */
const batches = lampBatches('E1', rounds * 60);

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^disprotrack_${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

async function drained(url: string): Promise<void> {
  const until = performance.now() + 60_000;
  while ((await metric(url, 'queue_batches').catch(() => -1)) !== 0) {
    if (performance.now() > until) throw new Error('the queue does not empty');
    await pause(50);
  }
}

test(`one process, killed ${rounds} times: the graph is that of an undisturbed run`, {
  timeout: 900_000,
}, async () => {
  const random = randomNumbers(1);
  const store = join(folder, 'one');
  const ports = ['--port', '0', '--ingest-port', '0'];
  const server = new ServiceProcess([
    'services/cli/main.ts',
    'serve',
    '--store',
    store,
    '--insecure',
    ...ports,
  ]);
  let url = '';
  const sender = new BatchSender(() => url);
  let isSent = false;
  const sending = (async () => {
    url = (await server.start(2))[1]!;
    await sender.send(batches, 5);
    isSent = true;
  })();
  let killed = 0;
  try {
    while (url === '') await pause(10);
    for (; killed < rounds && !isSent; killed++) {
      await pause(20 + random() * 400);
      await server.kill();
      url = (await server.start(2))[1]!;
    }
    await sending;
    await drained(url);
    expect(await server.stop()).toBe(0);
  } finally {
    await server.kill();
  }
  // A kill with nothing under way would have shown nothing.
  expect(killed).toBe(rounds);
  expect(sender.counts.failures).toBeGreaterThan(0);
  expect(sender.counts.kept + sender.counts.known).toBe(batches.length);
  expect(await storedGraph(store)).toBe(await undisturbedGraph(batches));
});

test(`ingest, worker and Redis, killed ${rounds} times in turn: the same`, { timeout: 900_000 }, async () => {
  const random = randomNumbers(2);
  const store = join(folder, 'several');
  const redis = new RedisServer();
  await redis.start();
  const shared = { DISPROTRACK_TAKEOVER_MS: '400', DISPROTRACK_REQUESTS_PER_SECOND: '10000' };
  const args = ['--redis', redis.url, '--port', '0'];
  const ingest = new ServiceProcess(['services/ingest/server.ts', ...args, '--insecure'], shared);
  const worker = new ServiceProcess(['services/worker/server.ts', ...args, '--store', store], shared);
  let url = '';
  const sender = new BatchSender(() => url);
  let isSent = false;
  const again = {
    ingest: async () => {
      await ingest.kill();
      url = (await ingest.start())[0]!;
    },
    worker: async () => {
      await worker.kill();
      await worker.start();
    },
    redis: async () => {
      await redis.kill();
      await redis.start();
    },
  };
  let killed = 0;
  try {
    await again.ingest();
    await again.worker();
    const sending = sender.send(batches, 5).then(() => {
      isSent = true;
    });
    const victims = Object.values(again);
    for (; killed < rounds && !isSent; killed++) {
      await pause(20 + random() * 400);
      await victims[killed % 3 === 0 ? 0 : Math.floor(random() * 3)]!();
    }
    await sending;
    await drained(url);
    expect(await worker.stop()).toBe(0);
    expect(await ingest.stop()).toBe(0);
  } finally {
    for (const process of [ingest, worker]) await process.kill();
    await redis.destroy();
  }
  expect(killed).toBe(rounds);
  expect(sender.counts.failures + (sender.counts.statuses.get(503) ?? 0)).toBeGreaterThan(0);
  expect(sender.counts.kept + sender.counts.known).toBe(batches.length);
  expect(await storedGraph(store)).toBe(await undisturbedGraph(batches));
});
