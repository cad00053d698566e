import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventScript, open, writeOnly } from '../../test/fixture/event-script.ts';
import { FoldedGraph, foldInto } from '../../test/fixture/folded-graph.ts';
import { memoryReader } from '../../test/fixture/memory-reader.ts';
import { TraceAnswer, WhyAnswer } from '../contract/why.ts';
import { StoreError } from '../core/graph-store.ts';
import { buildApp } from './app.ts';
import { openApiText } from './openapi-text.ts';
import { answerWhy } from './why.ts';

const script = new EventScript()
  .call(10, 'openat', open('/in "quoted" <&>', 3))
  .call(10, 'read', { args: [3], exit: 9 })
  .call(10, 'openat', open('/out', 4, writeOnly))
  .call(10, 'write', { args: [4], exit: 9 });
const graph = foldInto(new FoldedGraph(), script.inputs);
const reader = memoryReader({ vertices: [...graph.vertices.values()], edges: [...graph.edges.values()] });
const failingReader: typeof reader = {
  ...reader,
  sizes: () => Promise.reject(new StoreError('io', 'the disk is gone')),
};
const json = { 'content-type': 'application/json' };
let app: Awaited<ReturnType<typeof buildApp>>;
beforeAll(async () => {
  app = await buildApp({ reader });
});
afterAll(() => app.close());

test('root causes over HTTP are the object that the command line prints', async () => {
  const response = await app.inject({ method: 'POST', url: '/v1/root-causes', payload: { symptom: '/out' } });
  const local = await answerWhy(reader, { symptom: '/out' });
  expect(response.statusCode).toBe(200);
  expect({ ...WhyAnswer.parse(response.json()), elapsedMs: 0 }).toEqual({ ...local, elapsedMs: 0 });
  const file = local.rootCauses.find((cause) => cause.vertex.kind === 'file');
  expect(file?.path.map((step) => step.op)).toEqual(['read', 'write']);
});

test('a forward trace gives the impact', async () => {
  const payload = { symptom: '/in "quoted" <&>', direction: 'forward' };
  const response = await app.inject({ method: 'POST', url: '/v1/traces', payload });
  expect(TraceAnswer.parse(response.json()).graph.vertices.map((v) => v.label)).toContain('/out');
});

test('what matches nothing is an answer with nothing in it', async () => {
  const response = await app.inject({
    method: 'POST',
    url: '/v1/root-causes',
    payload: { symptom: '/nowhere' },
  });
  expect([response.statusCode, response.json().symptom.matched]).toEqual([200, []]);
});

test.each([
  ['an empty body', {}, 422, '/symptom'],
  ['an empty symptom', { symptom: '' }, 422, '/symptom'],
  ['a wrong time', { symptom: 'x', before: 'yesterday' }, 422, '/before'],
  ['an unknown field', { symptom: 'x', colour: 1 }, 422, '/'],
])('%s is refused with the place of the problem', async (_name, payload, status, path) => {
  const response = await app.inject({ method: 'POST', url: '/v1/root-causes', payload });
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toContain('application/problem+json');
  expect(response.json().problems.map((one: { path: string }) => one.path)).toEqual([path]);
});

test('broken JSON, too much and unknown routes are problems too', async () => {
  const headers = { 'content-type': 'application/json' };
  const broken = await app.inject({ method: 'POST', url: '/v1/traces', headers, payload: '{' });
  const large = { symptom: 'x'.repeat(300_000) };
  const tooLarge = await app.inject({ method: 'POST', url: '/v1/traces', payload: large });
  const unknown = await app.inject({ url: '/v2' });
  for (const [response, status] of [
    [broken, 400],
    [tooLarge, 413],
    [unknown, 404],
  ] as const) {
    expect([response.statusCode, response.json().status]).toEqual([status, status]);
  }
});

test('a trace that runs out of time says so in its answer', async () => {
  const hurried = await buildApp({ reader, time_ms_max: 0 });
  const response = await hurried.inject({
    method: 'POST',
    url: '/v1/root-causes',
    payload: { symptom: '/out' },
  });
  await hurried.close();
  expect(WhyAnswer.parse(response.json()).truncated?.deadline).toBe(true);
});

test('a vertex is found by its id, with its edges', async () => {
  const [id] = await reader.lookup('path:/out', 1);
  const found = await app.inject({ url: `/v1/vertices/${encodeURIComponent(id!)}` });
  expect(found.json()).toMatchObject({ vertex: { label: '/out' }, into: 2, outOf: 0 });
  expect((await app.inject({ url: '/v1/vertices/none' })).statusCode).toBe(404);
});

test.each(['json', 'dot', 'graphml'])('the export as %s is well formed', async (format) => {
  const { body, statusCode } = await app.inject({ url: `/v1/export?format=${format}` });
  expect(statusCode).toBe(200);
  if (format === 'json') expect(JSON.parse(body).edges).toHaveLength(graph.edges.size);
  if (format === 'dot') expect(body).toContain('/in \\"quoted\\" <&>');
  if (format === 'graphml') expect(body).toContain('/in &quot;quoted&quot; &lt;&amp;&gt;');
});

test.each([
  ['/v1/root-causes', { method: 'POST', payload: { symptom: '/out' } }, 200],
  ['/v1/root-causes', { method: 'POST', payload: {} }, 422],
  ['/v1/root-causes', { method: 'POST', payload: '{', headers: json }, 400],
  ['/v1/traces', { method: 'POST', payload: 'x', headers: { 'content-type': 'text/plain' } }, 415],
  ['/v1/traces', { method: 'POST', payload: { symptom: 'x'.repeat(300_000) } }, 413],
  ['/v1/vertices/{id}', { method: 'GET' }, 404],
  ['/v1/export', { method: 'GET', query: { format: 'dot' } }, 200],
  ['/v1/export', { method: 'GET', query: { format: 'xml' } }, 422],
  ['/healthz', { method: 'GET' }, 503],
] as const)('the schema of %s has what it answers to %o', async (url, request, status) => {
  const asked = status === 503 ? await buildApp({ reader: failingReader }) : app;
  const answer = await asked.inject({ url, ...request });
  expect(answer.statusCode).toBe(status);
  const { paths } = (await app.inject({ url: '/openapi.json' })).json();
  const type = String(answer.headers['content-type']).split(';')[0]!;
  const { responses } = paths[url][request.method.toLowerCase()];
  expect(Object.keys(responses[status].content)).toContain(type);
});

test('openapi/query.json is what the routes say (npm run openapi writes it)', async () => {
  const kept = readFileSync(new URL('../../openapi/query.json', import.meta.url), 'utf8');
  expect(await openApiText()).toBe(kept);
});
