/** A connection through a port that the kernel translates, on this machine's own kernel: the client is the cause. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPackages } from './analyser/tool/install.ts';
import { buildCapture, skipped } from './capture/capture-build.ts';
import { recordRun, why } from './capture/recorded-run.ts';

const connection = fileURLToPath(new URL('../fixture/translated-address.sh', import.meta.url));
const packages = ['iproute2', 'iptables', 'python3'];
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-translated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  if (skipped !== '') return;
  buildCapture();
  await installPackages(packages);
}, 300_000);

test.skipIf(skipped !== '').each([
  ['published', [], 'by the client’s alone'],
  ['masqueraded', ['10.99.0.77'], 'by the client’s port and the time alone'],
])(
  `what came through a %s port came from who asked there${skipped}`,
  (name, mask, joined) => {
    const out = join(folder, name);
    const words = ['bash', connection, `dpt${process.pid}`, out, ...mask];
    const { rootCauses, completeness } = why(recordRun(folder, `${name}-port`, words), out);
    const client = mask.length === 0 ? /^10\.99\.0\.1:\d+ → / : /^10\.99\.0\.(1|77):\d+ → /;
    expect(rootCauses[0]!.vertex.label).toMatch(client);
    expect(rootCauses[0]!.vertex.label).toMatch(/ → (10\.99\.0\.2:80|172\.31\.0\.2:8080)$/);
    expect(rootCauses[0]!.why).toContain('a program that no request started');
    const mark = completeness.marks.find(({ kind }) => kind === 'translated-address');
    expect(mark?.detail).toContain(joined);
  },
  120_000,
);
