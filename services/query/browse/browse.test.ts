import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryReader } from '../../../test/fixture/memory-reader.ts';
import { theft, twoHosts } from '../../../test/fixture/two-hosts.ts';
import { Neighbours, SearchAnswer, ServicesAnswer, TimelineAnswer } from '../../contract/browse.ts';
import { UnitAnswer } from '../../contract/units.ts';
import { TraceAnswer, WhyAnswer } from '../../contract/why.ts';
import type { Edge, Vertex } from '../../core/graph-store.ts';
import { buildApp } from '../app.ts';

const graph = twoHosts(
  (t) => t,
  (t) => t - 5_000_000_000n,
);
const [request] = [...graph.vertices.values()].filter((v) => v.kind === 'unit');
const printed: Vertex = {
  ...request!,
  id: 'template:t',
  kind: 'template',
  terms: ['template:served <num>'],
  properties: {},
};
const log: Edge = {
  from: request!.id,
  to: printed.id,
  op: 'log',
  first: request!.time + 5n,
  last: request!.time + 5n,
  count: 1,
  bytes: 9,
};
const reader = memoryReader({
  vertices: [...graph.vertices.values(), printed],
  edges: [...graph.edges.values(), log],
  uses: ['7', '8'].map((value, i) => ({
    template: printed.id,
    emitter: i === 0 ? request!.id : 'unit:other',
    time: log.first,
    variables: [value],
    place: undefined,
  })),
});
let app: Awaited<ReturnType<typeof buildApp>>;
beforeAll(async () => {
  app = await buildApp({ reader });
});
afterAll(() => app.close());

async function get<T>(url: string, shape: { parse(json: unknown): T }): Promise<T> {
  return shape.parse((await app.inject({ url })).json());
}

function idOf(label: string): string {
  return encodeURIComponent([...graph.vertices.values()].find((v) => v.label === label)!.id);
}

test.each([
  ['outOf', 'from', (a: bigint, b: bigint) => (a < b ? -1 : 1)],
  ['into', 'to', (a: bigint, b: bigint) => (a > b ? -1 : 1)],
] as const)('neighbours %s come by the page, each edge once, in order', async (direction, near, order) => {
  const page = [...graph.vertices.values()].find(
    (v) => v.label === (near === 'from' ? '/srv/page.php' : 'p20'),
  )!;
  const all = [...graph.edges.values()].filter((e) => e[near] === page.id);
  const pages: Neighbours[] = [];
  for (let cursor = ''; pages.length === 0 || cursor !== ''; ) {
    const url = `/v1/vertices/${encodeURIComponent(page.id)}/neighbours?direction=${direction}&limit=7`;
    const answer = await get(`${url}${cursor === '' ? '' : `&cursor=${cursor}`}`, Neighbours);
    pages.push(answer);
    cursor = answer.next ?? '';
  }
  const given = pages.flatMap(({ edges }) => edges);
  const wanted = all.toSorted((a, b) => order(a.first, b.first));
  expect(given.map((e) => [e.from, e.to, e.op])).toEqual(wanted.map((e) => [e.from, e.to, e.op]));
});

