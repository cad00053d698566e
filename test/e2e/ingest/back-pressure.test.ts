/** A store that is too slow for what comes: the queue fills to its bound, senders wait, memory stays flat, nothing is lost. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Batch } from '../../../services/core/batch-queue.ts';
import { BatchSender } from './batch-sender.ts';
import { lampBatches } from './lamp-batches.ts';
import { ServiceProcess } from './service-process.ts';
import { storedGraph, undisturbedGraph } from './undisturbed.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-slow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const growth_mb_max = 150;

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

test('a slow store ends in 429, and in the whole graph once the senders have waited', {
  timeout: 600_000,
}, async () => {
  const store = join(folder, 'store');
  const batches: Batch[] = lampBatches('E2', 400);
  const server = new ServiceProcess(['test/e2e/ingest/slow-store-server.ts', store, '100']);
  const [url] = await server.start();
  const sender = new BatchSender(() => url!);
  const resident: number[] = [];
  const queued: number[] = [];
  const watch = setInterval(async () => {
    resident.push(residentMb(server.pid!));
    const text = await (await fetch(`${url}/metrics`)).text();
    queued.push(Number(/^disprotrack_queue_bytes (\d+)/m.exec(text)?.[1]));
  }, 100);
  try {
    await sender.send(batches);
    expect(sender.counts.statuses.get(429)).toBeGreaterThan(10);
    expect(sender.counts.failures).toBe(0);
    let left = -1;
    while (left !== 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      left = Number(
        /^disprotrack_queue_batches (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1],
      );
    }
  } finally {
    clearInterval(watch);
    await server.stop();
  }
  expect(Math.max(...queued)).toBeGreaterThan(128 << 10);
  expect(Math.max(...queued)).toBeLessThanOrEqual(256 << 10);
  // What was resident when the queue was full for the first time, against the rest of the run.
  const early = Math.max(...resident.slice(0, Math.ceil(resident.length / 4)));
  expect(Math.max(...resident) - early).toBeLessThan(growth_mb_max);
  expect(await storedGraph(store)).toBe(await undisturbedGraph(batches));
});
