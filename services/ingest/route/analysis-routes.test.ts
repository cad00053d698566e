import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Unanalysable } from '../../core/analysis-queue.ts';
import type { BatchQueue } from '../../core/batch-queue.ts';
import { Access } from '../../runtime/access.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { InlineAnalyses } from '../../runtime/queue/analyses/inline-analyses.ts';
import { hashToken, Tokens } from '../../runtime/tokens.ts';
import { buildIngestApp } from '../app.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-orders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tokenFile = join(folder, 'tokens.json');
const tokens = [
  { name: 'me', scope: 'operator', sha256: hashToken('me') },
  { name: 'node1', scope: 'agent', sha256: hashToken('one'), hosts: ['*'] },
];
writeFileSync(tokenFile, JSON.stringify({ tokens }));

let queues = 0;

async function build(analyses: InlineAnalyses | undefined) {
  const access = new Access(new Tokens(tokenFile, () => {}));
  const app = await buildIngestApp({ queue: {} as BatchQueue, analyses, access, metrics: new Metrics() });
  return async (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object | string, token = 'me') => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const body = typeof payload === 'object' ? JSON.stringify(payload) : payload;
    const request = { method, url: `/v1/analyses${path}`, headers, ...(body === undefined ? {} : { body }) };
    const response = await app.inject(request);
    return { status: response.statusCode, answer: response.json() };
  };
}

function opened(orders_max = 10): Promise<InlineAnalyses> {
  return InlineAnalyses.open(join(folder, String(queues++)), { orders_max, retry_ms_min: 1 });
}

test('an order is taken once, listed, and is an operator’s to give', async () => {
  const ask = await build(await opened(1));
  const order = { paths: ['/usr/sbin/server', '/usr/lib/libserver.so.1'], buildId: 'ab12' };
  expect((await ask('POST', '', order, 'one')).status).toBe(403);
  expect((await ask('POST', '', order, 'nobody')).status).toBe(401);
  const first = await ask('POST', '', order);
  expect(first).toMatchObject({ status: 202, answer: { state: 'new' } });
  expect(await ask('POST', '', order)).toMatchObject({ status: 202, answer: { state: 'waits' } });
  const { analyses } = (await ask('GET', '')).answer;
  expect(analyses).toMatchObject([{ ...order, id: first.answer.id }]);
  expect((await ask('POST', '', { paths: ['/another'] })).status).toBe(429);
});

test.each<[string, object | string, number]>([
  ['a path that is not from the root', { paths: ['server'] }, 422],
  ['no path', { paths: [] }, 422],
  ['a build id that is none', { paths: ['/a'], buildId: '../x' }, 422],
  ['something else besides', { paths: ['/a'], registry: '/etc' }, 422],
  ['no JSON', '{"paths":', 400],
])('%s is refused', async (_name, order, status) => {
  const ask = await build(await opened());
  expect((await ask('POST', '', order)).status).toBe(status);
});

test('what can’t be analysed is shown with its reason, not ordered again, replayed and dropped', async () => {
  const queue = await opened();
  const ask = await build(queue);
  const consumption = await queue.consume({
    analyse: async () => {
      throw new Unanalysable('it is a poem');
    },
    stop: () => {},
    buried: () => {},
    failed: () => {},
  });
  const { id } = (await ask('POST', '', { paths: ['/poem'] })).answer;
  const letters = async () => (await ask('GET', '/dead-letters')).answer.deadLetters;
  const expected = { id, paths: ['/poem'], buildId: null, reason: 'it is a poem' };
  await expect.poll(letters).toMatchObject([expected]);
  await consumption.stop();
  expect(await ask('GET', `/dead-letters/${id}`)).toMatchObject({ status: 200, answer: expected });
  expect(await ask('POST', '', { paths: ['/poem'] })).toEqual({ status: 409, answer: { id, state: 'dead' } });
  expect((await ask('POST', `/dead-letters/${id}/replay`)).status).toBe(202);
  expect(await letters()).toEqual([]);
  expect((await ask('GET', '')).answer.analyses).toHaveLength(1);
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/replay'],
    ['DELETE', ''],
  ] as const)
    expect((await ask(method, `/dead-letters/${id}${path}`)).status).toBe(404);
});

test('a service that analyses nothing says so', async () => {
  const ask = await build(undefined);
  expect(await ask('POST', '', { paths: ['/a'] })).toMatchObject({
    status: 404,
    answer: { detail: expect.stringContaining('--analyse') },
  });
});
