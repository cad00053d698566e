/** From nothing to an answer: a command is recorded on this machine's own kernel, and the recording is asked. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WhyAnswer } from '../../services/contract/why.ts';
import { freePort } from '../fixture/free-port.ts';
import { buildCapture, skipped } from './capture/capture-build.ts';
import { makeCgroup } from './capture/test-cgroup.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const theft = fileURLToPath(new URL('../fixture/theft.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-record-why-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  if (skipped === '') buildCapture();
}, 300_000);

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 });
  return { status, stdout, stderr };
}

function why(file: string, symptom: string): WhyAnswer {
  const { status, stdout, stderr } = run('why', '--recording', file, '--json', symptom);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as WhyAnswer;
}

function labelsOf({ graph }: WhyAnswer): string[] {
  return graph.vertices.map(({ label }) => label);
}

test.skipIf(skipped !== '').each(['ebpf', 'audit'])(
  `the loot came from the secret, over the socket: %s${skipped}`,
  async (source) => {
    const place = join(folder, source);
    mkdirSync(join(place, 'log'), { recursive: true });
    writeFileSync(join(place, 'secret'), 'the secret of this test\n');
    const file = join(folder, `${source}.dpt`);
    const logs = ['--prefix', join(place, 'log')];
    // Audit does not say which port the kernel chose.
    const port = await freePort();
    // Of the calls of everything else on this machine there may be more than rings hold.
    const cgroup = makeCgroup(`record-${source}`);
    const only = source === 'ebpf' ? ['--container', cgroup.path, '--only'] : [];
    const inside = ['sh', '-c', `echo $$ > ${cgroup.path}/cgroup.procs; exec "$@"`, 'sh'];
    const words = ['python3', theft, place, String(port)];
    const options = ['--source', source, '--out', file, ...logs, ...only];
    const recorded = run('record', ...options, '--', ...inside, ...words);
    cgroup.remove();
    expect(recorded.status, recorded.stderr).toBe(0);
    const labels = labelsOf(why(file, join(place, 'loot')));
    expect(labels).toContain(join(place, 'secret'));
    expect(labels.some((label) => label.includes('theft.py'))).toBe(true);
    if (source === 'audit') {
      expect(recorded.stderr).toMatch(/^audit sees no log lines \(/m);
      return;
    }
    // What only the kernel sees: log lines at their writes, and both ends of the connection as one.
    expect(recorded.stderr).toMatch(/^[\d,]+ records \(.*, [1-9]\d* log writes, none lost/m);
    expect(labels.some((label) => /^127\.0\.0\.1:\d+ → 127\.0\.0\.1:\d+$/.test(label))).toBe(true);
    expect(labelsOf(why(file, 'received loot number 17'))).toContain(join(place, 'secret'));
    const imported = run('import', '--store', join(folder, 'store'), '--recording', file);
    expect(imported.status, imported.stderr).toBe(0);
    expect(imported.stdout).toMatch(/records in [\d,]+ events, [1-9]\d* log lines/);
    const again = run('import', '--store', join(folder, 'store'), '--recording', file);
    expect(again.stdout.match(/\d[\d,]* vertices.*/)![0]).toBe(
      imported.stdout.match(/\d[\d,]* vertices.*/)![0],
    );
  },
  120_000,
);
