/** The helper's command line: what it refuses, what it knows of this machine, and how it ends. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildCapture, helper, output, skipped } from './capture-build.ts';
import { CaptureRun, kinds } from './capture-run.ts';
import { makeCgroup } from './test-cgroup.ts';

interface Probe {
  readonly sources: Record<string, { ok: boolean; code?: string; hint?: string }>;
  readonly kernel: string;
}

describe.skipIf(skipped !== '')(`the helper${skipped}`, () => {
  beforeAll(buildCapture, 600_000);

  test.each([
    [['nothing'], 'usage:'],
    [['ebpf', '--prefix', 'var/log'], 'an absolute path'],
    [['ebpf', '--cgroup', '/nowhere'], 'neither a cgroup'],
    [['ebpf', '--ring-bytes', '5000'], 'not a number that is possible'],
    [['ebpf', '--ignore-tgid', 'x'], 'not a pid'],
    [['ebpf', 'more'], 'not expected'],
    [['ebpf', '--unknown'], '--help'],
  ])('refuses %j', (args, complaint) => {
    const { status, stdout, stderr } = spawnSync(helper, args, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(complaint);
  });

  test('says which syscall it does not know, with nothing attached', () => {
    const { status, stderr } = spawnSync(helper, ['ebpf', '--no-syscalls', 'read,nonsense'], {
      encoding: 'utf8',
    });
    expect(status).toBe(3);
    expect(stderr).toContain('nonsense is not among the recorded syscalls');
  });

  test('probes this machine, and says why an unprivileged user can do nothing', () => {
    const probe = JSON.parse(output(helper, 'probe')) as Probe;
    expect(Object.keys(probe.sources)).toEqual(['ebpf', 'audit', 'kernel-module']);
    expect(probe.sources.ebpf).toMatchObject({ ok: true });
    expect(probe.kernel).toBe(readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim());
    const nobody = [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      '--bounding-set=-all',
      helper,
      'probe',
    ];
    const refused = JSON.parse(output('setpriv', ...nobody)) as Probe;
    expect(refused.sources.ebpf).toMatchObject({ ok: false, code: 'not-permitted' });
    expect(refused.sources.audit).toMatchObject({ ok: false, code: 'not-permitted' });
  });

  test('begins with the processes and descriptors that are there, under the identity that records have', async () => {
    const capture = await CaptureRun.start('ebpf');
    const records = await capture.stop();
    const own = records.find(({ kind, tgid }) => kind === kinds.process && tgid === process.pid);
    expect(own?.exe).toBe(process.execPath);
    expect(own?.argv).toContain('\0');
    const descriptors = records.filter(({ kind, tgid }) => kind === kinds.descriptor && tgid === process.pid);
    expect(descriptors.map(({ args }) => Number(args[0]))).toContain(0);
    // This process made syscalls meanwhile: it listens to the helper.
    const later = records.filter(({ kind, tgid }) => kind === kinds.syscall && tgid === process.pid);
    expect(later.length).toBeGreaterThan(0);
    const identity = (record: (typeof records)[number]) => {
      const { startNs, ppid, uid, namespaceTgid, pidNamespace, mountNamespace, cgroupV1, cgroupV2 } = record;
      return { startNs, ppid, uid, namespaceTgid, pidNamespace, mountNamespace, cgroupV1, cgroupV2 };
    };
    for (const record of later) expect(identity(record)).toEqual(identity(own!));
  });

  test('of cgroups alone it begins with what is in them and below, and with nothing else', async () => {
    const cgroup = makeCgroup('helper');
    const below = join(cgroup.path, 'below');
    mkdirSync(below);
    const inside = [cgroup.path, below].map((folder) => {
      const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
      writeFileSync(join(folder, 'cgroup.procs'), String(sleeper.pid));
      return sleeper;
    });
    const capture = await CaptureRun.start('ebpf', '--cgroup', cgroup.path, '--only-cgroups');
    const records = await capture.stop();
    const there = records.filter(({ kind }) => kind === kinds.process || kind === kinds.descriptor);
    expect(new Set(there.map(({ tgid }) => tgid))).toEqual(new Set(inside.map(({ pid }) => pid)));
    for (const sleeper of inside) {
      sleeper.kill('SIGKILL');
      await once(sleeper, 'exit');
    }
    await expect.poll(() => attempt(() => rmdirSync(below))).toBe('');
    await expect.poll(() => attempt(() => cgroup.remove())).toBe('');
  });

  test('records nothing of itself, nor of whom it is told to ignore', async () => {
    const capture = await CaptureRun.start('ebpf', '--no-snapshot', '--ignore-tgid', String(process.pid));
    const records = await capture.stop();
    const helperPid = capture.pid;
    expect(records.filter(({ tgid }) => tgid === helperPid || tgid === process.pid)).toEqual([]);
  });

  test('ends at once when it is told again, though nobody takes what it has', async () => {
    const child = spawn(helper, ['ebpf'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    // The snapshot is more than a pipe holds.
    await expect
      .poll(() => readFileSync(`/proc/${child.pid}/wchan`, 'utf8'), { timeout: 20_000 })
      .toMatch(/pipe|sock/);
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(child.exitCode).toBe(null);
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(1);
    child.stdout.destroy();
  });

  test('ends when nobody reads any more', () => {
    const shell = `${helper} ebpf --no-snapshot --duration 60 | head -c 1000 >/dev/null; exit "\${PIPESTATUS[0]}"`;
    const began = Date.now();
    expect(spawnSync('bash', ['-c', shell]).status).toBe(0);
    expect(Date.now() - began).toBeLessThan(30_000);
  });
});

/** Empty where it could be done: an ended process can hold its cgroup for a moment. */
function attempt(work: () => void): string {
  try {
    work();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
