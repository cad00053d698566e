import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registry_files_max } from '../contract/profile-file.ts';
import type { BatchQueue } from '../core/batch-queue.ts';
import { Access } from '../runtime/access.ts';
import { Metrics } from '../runtime/metrics.ts';
import { hashToken, Tokens } from '../runtime/tokens.ts';
import { buildIngestApp } from './app.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-profiles-'));
const registry = join(folder, 'registry');
const tokenFile = join(folder, 'tokens.json');
const tokens = ['profiles', 'agent'].map((scope) => ({
  name: scope,
  scope,
  sha256: hashToken(scope),
  hosts: ['*'],
}));
writeFileSync(tokenFile, JSON.stringify({ tokens }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let app: Awaited<ReturnType<typeof buildIngestApp>>;
async function build(profiles: string | undefined): Promise<void> {
  await app?.close();
  const access = new Access(new Tokens(tokenFile, () => {}));
  app = await buildIngestApp({ queue: {} as BatchQueue, access, metrics: new Metrics(), profiles });
}
beforeAll(() => build(registry));
afterAll(() => app.close());

const node = (id: number, text: string, regex = text) => ({ id, text, regex });
const profile = (more: object = {}) => ({
  format: 'disprotrack-lms-cfg',
  version: 2,
  program: '/usr/sbin/server',
  buildId: 'aabbccddeeff00112233',
  nodes: [node(0, 'started'), node(1, 'ended')],
  edges: [[0, 1]],
  ...more,
});

function send(body: unknown, headers: Record<string, string> = {}, token = 'profiles') {
  return app.inject({
    method: 'POST',
    url: '/v1/profiles',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

test('a profile is kept by its build id, once', async () => {
  const answer = { id: 'aabbccddeeff00112233', program: '/usr/sbin/server', nodes: 2 };
  const first = await send(profile());
  expect([first.statusCode, first.json()]).toEqual([201, answer]);
  const again = await send(gzipSync(JSON.stringify(profile())), { 'content-encoding': 'gzip' });
  expect([again.statusCode, again.json()]).toEqual([200, answer]);
  expect(readdirSync(registry)).toEqual(['aabbccddeeff00112233.json']);
  expect(JSON.parse(readFileSync(join(registry, 'aabbccddeeff00112233.json'), 'utf8'))).toMatchObject(
    profile(),
  );
  const other = await send(profile({ nodes: [node(0, 'started anew')], edges: [] }));
  expect(other.statusCode).toBe(201);
  expect(readFileSync(join(registry, 'aabbccddeeff00112233.json'), 'utf8')).toContain('started anew');
});

test.each([
  ['another format', { format: 'x' }, '/body/format'],
  ['a node out of its place', { nodes: [node(3, 'a')] }, '/body/nodes/0/id'],
  ['an edge to nowhere', { edges: [[0, 9]] }, '/body/edges/0'],
  ['a regex that is none', { nodes: [node(0, 'a', '(')], edges: [] }, '/body/nodes/0/regex'],
  ['a regex that nobody would run', { nodes: [node(0, 'a', '(a)\\1')], edges: [] }, '/body/nodes/0/regex'],
  ['a build id that names another file', { buildId: '../../etc/passwd' }, '/body/buildId'],
  ['no build id', { buildId: undefined }, '/body/buildId'],
  ['a member that nobody knows', { more: 1 }, '/body/'],
])('422 with the place: %s', async (_name, more, path) => {
  const before = readdirSync(folder, { recursive: true });
  const answer = await send(profile(more));
  expect([answer.statusCode, answer.json().problems[0].path]).toEqual([422, path]);
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
});

test('other refusals: no JSON, another scope, no token, too much, no registry', async () => {
  expect((await send('{')).statusCode).toBe(400);
  expect((await send(Buffer.from('x'), { 'content-encoding': 'gzip' })).statusCode).toBe(400);
  expect((await send(profile(), { 'content-encoding': 'br' })).statusCode).toBe(422);
  expect((await send(profile(), { 'content-type': 'text/plain' })).statusCode).toBe(415);
  expect((await send(profile(), {}, 'agent')).statusCode).toBe(403);
  expect((await send(profile(), {}, 'nobody')).statusCode).toBe(401);
  const full = join(folder, 'full');
  await build(full);
  expect((await send(profile())).statusCode).toBe(201);
  for (let i = 1; i < registry_files_max; i++) writeFileSync(join(full, `${i}.json`), '');
  expect((await send(profile({ buildId: 'ffffffffff' }))).statusCode).toBe(507);
  expect((await send(profile())).statusCode).toBe(200);
  await build(undefined);
  expect((await send(profile())).statusCode).toBe(404);
  await build(registry);
});
