import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { body_bytes_max } from '../contract/batch.ts';
import { type BatchQueue, QueueError } from '../core/batch-queue.ts';
import { Access } from '../runtime/access.ts';
import { Metrics } from '../runtime/metrics.ts';
import { InlineQueue } from '../runtime/queue/inline/inline-queue.ts';
import { hashToken, Tokens } from '../runtime/tokens.ts';
import { buildIngestApp } from './app.ts';
import { ingestOpenApiText } from './openapi-text.ts';
import type { IngestAppOptions } from './options.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-ingest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tokenFile = join(folder, 'tokens.json');
const entries = [
  { name: 'node1', scope: 'agent', sha256: hashToken('one'), hosts: ['node1'] },
  { name: 'any', scope: 'agent', sha256: hashToken('any'), hosts: ['*'] },
  { name: 'old', scope: 'agent', sha256: hashToken('old'), hosts: ['*'], expires: '2020-01-01T00:00:00Z' },
  { name: 'tenant', scope: 'agent', sha256: hashToken('tenant'), hosts: ['*'], tenant: 'acme' },
  { name: 'me', scope: 'operator', sha256: hashToken('me') },
];
writeFileSync(tokenFile, JSON.stringify({ tokens: entries }));

let queues = 0;
let queue: InlineQueue;
let app: Awaited<ReturnType<typeof buildIngestApp>>;
const logged: string[] = [];

async function build(more: Partial<IngestAppOptions> = {}): Promise<void> {
  await app?.close();
  queue = await InlineQueue.open(join(folder, `queue${queues++}`));
  app = await buildIngestApp({
    queue,
    access: new Access(new Tokens(tokenFile, () => {})),
    metrics: new Metrics(),
    logger: { level: 'info', stream: { write: (line: string) => void logged.push(line) } },
    ...more,
  });
}
beforeAll(() => build());
beforeEach(() => {
  logged.length = 0;
});
afterAll(() => app.close());

const lines = 'type=A msg=audit(1.0:1): a\ntype=A msg=audit(1.0:2): b\n';

interface Sent {
  readonly token?: string;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string | undefined>;
}

async function send({ token = 'any', body = lines, headers = {} }: Sent = {}) {
  const all: Record<string, string | undefined> = {
    authorization: `Bearer ${token}`,
    'content-type': 'text/vnd.disprotrack.audit',
    'x-disprotrack-host': 'node1',
    'x-disprotrack-boot': 'b-1',
    'x-disprotrack-source': 'audit',
    'x-disprotrack-first': '0',
    'x-disprotrack-last': '1',
    ...headers,
  };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return app.inject({
    method: 'POST',
    url: '/v1/batches',
    headers: given as Record<string, string>,
    payload: body,
  });
}

const stream = (n: number) => ({ 'x-disprotrack-boot': `boot-${n}` });

test('a batch is accepted once, and says what the stream wants next', async () => {
  const first = await send({ headers: stream(1) });
  expect([first.statusCode, first.json()]).toEqual([202, { stream: 'node1/boot-1/audit', next: '2' }]);
  const again = await send({ headers: stream(1) });
  expect([again.statusCode, again.json()]).toEqual([200, { stream: 'node1/boot-1/audit', next: '2' }]);
  const overlap = { ...stream(1), 'x-disprotrack-first': '1', 'x-disprotrack-last': '2' };
  expect((await send({ headers: overlap })).json().next).toBe('3');
  const gap = { ...stream(1), 'x-disprotrack-first': '10', 'x-disprotrack-last': '11' };
  expect((await send({ headers: gap })).statusCode).toBe(202);
  const late = { ...stream(1), 'x-disprotrack-first': '4', 'x-disprotrack-last': '5' };
  const refused = await send({ headers: late });
  expect([refused.statusCode, refused.json().detail]).toEqual([409, expect.stringContaining('too late')]);
  const headers = { authorization: 'Bearer one' };
  const next = await app.inject({ url: '/v1/streams/node1/boot-1/audit', headers });
  expect(next.json()).toEqual({ next: '12' });
  const unknown = await app.inject({ url: '/v1/streams/node1/boot-x/audit', headers });
  expect(unknown.json()).toEqual({ next: '0' });
});

