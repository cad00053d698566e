import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { delta, edge, vertex } from '../../test/conformance/deltas.ts';
import { Metrics } from '../runtime/metrics.ts';
import { openStore } from '../store/open-store.ts';
import { startRetention, windowBegin } from './retention.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-retention-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('begins at once, counts what goes, and ends when it is told to', async () => {
  const store = await openStore(folder, { mode: 'write' });
  const now = BigInt(Date.now()) * 1_000_000n;
  const vertices = ['a', 'b', 'c'].map((id) => vertex(id));
  await store.apply(delta({ vertices, edges: [edge('a', 'b', 5n), edge('b', 'c', now)] }));
  const metrics = new Metrics();
  const failures: unknown[] = [];
  const stop = await new Promise<() => Promise<void>>((resolve) => {
    const started = startRetention({
      store,
      keep_ms: 60_000,
      metrics,
      onDone: () => resolve(started),
      onFailure: (error) => failures.push(error),
    });
  });
  await stop();
  expect(failures).toEqual([]);
  expect(await metrics.text()).toContain('disprotrack_retention_removed_total{what="edges"} 1');
  expect((await store.counts()).edges).toBe(1);
  await store.close();
});

test('a window ends now', () => {
  expect(windowBegin(1_000, 5_000)).toBe(4_000_000_000n);
});
