/** A connection through a port that the kernel translates, on this machine's own kernel: the client is the cause. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WhyAnswer } from '../../services/contract/why.ts';
import { installPackages, isInstalled } from './analyser/tool/install.ts';
import { buildCapture, skipped } from './capture/capture-build.ts';
import { makeCgroup } from './capture/test-cgroup.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const connection = fileURLToPath(new URL('../fixture/translated-address.sh', import.meta.url));
const packages = ['iproute2', 'iptables', 'python3'];
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-translated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  if (skipped !== '') return;
  buildCapture();
  const there = await Promise.all(packages.map(isInstalled));
  if (there.includes(false)) await installPackages(packages);
}, 300_000);

function run(...args: string[]) {
  return spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 });
}

test.skipIf(skipped !== '')(
  `what came through a published port came from who asked there${skipped}`,
  () => {
    const out = join(folder, 'out');
    const recording = join(folder, 'run.dpt');
    const cgroup = makeCgroup('translated');
    const inside = ['sh', '-c', `echo $$ > ${cgroup.path}/cgroup.procs; exec "$@"`, 'sh'];
    const options = ['--source', 'ebpf', '--out', recording, '--container', cgroup.path, '--only'];
    const words = ['bash', connection, `dpt${process.pid}`, out];
    const recorded = run('record', ...options, '--', ...inside, ...words);
    cgroup.remove();
    expect(recorded.status, recorded.stderr).toBe(0);
    const asked = run('why', '--recording', recording, '--json', out);
    expect(asked.status, asked.stderr).toBe(0);
    const { rootCauses, completeness } = JSON.parse(asked.stdout) as WhyAnswer;
    expect(rootCauses[0]!.vertex.label).toMatch(/^10\.99\.0\.1:\d+ → (10\.99\.0\.2:80|172\.31\.0\.2:8080)$/);
    expect(rootCauses[0]!.why).toContain('a program that no request started');
    expect(completeness.marks.map(({ kind }) => kind)).toContain('translated-address');
  },
  120_000,
);
