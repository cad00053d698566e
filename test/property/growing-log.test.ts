import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { exportGraph } from '../../services/query/export/export-graph.ts';
import { wholeStore } from '../../services/query/export/graph-source.ts';
import { openStore } from '../../services/store/open-store.ts';
import { importFiles } from '../../services/worker/import-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-growing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recorded = new URL('../corpus/lamp/recordings/E1/audit.log.gz', import.meta.url);
const audit = gunzipSync(readFileSync(recorded)).subarray(0, 600_000);

async function graphOf(
  store: string,
  file: { kind: 'audit' | 'logs'; name: string; bytes: Uint8Array },
  growing: boolean,
): Promise<string> {
  const path = join(folder, file.name);
  writeFileSync(path, file.bytes);
  const opened = await openStore(join(folder, store), { mode: 'write' });
  const inputs = { audit: [], logs: [], identity: [], [file.kind]: [{ name: file.name, path }] };
  await importFiles({
    ...inputs,
    store: opened,
    host: 'h',
    profiles: [],
    growing,
    onProgress: () => {},
    onDiagnostic: () => {},
  });
  let text = '';
  for await (const piece of exportGraph(wholeStore(opened), 'json')) text += piece;
  await opened.close();
  return text;
}

test('an audit log that is imported while it grows, cut anywhere, gives the graph of the whole', async () => {
  const whole = await graphOf('whole', { kind: 'audit', name: 'audit.log', bytes: audit }, false);
  for (const cut of [0, 1, 90, 77_777, 200_001, 200_450, 411_111]) {
    await graphOf('grown', { kind: 'audit', name: 'audit.log', bytes: audit.subarray(0, cut) }, true);
  }
  const grown = await graphOf('grown', { kind: 'audit', name: 'audit.log', bytes: audit }, false);
  expect(grown).toBe(whole);
  expect(whole.length).toBeGreaterThan(20_000);
});

test('half a line, and half an entry, wait for the rest of them', async () => {
  const log = [
    '2026-11-24 22:00:00,123 ERROR app the first',
    'Traceback (most recent call last):',
    '  ValueError: no',
    '2026-11-24 22:00:01,123 INFO app the second',
    '',
  ].join('\n');
  const bytes = Buffer.from(log);
  const whole = await graphOf('log-whole', { kind: 'logs', name: 'app.log', bytes }, false);
  for (const cut of [20, 60, 85, 110, 125]) {
    await graphOf('log-grown', { kind: 'logs', name: 'app.log', bytes: bytes.subarray(0, cut) }, true);
  }
  expect(await graphOf('log-grown', { kind: 'logs', name: 'app.log', bytes }, false)).toBe(whole);
});

test('a compressed log is whole, whatever is said', async () => {
  const bytes = gzipSync('2026-11-24 22:00:00,123 INFO app only this');
  const growing = await graphOf('packed', { kind: 'logs', name: 'a.log.gz', bytes }, true);
  expect(growing).toContain('only this');
});
