/** What a store does while it is made anew, beyond what every store does. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { delta, edge, vertex } from '../../../test/conformance/deltas.ts';
import { endOfTime } from '../../core/trace/traversal.ts';
import { openStore } from '../open-store.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'disprotrack-retaining-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const all = { since: -1n, until: endOfTime };
/** Longer than a reader waits between two looks at the files. */
const noticed_ms = 1_100;

/** An old pair with an edge, and one of the window for each of `count`. */
function pairs(from: number, count: number) {
  const numbers = Array.from({ length: count }, (_, i) => from + i);
  return delta({
    vertices: [vertex('old'), vertex('older'), ...numbers.flatMap((n) => [vertex(`a${n}`), vertex(`b${n}`)])],
    edges: [edge('older', 'old', 1n), ...numbers.map((n) => edge(`a${n}`, `b${n}`, 1_000n + BigInt(n)))],
  });
}

test('what is applied meanwhile is neither lost nor held up for ever', async () => {
  const store = await openStore(dir, { mode: 'write' });
  await store.apply(pairs(0, 100));
  const retained = store.retain(500n);
  const applied = Promise.all([store.apply(pairs(100, 1)), store.apply(pairs(101, 1))]);
  expect(await retained).toMatchObject({ vertices: 2, edges: 1 });
  await applied;
  expect((await store.counts()).edges).toBe(103);
  expect(await store.retain(500n)).toMatchObject({ vertices: 2, edges: 1 });
  await store.close();
  expect(readdirSync(dir)).not.toContain('coming');
  const again = await openStore(dir, { mode: 'write' });
  expect((await again.counts()).edges).toBe(102);
  await again.close();
});

test('a reader elsewhere goes over to the new files; a trace that was under way is told', async () => {
  const store = await openStore(dir, { mode: 'write' });
  await store.apply(pairs(0, 10));
  const reader = await openStore(dir, { mode: 'read' });
  const [before] = await reader.numbersOf(['b3']);
  await store.retain(500n);
  await store.apply(pairs(10, 1));
  await sleep(noticed_ms);
  expect((await reader.counts()).edges).toBe(12);
  await expect(reader.scanInto([{ vertex: before!, ...all }], 9)).rejects.toMatchObject({
    code: 'overtaken',
  });
  await expect(reader.idsOf([before!])).rejects.toMatchObject({ code: 'overtaken' });
  const [after] = await reader.numbersOf(['b3']);
  const { other, length } = await reader.scanInto([{ vertex: after!, ...all }], 9);
  expect([length, await reader.idsOf([...other.subarray(0, length)])]).toEqual([1, ['a3']]);
  await reader.close();
  await store.close();
});

test('space is given back', async () => {
  const store = await openStore(dir, { mode: 'write' });
  const vertices = Array.from({ length: 20_000 }, (_, i) => vertex(`file:${i}/${'x'.repeat(80)}`));
  await store.apply(
    delta({ vertices, edges: vertices.slice(1).map(({ id }, i) => edge(vertices[0]!.id, id, BigInt(i))) }),
  );
  const { bytesOnDisk: before } = await store.counts();
  expect(await store.retain(1_000_000n)).toMatchObject({ vertices: 20_000 });
  expect((await store.counts()).bytesOnDisk).toBeLessThan(before / 4);
  await store.close();
});
