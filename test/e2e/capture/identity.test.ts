/** Two writers in pid namespaces of their own are told apart, by both their pids and by their cgroup's versions. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCapture, output, skipped } from './capture-build.ts';
import { CaptureRun, flags, kinds } from './capture-run.ts';
import { makeCgroup, type TestCgroup } from './test-cgroup.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-identity-')));
const program = join(folder, 'write-loop');
const cgroups: TestCgroup[] = [];
const pidsMount = '/sys/fs/cgroup/pids';
afterAll(() => {
  for (const cgroup of cgroups) cgroup.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes 1,000 lines as process 1 of a new pid namespace. */
async function write(cgroup: string, log: string): Promise<void> {
  const inside = `echo 0 > ${cgroup}/cgroup.procs; exec unshare --pid --fork --kill-child ${program} 1000 80 ${log}`;
  const child = spawn('bash', ['-c', inside], { stdio: 'ignore' });
  expect((await once(child, 'exit'))[0]).toBe(0);
}

describe.skipIf(skipped !== '')(`identity${skipped}`, () => {
  beforeAll(() => {
    buildCapture();
    output('gcc', '-O1', '-o', program, fileURLToPath(new URL('./write-loop.c', import.meta.url)));
    cgroups.push(makeCgroup('identity-a'), makeCgroup('identity-b'));
  }, 600_000);

  test('of two writers at once', async () => {
    const logs = cgroups.map((_, index) => join(folder, `${index}.log`));
    const capture = await CaptureRun.start('ebpf', '--no-snapshot', '--prefix', folder);
    await Promise.all(cgroups.map((cgroup, index) => write(cgroup.path, logs[index]!)));
    const records = await capture.stop();
    const writers = logs.map((log) =>
      records.filter((record) => record.path === log && (record.flags & flags.log) !== 0),
    );
    const host = Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0]);
    for (const [index, writes] of writers.entries()) {
      expect(writes.length).toBe(1000);
      const [first] = writes;
      expect(new Set(writes.map((write) => write.tgid)).size).toBe(1);
      expect(first).toMatchObject({ namespaceTgid: 1, cgroupV2: cgroups[index]!.id });
      expect(first!.tgid).toBeGreaterThan(1);
      expect(first!.pidNamespace).not.toBe(host);
      const fork = records.find((record) => record.kind === kinds.fork && record.childTgid === first!.tgid);
      expect(fork).toMatchObject({
        tgid: first!.ppid,
        childNamespaceTgid: 1,
        pidNamespace: host,
        result: first!.tgid,
      });
    }
    expect(writers[0]![0]!.pidNamespace).not.toBe(writers[1]![0]!.pidNamespace);
  });

  test('of a container that only version 1 knows', async ({ skip }) => {
    const path = join(pidsMount, `disprotrack-identity-${process.pid}`);
    try {
      mkdirSync(path);
    } catch {
      skip('this machine has no pids controller of version 1');
    }
    cgroups.push({ path, id: statSync(path).ino, remove: () => rmdirSync(path) });
    const log = join(folder, 'v1.log');
    const capture = await CaptureRun.start(
      'ebpf',
      '--no-snapshot',
      '--prefix',
      folder,
      '--only-cgroups',
      '--cgroup',
      path,
    );
    await write(path, log);
    await write(cgroups[0]!.path, join(folder, 'other.log'));
    const records = await capture.stop();
    const writes = records.filter((record) => record.path === log);
    expect(writes.length).toBeGreaterThanOrEqual(1000);
    expect(new Set(writes.map((write) => write.cgroupV1))).toEqual(new Set([statSync(path).ino]));
    expect(records.some((record) => record.path.endsWith('other.log'))).toBe(false);
  });
});