test.each([
  ['gzip', gzipSync(lines)],
  ['zstd', zstdCompressSync(lines)],
  ['identity', Buffer.from(lines)],
])('a body in %s is kept as it came', async (encoding, body) => {
  const host = `host-${encoding}`;
  const headers = { 'content-encoding': encoding, 'x-disprotrack-host': host };
  const before = (await queue.depth()).bytes;
  expect((await send({ body, headers })).statusCode).toBe(202);
  expect((await queue.depth()).bytes - before).toBe(body.length);
});

test.each([
  ['no host', { 'x-disprotrack-host': undefined }, '/x-disprotrack-host'],
  ['a host that is no name', { 'x-disprotrack-host': 'a/b' }, '/x-disprotrack-host'],
  ['a boot with a slash', { 'x-disprotrack-boot': '../..' }, '/x-disprotrack-boot'],
  ['a source in capitals', { 'x-disprotrack-source': 'Audit' }, '/x-disprotrack-source'],
  ['a number that is none', { 'x-disprotrack-first': '-1' }, '/x-disprotrack-first'],
  ['a number beyond 2^63', { 'x-disprotrack-last': '9223372036854775808' }, '/x-disprotrack-last'],
  ['first after last', { 'x-disprotrack-first': '2' }, '/x-disprotrack-last'],
  ['more lines than the headers say', { 'x-disprotrack-last': '0' }, '/body'],
  ['fewer lines than the headers say', { 'x-disprotrack-last': '5' }, '/body'],
  ['an unknown format', { 'content-type': 'text/vnd.disprotrack.log; format=nonsense' }, '/content-type'],
  ['an unknown zone', { 'content-type': 'text/vnd.disprotrack.log; zone=nowhere' }, '/content-type'],
  ['records that are none', { 'content-type': 'application/vnd.disprotrack.records' }, '/body'],
])('422 with its place: %s', async (_name, headers, path) => {
  const response = await send({ headers });
  expect(response.statusCode).toBe(422);
  expect(response.headers['content-type']).toContain('application/problem+json');
  expect(response.json().problems.map((p: { path: string }) => p.path)).toContain(path);
});

test('422 names every header that is wrong at once', async () => {
  const response = await send({ headers: { 'x-disprotrack-host': '', 'x-disprotrack-first': 'x' } });
  const paths = response.json().problems.map((p: { path: string }) => p.path);
  expect(paths).toEqual(expect.arrayContaining(['/x-disprotrack-host', '/x-disprotrack-first']));
});

test.each([
  ['half a line', 'type=A msg=audit(1.0:1): a\ntype=A', 422],
  ['nothing', '', 422],
])('a body of %s is refused', async (_name, body, status) => {
  expect((await send({ body })).statusCode).toBe(status);
});

test.each([
  ['a media type that nothing reads', { 'content-type': 'application/xml' }],
  ['JSON', { 'content-type': 'application/json' }],
  ['no media type', { 'content-type': undefined }],
  ['a broken parameter', { 'content-type': 'text/vnd.disprotrack.log; format' }],
  ['an encoding that nothing reads', { 'content-encoding': 'br' }],
])('415: %s', async (_name, headers) => {
  const response = await send({ headers });
  expect([response.statusCode, response.json().status]).toEqual([415, 415]);
  // What could be sent instead.
  expect(response.json().detail).toMatch(/application\/vnd\.disprotrack\.records|identity, gzip, zstd/);
});

test('400: a body that is not what its encoding says', async () => {
  for (const encoding of ['zstd', 'gzip']) {
    expect((await send({ headers: { 'content-encoding': encoding } })).statusCode).toBe(400);
    const cut = (encoding === 'zstd' ? zstdCompressSync(lines) : gzipSync(lines)).subarray(0, -6);
    expect((await send({ body: cut, headers: { 'content-encoding': encoding } })).statusCode).toBe(400);
  }
});

test('413: too large as it came, and too large when decompressed', async () => {
  expect((await send({ body: Buffer.alloc(body_bytes_max + 1, 10) })).statusCode).toBe(413);
  const bomb = zstdCompressSync(Buffer.alloc(65 << 20, 10));
  expect((await send({ body: bomb, headers: { 'content-encoding': 'zstd' } })).statusCode).toBe(413);
});

