/** The kernel's audit as a source: its lines come whole, and everything is put back. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../analyser/tool/command.ts';
import { installPackages } from '../analyser/tool/install.ts';
import { buildCapture, output, recordedSyscalls, skipped } from './capture-build.ts';
import { CaptureRun, flags, kinds, losses } from './capture-run.ts';
import type { CapturedRecord } from './captured-record.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-audit-')));
/** What a helper that is killed can't put back. */
let settings: readonly string[] = [];
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (settings.length > 0) execFileSync('auditctl', settings, { stdio: 'ignore' });
});

const writes = 20_000;

/** Its own pid is what it prints. */
const script = `import os, sys
with open(sys.argv[1], "w") as file:
    file.write("hello")
os.rename(sys.argv[1], sys.argv[1] + ".moved")
print(os.getpid())`;

/** Of few syscalls: audit watches the whole machine, and a listener beside its owner can lose when that is busy. */
function startAudit(...syscalls: readonly string[]): Promise<CaptureRun> {
  const wanted = new Set(syscalls.length > 0 ? syscalls : ['openat', 'rename', 'renameat2']);
  const unwanted = [...recordedSyscalls().keys()].filter((name) => !wanted.has(name));
  return CaptureRun.start('audit', '--no-snapshot', '--no-syscalls', unwanted.join(','));
}

function linesOf(records: readonly CapturedRecord[]): string[] {
  const lines: string[] = [];
  let begun = '';
  for (const { payload, flags: flag } of records.filter((record) => record.kind === kinds.auditLine)) {
    begun += payload;
    if ((flag & flags.continues) !== 0) continue;
    lines.push(begun);
    begun = '';
  }
  return lines;
}

const stamp = /^type=(\w+) msg=audit\(\d+\.\d{3}:(\d+)\)/;

/** Numbers of events between the first and the last that no line has: the kernel leaves none out. */
function missingEvents(lines: readonly string[]): number {
  const serials = lines.flatMap((line) => stamp.exec(line)?.[2] ?? []).map(Number);
  const [first, last] = serials.reduce(([a, b], n) => [Math.min(a, n), Math.max(b, n)], [2 ** 53, 0]);
  return last! - first! + 1 - new Set(serials).size;
}

/** Makes so many writes, with nobody else's name. */
async function writeLines(count: number): Promise<void> {
  const loop = join(folder, 'audited-loop');
  const source = fileURLToPath(new URL('./write-loop.c', import.meta.url));
  await run('no loop', 'gcc', ['-O2', '-o', loop, source]);
  await run('no writes', loop, [String(count), '100', join(folder, 'lines')]);
}

const writesIn = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith('type=SYSCALL') && line.includes('comm="audited-loop"')).length;

const rules = () => execFileSync('auditctl', ['-l'], { encoding: 'utf8' }).split('\n');
const ownRules = (pid: number) => rules().filter((rule) => rule.includes(`disprotrack-capture-${pid}`));
const status = () => output('auditctl', '-s').replace(/^(lost|backlog|backlog_wait_time_actual) .*$/gm, '');

function expectTold(lines: readonly string[], pid: string, file: string): void {
  const serials = lines.flatMap((line) => {
    const match = /^type=SYSCALL msg=audit\(\d+\.\d{3}:(\d+)\): .* pid=(\d+) /.exec(line);
    return match?.[2] === pid ? [match[1]!] : [];
  });
  expect(serials.length).toBeGreaterThan(2);
  const of = new Set(serials);
  const paths = lines.filter((line) => line.startsWith('type=PATH') && of.has(/:(\d+)\)/.exec(line)![1]!));
  expect(paths.some((line) => line.includes(`name="${file}" `) && line.includes('nametype=CREATE'))).toBe(
    true,
  );
  expect(paths.some((line) => line.includes(`name="${file}.moved"`))).toBe(true);
}

describe.skipIf(skipped !== '')(`audit${skipped}`, () => {
  beforeAll(async () => {
    buildCapture();
    await installPackages(['auditd']);
    const value = (name: string) => new RegExp(`^${name} (\\d+)`, 'm').exec(status())![1]!;
    settings = ['-e', value('enabled'), '-b', value('backlog_limit')];
  }, 600_000);

  test('gives the lines of what a process did, and leaves rules and settings as they were', async () => {
    const before = status();
    const file = join(folder, 'a');
    const capture = await startAudit();
    const { pid: helper } = capture;
    expect(ownRules(helper).length).toBeGreaterThan(0);
    const pid = (await run('no script', 'python3', ['-c', script, file])).trim();
    const records = await capture.stop();
    expectTold(linesOf(records), pid, file);
    expect(losses(records)).toEqual({ missing: 0, counted: 0 });
    expect(ownRules(helper)).toEqual([]);
    expect(status()).toBe(before);
  });

  test('listens beside whoever owns audit', async () => {
    const file = join(folder, 'b');
    const owner = await startAudit();
    const beside = await startAudit();
    const pid = (await run('no script', 'python3', ['-c', script, file])).trim();
    expectTold(linesOf(await beside.stop()), pid, file);
    expect(ownRules(owner.pid).length).toBeGreaterThan(0);
    expectTold(linesOf(await owner.stop()), pid, file);
  });

  test('a reader that rests for seconds loses nothing', async () => {
    const capture = await startAudit('write');
    capture.pause();
    await writeLines(writes);
    await sleep(2_000);
    capture.resume();
    const records = await capture.stop();
    const lines = linesOf(records);
    expect(losses(records)).toEqual({ missing: 0, counted: 0 });
    expect(missingEvents(lines)).toBe(0);
    expect(writesIn(lines)).toBe(writes);
  }, 60_000);

  test('what the kernel throws away is counted, though it does not count it', async () => {
    const capture = await startAudit('write');
    process.kill(capture.pid, 'SIGSTOP');
    await writeLines(8 * writes);
    process.kill(capture.pid, 'SIGCONT');
    const records = await capture.stop();
    const missing = missingEvents(linesOf(records));
    const { missing: holes, counted } = losses(records);
    expect(missing).toBeGreaterThan(0);
    expect(holes).toBe(counted);
    expect(counted).toBeGreaterThanOrEqual(missing);
  }, 60_000);

  test('removes what a helper that was killed left behind', async () => {
    const killed = await startAudit();
    await killed.stop('SIGKILL').catch(() => []);
    expect(ownRules(killed.pid).length).toBeGreaterThan(0);
    await (await startAudit()).stop();
    expect(ownRules(killed.pid)).toEqual([]);
  });
});
