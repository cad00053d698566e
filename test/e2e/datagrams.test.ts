/** Datagrams from one network namespace to another, on this machine's own kernel: each way is one vertex of both sides. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPackages } from './analyser/tool/install.ts';
import { buildCapture, skipped } from './capture/capture-build.ts';
import { recordRun, why } from './capture/recorded-run.ts';

const datagrams = fileURLToPath(new URL('../fixture/datagrams.sh', import.meta.url));
const packages = ['iproute2', 'iptables', 'python3'];
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-datagrams-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  if (skipped !== '') return;
  buildCapture();
  await installPackages(packages);
}, 300_000);

test.skipIf(skipped !== '').each([
  ['as it is', '10.98.0.1', []],
  ['masqueraded', '10.98.0.77', ['10.98.0.77']],
])(
  `who sent it, seen %s, is the cause of what a server made of it, and the server of what was answered${skipped}`,
  (name, address, mask) => {
    const out = join(folder, name);
    const words = ['bash', datagrams, `dpg${process.pid}`, out, ...mask];
    const recording = recordRun(folder, `datagrams-${mask.length}`, words);
    expect(readFileSync(`${out}.answer`, 'utf8')).toBe('answer to firstanswer to last');
    const taken = why(recording, out);
    const clients = taken.rootCauses.filter(({ entry }) => entry === 'localClient');
    expect(clients).toHaveLength(2);
    for (const { vertex, why: text } of clients) {
      expect(vertex.label).toMatch(/^10\.98\.0\.\d+:\d+ → 10\.98\.0\.2:5300$/);
      expect(vertex.label).toContain(`${address}:`);
      expect(text).toContain('/usr/bin/python3 -c');
    }
    const answered = why(recording, `${out}.answer`);
    const labels = answered.graph.vertices.map(({ label }) => label);
    expect(labels.filter((label) => /^10\.98\.0\.2:5300 → 10\.98\.0\.\d+:\d+$/.test(label))).toHaveLength(2);
    for (const { entry } of [...taken.rootCauses, ...answered.rootCauses]) expect(entry).not.toBe('server');
  },
  120_000,
);
