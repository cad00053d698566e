/** The query service as a process of its own: what it says at start, how it answers, how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../services/store/open-store.ts';
import { EventScript, open } from '../fixture/event-script.ts';
import { FoldedGraph, foldInto } from '../fixture/folded-graph.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-query-'));
const server = fileURLToPath(new URL('../../services/query/server.ts', import.meta.url));

beforeAll(async () => {
  const graph = foldInto(new FoldedGraph(), new EventScript().call(10, 'openat', open('/in', 3)).inputs);
  const store = await openStore(join(folder, 'store'), { mode: 'write' });
  await store.apply({
    vertices: [...graph.vertices.values()],
    edges: [...graph.edges.values()],
    uses: [],
    lines: [],
    gaps: [],
    state: new Map(),
    positions: new Map(),
  });
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('listens on the loopback, answers, and ends in order on SIGTERM', async () => {
  const child = start(['--store', join(folder, 'store'), '--insecure', '--port', '0']);
  const url = await listening(child);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const health = await (await fetch(`${url}/healthz`)).json();
  expect(health).toMatchObject({ status: 'ok', vertices: 2 });
  child.kill('SIGTERM');
  expect(await ended(child)).toMatchObject({ code: 0 });
});

test.each([
  ['no store named', [], 2, 'DISPROTRACK_STORE must be set'],
  ['a wrong port', ['--store', folder, '--port', 'x'], 2, 'DISPROTRACK_QUERY_PORT=x'],
  ['an unknown option', ['--colour'], 2, "Unknown option '--colour'"],
  ['a store that is not there', ['--store', join(folder, 'none')], 3, 'there is no store at'],
])('%s: one sentence and an exit code', async (_name, args, code, said) => {
  const end = await ended(start(args));
  expect(end.code).toBe(code);
  expect(end.said).toContain(said);
  expect(end.said).not.toMatch(/^\s+at /m);
});

function start(args: readonly string[]): ChildProcess {
  const { DISPROTRACK_STORE: _, ...env } = process.env;
  return spawn(process.execPath, [server, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (chunk) => {
      said += chunk;
      const url = /http:\/\/[\d.:]+/.exec(said);
      if (url !== null) resolve(url[0]);
    });
    child.on('exit', () => reject(new Error(`ended before it listened: ${said}`)));
  });
}

function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    let said = '';
    child.stderr!.on('data', (chunk) => {
      said += chunk;
    });
    child.on('close', (code) => resolve({ code, said }));
  });
}