test('a search pages through what matched, and says what it was taken for', async () => {
  const first = await get('/v1/search?q=203.0.113.66', SearchAnswer);
  expect(first).toMatchObject({
    vertices: [{ kind: 'socket' }, { kind: 'socket' }],
    how: 'address 203.0.113.66, 2 vertices',
    next: null,
  });
  // One connection, each way.
  expect(first.vertices.map((v) => v.label).sort()).toEqual([
    `10.0.0.2:50000 ← ${theft.symptom}`,
    `10.0.0.2:50000 → ${theft.symptom}`,
  ]);
  const seen: string[] = [];
  for (let cursor = ''; seen.length === 0 || cursor !== ''; ) {
    const answer = await get(`/v1/search?q=10.0.0.2&limit=30${cursor}`, SearchAnswer);
    seen.push(...answer.vertices.map((v) => v.id));
    cursor = answer.next === null ? '' : `&cursor=${answer.next}`;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength((await reader.lookup('ip:10.0.0.2', 1_000)).length);
});

test('a timeline has what went in and out, in order of time', async () => {
  const { entries, next } = await get(`/v1/timeline?q=/opt/mal.sh&limit=2`, TimelineAnswer);
  expect(entries.map((e) => e.op)).toEqual(['fork', 'execve']);
  const { entries: all } = await get('/v1/timeline?q=/opt/mal.sh', TimelineAnswer);
  expect(all.map((e) => e.first)).toEqual(all.map((e) => e.first).sort());
  expect([all.length, next]).toEqual([5, '2']);
});

test('a unit has its own lines among its calls', async () => {
  const unit = await get(`/v1/units/${encodeURIComponent(request!.id)}`, UnitAnswer);
  expect(unit.entries.filter((e) => e.kind === 'app').map((e) => e.text)).toEqual(['served 7']);
  expect(unit.entries.some((e) => e.kind === 'sys' && e.text!.startsWith('accept4 ← '))).toBe(true);
  expect(graph.vertices.get(unit.process!)?.kind).toBe('process');
});

test('a process outside of any unit has a log likewise, of calls alone', async () => {
  const thief = [...graph.vertices.values()].find((v) => v.kind === 'process' && v.properties.pid === 50)!;
  const url = `/v1/units/${encodeURIComponent(thief.id)}`;
  const { process, reason, entries } = await get(url, UnitAnswer);
  expect([process, reason]).toEqual([null, null]);
  expect(entries.map((e) => e.syscall)).toContain('execve');
});

test('services: who called whom, over both hosts', async () => {
  const { calls, services } = await get('/v1/services', ServicesAnswer);
  expect(calls[0]).toMatchObject({ client: 'web/p20', server: 'app/p30', port: 9000, connections: 100 });
  expect(calls[0]!.bytesSent).toBe(Array.from({ length: 100 }, (_, n) => 100 + n).reduce((a, b) => a + b));
  expect(services.find((s) => s.name === theft.symptom)).toMatchObject({ isRecorded: false });
});

test('causes are found over clocks that differ, and the answer says whose time it has', async () => {
  const payload = { symptom: theft.symptom };
  const response = await app.inject({ method: 'POST', url: '/v1/root-causes', payload });
  const answer = WhyAnswer.parse(response.json());
  expect(answer.rootCauses[0]!.vertex.label).toBe(theft.cause);
  const [reference, other] = answer.clocks;
  expect([reference!.host, other!.host].sort()).toEqual(['app', 'web']);
  const ahead = other!.host === 'web' ? 5_000 : -5_000;
  expect(Math.abs(other!.offsetMs - ahead)).toBeLessThanOrEqual(other!.errorMs);
  expect(answer.rootCauses[0]!.path.flatMap((s) => s.marks.map((m) => m.kind))).toContain('estimated-clock');
  expect(answer.completeness.isWhole).toBe(false);
  expect(answer.graph.vertices.length).toBeLessThanOrEqual(60);
});

test('the impact of a cause is a forward trace', async () => {
  const payload = { symptom: '198.51.100.60', depth: 12 };
  const response = await app.inject({ method: 'POST', url: '/v1/impact', payload });
  const labels = TraceAnswer.parse(response.json()).graph.vertices.map((v) => v.label);
  expect(labels).toContain(`10.0.0.2:50000 → ${theft.symptom}`);
});

test('who has an answer already is told so, and nothing else', async () => {
  const url = `/v1/vertices/${idOf('/etc/secret')}`;
  const { headers } = await app.inject({ url });
  const again = await app.inject({ url, headers: { 'if-none-match': String(headers.etag) } });
  expect([again.statusCode, again.body]).toEqual([304, '']);
  expect((await app.inject({ url, headers: { 'if-none-match': 'W/"other"' } })).statusCode).toBe(200);
});

test('another method than a path has is refused with those that it has', async () => {
  const response = await app.inject({ method: 'DELETE', url: '/v1/units/x' });
  expect([response.statusCode, response.headers.allow]).toEqual([405, 'GET, HEAD']);
  expect((await app.inject({ url: '/v1/units/none' })).statusCode).toBe(404);
  expect((await app.inject({ url: '/v1/search?q=x&cursor=zz' })).statusCode).toBe(422);
});

test.each(['otel', 'ocsf', 'prov-json'])('the graph of an answer alone is exported as %s', async (format) => {
  const { body, statusCode } = await app.inject({
    url: `/v1/export?format=${format}&symptom=${theft.symptom}`,
  });
  expect(statusCode).toBe(200);
  expect(body).toContain('mal.sh');
  expect(body.length).toBeLessThan(200_000);
  if (format === 'ocsf')
    expect(
      body
        .trimEnd()
        .split('\n')
        .every((line) => JSON.parse(line).class_uid > 0),
    ).toBe(true);
  else expect(JSON.parse(body)).toBeTypeOf('object');
});

test('spans of a request on two hosts are one trace, the caller the parent', async () => {
  const { body } = await app.inject({ url: `/v1/export?format=otel&symptom=${theft.symptom}` });
  interface Span {
    traceId: string;
    spanId: string;
    parentSpanId?: string;
    name: string;
  }
  const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((s) => s.spans));
  const called = (name: string) => spans.find((s) => s.name.startsWith(name))!;
  expect(called('p30 unit').parentSpanId).toBe(called('p20 unit').spanId);
  expect(called('/opt/mal.sh').parentSpanId).toBe(called('p30 unit').spanId);
  expect(new Set(spans.map((s) => s.traceId)).size).toBe(1);
});