test('401 without a token, with one that is unknown, and with one that is over', async () => {
  for (const headers of [{ authorization: undefined }, { authorization: 'Basic x' }]) {
    const response = await send({ headers });
    expect([response.statusCode, response.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  }
  expect((await send({ token: 'nobody' })).statusCode).toBe(401);
  expect((await send({ token: 'old' })).statusCode).toBe(401);
});

test('403 for another host than the token’s, another scope, another tenant', async () => {
  expect((await send({ token: 'one', headers: { 'x-disprotrack-host': 'node2' } })).statusCode).toBe(403);
  expect((await send({ token: 'me' })).statusCode).toBe(403);
  expect((await send({ token: 'tenant' })).statusCode).toBe(403);
  expect((await send({ headers: { 'x-disprotrack-tenant': 'acme' } })).statusCode).toBe(403);
  const headers = { authorization: 'Bearer one' };
  expect((await app.inject({ url: '/v1/streams/node2/b/audit', headers })).statusCode).toBe(403);
  for (const url of ['/metrics', '/v1/dead-letters'])
    expect((await app.inject({ url, headers })).statusCode).toBe(403);
});

test('every route but health needs a token', async () => {
  expect((await app.inject({ url: '/openapi.json' })).statusCode).toBe(401);
  const paths = app.swagger().paths as Record<string, Record<string, unknown>>;
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const url = path.replace(/\{\w+\}/g, 'x');
      const { statusCode } = await app.inject({ method: method.toUpperCase() as 'GET', url });
      expect([path, statusCode]).toEqual([path, /^\/(healthz|readyz)$/.test(path) ? 200 : 401]);
    }
  }
});

test('an ingest of a tenant takes that tenant’s batches alone', async () => {
  await build({ access: new Access(new Tokens(tokenFile, () => {}), 'acme') });
  expect((await send({ token: 'tenant' })).statusCode).toBe(202);
  expect((await send({ token: 'tenant', headers: { 'x-disprotrack-tenant': 'other' } })).statusCode).toBe(
    403,
  );
  expect((await send({ token: 'any', headers: stream(7) })).statusCode).toBe(403);
  await build();
});

test('tokens come and go without a restart, and half a file changes nothing', async () => {
  const path = join(folder, 'rotating.json');
  const put = (text: string, at: number): void => {
    writeFileSync(path, text);
    utimesSync(path, at, at);
  };
  const entry = (token: string) => ({ name: token, scope: 'agent', sha256: hashToken(token), hosts: ['*'] });
  put(JSON.stringify({ tokens: [entry('first')] }), 1);
  const complaints: string[] = [];
  const tokens = new Tokens(path, (message) => complaints.push(message), 0);
  expect((await tokens.find('first'))?.name).toBe('first');
  put(JSON.stringify({ tokens: [entry('second')] }), 2);
  expect(await tokens.find('first')).toBeUndefined();
  expect((await tokens.find('second'))?.name).toBe('second');
  put('{"tokens": [', 3);
  expect((await tokens.find('second'))?.name).toBe('second');
  expect(complaints).toHaveLength(1);
});

test('429 with Retry-After: a full queue, and a sender that asks too often', async () => {
  const full: BatchQueue = Object.assign(Object.create(queue), {
    accept: () => Promise.reject(new QueueError('full', 'the queue is full')),
  });
  await build({ queue: full });
  const response = await send();
  expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '2']);
  await build({ rate: { perSecond: 0.1, burst: 2 } });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await send({ headers: stream(i) })).statusCode);
  expect(statuses).toEqual([202, 202, 429]);
  expect(Number((await send()).headers['retry-after'])).toBeGreaterThan(5);
  expect((await send({ token: 'one' })).statusCode).toBe(202);
  // Of each token, wherever it is shown.
  const elsewhere = await app.inject({
    method: 'POST',
    url: '/v1/otlp/v1/logs',
    remoteAddress: '10.0.0.9',
    headers: { authorization: 'Bearer one', 'content-type': 'application/json' },
    payload: '{}',
  });
  expect(elsewhere.statusCode).toBe(200);
  expect((await send({ token: 'one' })).statusCode).toBe(429);
  await build();
});

