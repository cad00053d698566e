/** A site with LAUREL and no agent of ours: its log of the recorded theft gives the graph of the audit log, and its answer. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-laurel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = fileURLToPath(new URL('../../', import.meta.url));
const recorded = (name: string): string => join(root, 'test', 'corpus', 'lamp', 'recordings', 'E3', name);
const laurel = join(root, 'test', 'corpus', 'sensor', 'laurel-E3.jsonl.zst');

function run(...args: string[]): string {
  return execFileSync(process.execPath, [join(root, 'services', 'cli', 'main.ts'), ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function graph(name: string, ...source: string[]): string {
  const store = join(folder, name);
  const logs = ['--container', 'web', '--log', recorded('apache-access.log.gz')];
  run(
    'import',
    '--store',
    store,
    '--host',
    'vm',
    '--identity',
    recorded('identity.jsonl'),
    ...source,
    ...logs,
  );
  return run('export', '--store', store, '--format', 'json');
}

test('vertex by vertex and edge by edge', { timeout: 60_000 }, () => {
  const audit = graph('audit', '--audit', recorded('audit.log.gz'));
  const sensor = graph('laurel', '--sensor', laurel);
  expect(audit.length).toBeGreaterThan(100_000);
  expect(sensor).toBe(audit);
  expect(run('why', '--store', join(folder, 'laurel'), '203.0.113.66:4444')).toMatch(
    /^ +1 .* client 198\.51\.100\.25:37967 /m,
  );
});
