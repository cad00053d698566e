/** Tenants of one server: what one sends is in its own graph alone, and no token opens another's. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../../../test/fixture/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-tenants-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = join(folder, 'store');
const file = join(folder, 'tokens.json');

async function token(name: string, scope: string, tenant?: string): Promise<string> {
  const of = tenant === undefined ? [] : ['--tenant', tenant];
  const host = scope === 'agent' ? ['--host', 'node1'] : [];
  const { out } = await runCommand([
    'token',
    '--file',
    file,
    '--name',
    name,
    '--scope',
    scope,
    ...of,
    ...host,
  ]);
  return out.trim();
}

/** More of them than audit's reader holds back. */
const calls_count = 400;

function calls(path: string): string {
  const lines = Array.from({ length: calls_count }, (_, i) => {
    const stamp = `msg=audit(1795757023.417:${100 + i})`;
    return (
      `type=SYSCALL ${stamp}: arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=0 a2=0 a3=0 items=1 ppid=1 pid=40 auid=0 uid=0 ses=1 comm="cat" exe="/usr/bin/cat" key=(null)\n` +
      `type=PATH ${stamp}: item=0 name="${path}${i}" inode=${77 + i} dev=08:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL\n`
    );
  });
  return lines.join('');
}

const headers = {
  'content-type': 'text/vnd.disprotrack.audit',
  'x-disprotrack-host': 'node1',
  'x-disprotrack-boot': 'b',
  'x-disprotrack-source': 'audit',
  'x-disprotrack-first': '0',
  'x-disprotrack-last': String(2 * calls_count - 1),
};

test('a token opens the graph of its tenant, for its scope alone', async () => {
  const agents = { a: await token('agent-a', 'agent', 'a'), b: await token('agent-b', 'agent', 'b') };
  const asks = { a: await token('ask-a', 'query', 'a'), b: await token('ask-b', 'query', 'b') };
  const ops = { a: await token('ops-a', 'operator', 'a'), none: await token('ops', 'operator') };
  const askNone = await token('ask', 'query');
  const argv = ['serve', '--store', store, '--tokens', file, '--port', '0', '--ingest-port', '0'];
  const { code } = await runCommand(argv, (out) => {
    const [query, ingest] = out.match(/http:\/\/[\d.:]+/g) ?? [];
    return query === undefined || ingest === undefined ? undefined : look(query, ingest);
  });
  expect(code).toBe(0);
  expect(readdirSync(join(store, 'tenants')).sort()).toEqual(['a', 'b']);

  async function look(query: string, ingest: string): Promise<void> {
    const send = async (by: string, path: string, more: Record<string, string> = {}) => {
      const authorization = `Bearer ${by}`;
      const all = { ...headers, ...more, authorization };
      return (await fetch(`${ingest}/v1/batches`, { method: 'POST', body: calls(path), headers: all }))
        .status;
    };
    const ask = async (by: string | undefined, symptom: string) => {
      const asked = {
        'content-type': 'application/json',
        ...(by === undefined ? {} : { authorization: `Bearer ${by}` }),
      };
      const body = JSON.stringify({ symptom });
      const response = await fetch(`${query}/v1/root-causes`, { method: 'POST', headers: asked, body });
      return { status: response.status, text: await response.text() };
    };
    expect(await send(agents.a, '/of-a')).toBe(202);
    expect(await send(agents.b, '/of-b')).toBe(202);
    const graph = async (by: string): Promise<string> =>
      (await fetch(`${query}/v1/export`, { headers: { authorization: `Bearer ${by}` } })).text();
    await expect.poll(() => graph(asks.a), { timeout: 10_000 }).toContain('"/of-a1"');
    await expect.poll(() => graph(asks.b), { timeout: 10_000 }).toContain('"/of-b1"');
    // The same host, boot, source and inodes in both, and nothing of one in the other.
    expect(await graph(asks.a)).not.toContain('of-b');
    expect(await graph(asks.b)).not.toContain('of-a');
    expect(await graph(askNone)).not.toContain('/of-');
    expect((await ask(asks.a, '/of-a1')).text).not.toContain('"rootCauses":[]');
    expect((await ask(asks.a, '/of-b1')).text).toContain('"rootCauses":[]');

    expect((await ask(undefined, '/of-a')).status).toBe(401);
    expect((await ask('dpt_nobody', '/of-a')).status).toBe(401);
    for (const other of [agents.a, ops.a]) expect((await ask(other, '/of-a')).status).toBe(403);
    // A header does not choose what a token does not open.
    expect(await send(agents.a, '/of-a', { 'x-disprotrack-tenant': 'b' })).toBe(403);
    expect(await send(asks.a, '/of-a')).toBe(403);
    const get = async (by: string, path: string) => {
      const response = await fetch(`${ingest}${path}`, { headers: { authorization: `Bearer ${by}` } });
      return { status: response.status, text: await response.text() };
    };
    expect((await get(agents.b, '/v1/streams/node1/b/audit')).text).toBe('{"next":"800"}');
    expect((await get(ops.none, '/metrics')).text).not.toContain('tenant=');
    const own = (await get(ops.a, '/metrics')).text;
    expect(own).toContain('disprotrack_ingest_batches_total{status="202",tenant="a"} 1');
    expect(own).not.toContain('tenant="b"');
    expect(await get(ops.a, '/v1/dead-letters')).toEqual({ status: 200, text: '{"deadLetters":[]}' });
    expect((await get(asks.a, '/v1/dead-letters')).status).toBe(403);
  }
});

test('a server that only answers is of one tenant, and of no other', async () => {
  const askB = await token('ask-b2', 'query', 'b');
  const ask = await token('ask2', 'query');
  const of = join(store, 'tenants', 'b');
  const argv = ['serve', '--query-only', '--store', of, '--tenant', 'b', '--tokens', file, '--port', '0'];
  const { code } = await runCommand(argv, (out) => {
    const [query] = out.match(/http:\/\/[\d.:]+/g) ?? [];
    return query === undefined ? undefined : look(query);
  });
  expect(code).toBe(0);

  async function look(query: string): Promise<void> {
    const status = async (by: string) =>
      (await fetch(`${query}/openapi.json`, { headers: { authorization: `Bearer ${by}` } })).status;
    expect([await status(askB), await status(ask)]).toEqual([200, 403]);
  }
});