test('503 with Retry-After where the queue can not be used; the failure is told, not shown', async () => {
  const failures: unknown[] = [];
  const error = new QueueError('unavailable', 'Redis can not be used: ECONNREFUSED');
  const broken: BatchQueue = Object.assign(Object.create(queue), {
    accept: () => Promise.reject(error),
    check: () => Promise.reject(error),
  });
  await build({ queue: broken, onFailure: (failure) => failures.push(failure) });
  const response = await send();
  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '2']);
  expect(failures).toEqual([error]);
  expect((await app.inject({ url: '/readyz' })).statusCode).toBe(503);
  expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200);
  await build({
    queue: Object.assign(Object.create(queue), { accept: () => Promise.reject(new TypeError('secret')) }),
  });
  const unexpected = await send();
  expect([unexpected.statusCode, unexpected.body.includes('secret')]).toEqual([500, false]);
  await build();
});

test('an operator sees dead letters, replays and drops them', async () => {
  await build();
  for (let n = 0; n < 2; n++) await send({ headers: stream(n) });
  const consumption = await queue.consume({
    fold: () => Promise.reject(new Error('it is poison')),
    buried: async () => {},
    failed: () => {},
  });
  while ((await queue.depth()).deadLetters < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  await consumption.stop();
  const headers = { authorization: 'Bearer me' };
  const ask = (method: 'GET' | 'POST' | 'DELETE', path = '') =>
    app.inject({ method, url: `/v1/dead-letters${path}`, headers });
  const { deadLetters } = (await ask('GET')).json();
  expect(deadLetters).toMatchObject([
    { stream: 'node1/boot-0/audit', first: '0', last: '1', reason: 'it is poison' },
    { stream: 'node1/boot-1/audit' },
  ]);
  const [one, two] = deadLetters;
  expect((await ask('GET', `/${one.id}`)).json()).toEqual(one);
  expect((await ask('GET', `/${one.id}/body`)).body).toBe(lines);
  expect((await ask('POST', `/${one.id}/replay`)).statusCode).toBe(202);
  expect((await ask('DELETE', `/${two.id}`)).statusCode).toBe(200);
  expect((await ask('GET')).json()).toEqual({ deadLetters: [] });
  for (const method of ['GET', 'DELETE'] as const)
    expect((await ask(method, '/nobody')).statusCode).toBe(404);
  expect((await ask('POST', '/nobody/replay')).statusCode).toBe(404);
  expect(await queue.depth()).toMatchObject({ batches: 1, deadLetters: 0 });
});

test('metrics tell what was taken; a batch’s line has its names and no secret', async () => {
  await build();
  logged.length = 0;
  await send();
  await send({ token: 'nobody' });
  const response = await app.inject({ url: '/metrics', headers: { authorization: 'Bearer me' } });
  expect(response.headers['content-type']).toContain('text/plain');
  expect(response.body).toContain('disprotrack_ingest_batches_total{status="202"} 1');
  expect(response.body).toContain('disprotrack_ingest_batches_total{status="401"} 1');
  expect(response.body).toContain('disprotrack_ingest_records_total 2');
  expect(response.body).toContain('disprotrack_queue_batches 1');
  const line = JSON.parse(logged.find((text) => text.includes('"msg":"batch"'))!);
  expect(line).toMatchObject({
    batch: 'node1/b-1/audit 0-1',
    reqId: expect.any(String),
    bytes: lines.length,
    isNew: true,
  });
  expect(logged.join('')).not.toMatch(/Bearer|authorization/);
});

test('an unknown route says so', async () => {
  const response = await app.inject({ url: '/v1/nothing' });
  expect([response.statusCode, response.json().title]).toEqual([404, 'Not Found']);
});

test('a method that a path does not have is told with those that it has', async () => {
  const { statusCode, headers } = await app.inject({ method: 'PUT', url: '/v1/batches' });
  expect([statusCode, headers.allow]).toEqual([405, 'POST']);
});

test('the OpenAPI document in the repository is that of the routes', async () => {
  const kept = readFileSync(new URL('../../openapi/ingest.json', import.meta.url), 'utf8');
  expect(await ingestOpenApiText()).toBe(kept);
});
