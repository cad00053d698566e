import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { BatchQueue, QueuedBatch } from '../core/batch-queue.ts';
import { QueueError } from '../core/batch-queue.ts';
import { Access } from '../runtime/access.ts';
import { Metrics } from '../runtime/metrics.ts';
import { InlineQueue } from '../runtime/queue/inline/inline-queue.ts';
import { hashToken, Tokens } from '../runtime/tokens.ts';
import { buildIngestApp } from './app.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-otlp-'));
const tokenFile = join(folder, 'tokens.json');
const agent = (name: string, hosts: string[]) => ({ name, scope: 'agent', sha256: hashToken(name), hosts });
writeFileSync(
  tokenFile,
  JSON.stringify({
    tokens: [agent('one', ['node1']), agent('two', ['node1', 'node2']), agent('any', ['*'])],
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let queues = 0;
let queue: InlineQueue;
let app: Awaited<ReturnType<typeof buildIngestApp>>;

async function build(given?: BatchQueue): Promise<void> {
  await app?.close();
  queue = await InlineQueue.open(join(folder, `queue${queues++}`));
  const access = new Access(new Tokens(tokenFile, () => {}));
  app = await buildIngestApp({ queue: given ?? queue, access, metrics: new Metrics() });
}
beforeEach(() => build());
afterAll(() => app.close());

const text = (value: string) => ({ stringValue: value });
const attribute = (key: string, value: string) => ({ key, value: text(value) });
const record = (body: string, more: object = {}) => ({
  timeUnixNano: '1795766400100000001',
  body: text(body),
  ...more,
});
const resource = (host: string | undefined, ...records: object[]) => ({
  resource: {
    attributes: [
      attribute('service.name', 'Shop API'),
      ...(host === undefined ? [] : [attribute('host.name', host)]),
    ],
  },
  scopeLogs: [{ scope: { name: 'logger' }, logRecords: records }],
});

interface Sent {
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

function send(body: object | string | Buffer, { token = 'any', headers = {} }: Sent = {}) {
  return app.inject({
    method: 'POST',
    url: '/v1/otlp/v1/logs',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

/** What was queued, as lines by stream. */
async function queued(): Promise<Record<string, unknown[]>> {
  const lines: Record<string, unknown[]> = {};
  const take = async (batches: readonly QueuedBatch[]): Promise<void> => {
    for (const { stream, bytes } of batches) {
      const key = `${stream.host}/${stream.boot}/${stream.source}`;
      const list = lines[key] ?? [];
      lines[key] = list;
      for (const line of zstdDecompressSync(bytes).toString().trim().split('\n')) list.push(JSON.parse(line));
    }
  };
  const consumption = await queue.consume({ fold: take, buried: async () => {}, failed: () => {} });
  await expect.poll(async () => (await queue.depth()).batches).toBe(0);
  await consumption.stop();
  return lines;
}

test('what the conventions name is in the line: host, container, process, file, time, level, request', async () => {
  const attributes = [
    attribute('k8s.pod.name', 'web-7d9'),
    attribute('k8s.container.name', 'web'),
    attribute('log.file.path', '/var/log/app.log'),
    { key: 'process.pid', value: { intValue: '49' } },
    attribute('http.request.method', 'GET'),
    attribute('url.path', '/a'),
    { key: 'http.response.status_code', value: { intValue: 200 } },
    attribute('log.record.original', '[info] got /a'),
  ];
  const given = record('got /a', {
    severityNumber: 9,
    observedTimeUnixNano: '1795766400200000000',
    attributes,
  });
  const answer = await send({ resourceLogs: [resource('node1', given)] });
  expect([answer.statusCode, answer.json()]).toEqual([200, {}]);
  const source = expect.stringMatching(/^otlp-shop-api-[0-9a-f]{8}$/);
  const lines = await queued();
  expect(Object.keys(lines).map((key) => key.split('/'))).toEqual([['node1', 'otlp', source]]);
  expect(Object.values(lines)[0]).toEqual([
    {
      text: '[info] got /a',
      message: 'got /a',
      time: '2026-11-27T08:00:00.100000001Z',
      observed: '2026-11-27T08:00:00.200000000Z',
      level: 'info',
      source: '/var/log/app.log',
      container: 'web-7d9/web',
      pid: 49,
      request: { client: '', method: 'GET', path: '/a', status: 200 },
    },
  ]);
});

test('the same request again is answered, and changes nothing; other records of the stream are new', async () => {
  const logs = (...bodies: string[]) => ({
    resourceLogs: [resource('node1', ...bodies.map((body) => record(body)))],
  });
  for (const body of [logs('a', 'b'), logs('c'), logs('a', 'b'), logs('c')])
    expect((await send(body)).statusCode).toBe(200);
  const lines = Object.values(await queued())[0] as { text: string }[];
  expect(lines.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  expect((await send(logs('a', 'b'))).statusCode).toBe(200);
  expect((await queue.depth()).batches).toBe(0);
});

test('records of hosts that the token does not speak for are not taken, and the answer says how many', async () => {
  const mixed = {
    resourceLogs: [resource('node1', record('a')), resource('node3', record('b'), record('c'))],
  };
  const answer = await send(mixed, { token: 'two' });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({
    partialSuccess: { rejectedLogRecords: '2', errorMessage: 'the token does not speak for node3' },
  });
  const none = await send({ resourceLogs: [resource('node3', record('b'))] }, { token: 'two' });
  expect([none.statusCode, none.json()]).toEqual([
    403,
    { code: 7, message: 'the token does not speak for node3' },
  ]);
});

test('a host that no resource names is that of a token for one, or of the header', async () => {
  const logs = { resourceLogs: [resource(undefined, record('a'))] };
  expect((await send(logs, { token: 'two' })).json()).toMatchObject({
    code: 3,
    message: expect.stringContaining('host.name'),
  });
  expect((await send(logs, { token: 'one' })).statusCode).toBe(200);
  expect((await send(logs, { headers: { 'x-disprotrack-host': 'node2' } })).statusCode).toBe(200);
  expect((await send(logs, { token: 'one', headers: { 'x-disprotrack-host': 'node2' } })).statusCode).toBe(
    403,
  );
  // Hosts are handed over side by side.
  const hosts = Object.keys(await queued()).map((key) => key.split('/')[0]);
  expect(hosts.sort()).toEqual(['node1', 'node2']);
});

test.each([
  ['no JSON', '{"resourceLogs":', 400, /JSON/],
  [
    'another shape',
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"soon"}]}]}]}',
    400,
    /resourceLogs\/0\/scopeLogs\/0\/logRecords\/0\/timeUnixNano/,
  ],
])('%s is 400 with the place', async (_name, body, status, message) => {
  const answer = await send(body);
  expect([answer.statusCode, answer.json()]).toEqual([
    status,
    { code: 3, message: expect.stringMatching(message) },
  ]);
});

test('protobuf: the example of the specification, answers and failures in protobuf', async () => {
  // resource_logs { scope_logs { log_records { body { string_value: "hi" } } } }
  const bytes = Buffer.from([0x0a, 0x0a, 0x12, 0x08, 0x12, 0x06, 0x2a, 0x04, 0x0a, 0x02, 0x68, 0x69]);
  const headers = { 'content-type': 'application/x-protobuf', 'x-disprotrack-host': 'node1' };
  const answer = await send(gzipSync(bytes), { headers: { ...headers, 'content-encoding': 'gzip' } });
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
    200,
    'application/x-protobuf',
    '',
  ]);
  expect(Object.values(await queued())[0]).toEqual([{ text: 'hi', source: 'otlp' }]);
  const broken = await send(Buffer.from([0x0a, 0xff, 0x01]), { headers });
  expect([broken.statusCode, broken.headers['content-type']]).toEqual([400, 'application/x-protobuf']);
  // code: 3, message: …
  expect([...broken.rawPayload.subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
  const wrong = await send('x', { headers: { 'content-type': 'text/plain' } });
  expect([wrong.statusCode, wrong.json()]).toEqual([415, { code: 3, message: expect.any(String) }]);
  const unknown = await send(bytes, { headers: { ...headers, authorization: 'Bearer x' } });
  expect([unknown.statusCode, [...unknown.rawPayload.subarray(0, 2)]]).toEqual([401, [0x08, 16]]);
});

test('a full queue is 429, one that can not be used 503, both with Retry-After', async () => {
  const failing = (code: 'full' | 'unavailable') =>
    ({
      ...queue,
      depth: async () => ({}),
      append: () => Promise.reject(new QueueError(code, 'x')),
    }) as unknown as BatchQueue;
  for (const [code, status] of [
    ['full', 429],
    ['unavailable', 503],
  ] as const) {
    await build(failing(code));
    const answer = await send({ resourceLogs: [resource('node1', record('a'))] });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([status, '2']);
  }
});

test('values beyond reason are cut, not answered with a crash', async () => {
  const depth = 5_000;
  const deep = `${'{"arrayValue":{"values":['.repeat(depth)}{"stringValue":"x"}${']}}'.repeat(depth)}`;
  const logs = JSON.stringify({ resourceLogs: [resource('node1', { body: 'DEEP' }, record('b'))] });
  const answer = await send(logs.replace('"DEEP"', deep));
  expect(answer.statusCode).toBe(200);
  expect(Object.values(await queued())[0]).toHaveLength(2);
});
