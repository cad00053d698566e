/** The kernel's audit as a source: its lines come whole, and everything is put back. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../analyser/tool/command.ts';
import { installPackages, isInstalled } from '../analyser/tool/install.ts';
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

/** Its own pid is what it prints. */
const script = `import os, sys
with open(sys.argv[1], "w") as file:
    file.write("hello")
os.rename(sys.argv[1], sys.argv[1] + ".moved")
print(os.getpid())`;

/** Of few syscalls: audit watches the whole machine, and a listener beside its owner can lose when that is busy. */
function startAudit(): Promise<CaptureRun> {
  const wanted = new Set(['openat', 'rename', 'renameat2']);
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
    if (!(await isInstalled('auditd'))) await installPackages(['auditd']);
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

  test('removes what a helper that was killed left behind', async () => {
    const killed = await startAudit();
    await killed.stop('SIGKILL').catch(() => []);
    expect(ownRules(killed.pid).length).toBeGreaterThan(0);
    await (await startAudit()).stop();
    expect(ownRules(killed.pid)).toEqual([]);
  });
});
