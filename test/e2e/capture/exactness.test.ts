/** No record is lost without being counted, and none comes twice. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../analyser/tool/command.ts';
import { buildCapture, output, skipped } from './capture-build.ts';
import { CaptureRun, flags, kinds, losses } from './capture-run.ts';
import type { CapturedRecord } from './captured-record.ts';

const writes = 100_000;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-exact-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const writeLoop = join(folder, 'write-loop');

function writeLines(count: number, log: string): Promise<string> {
  return run('could not write', writeLoop, [String(count), '100', log]);
}

function writesTo(records: readonly CapturedRecord[], path: string): CapturedRecord[] {
  return records.filter((record) => (record.flags & flags.log) !== 0 && record.path === path);
}

describe.skipIf(skipped !== '')(`exactness${skipped}`, () => {
  beforeAll(() => {
    buildCapture();
    output('gcc', '-O1', '-o', writeLoop, fileURLToPath(new URL('./write-loop.c', import.meta.url)));
  }, 600_000);

  test(`${writes} writes are ${writes} records, in order, without a hole`, async () => {
    const log = join(folder, 'whole.log');
    // All of them fit, however late this process is to read on a busy machine.
    const ring = ['--ring-bytes', String(64 << 20)];
    const capture = await CaptureRun.start('ebpf', '--no-snapshot', '--prefix', folder, ...ring);
    await writeLines(writes, log);
    const records = await capture.stop();
    expect(losses(records)).toEqual({ missing: 0, counted: 0 });
    const own = writesTo(records, log);
    expect(own.length).toBe(writes);
    expect(own.map((record) => record.payload).join('')).toBe(readFileSync(log, 'utf8'));
    const kernel = records.filter((record) => record.kind < kinds.counters);
    const early = kernel.filter(
      (record, index) => index > 0 && record.monotonicNs < kernel[index - 1]!.monotonicNs,
    );
    expect(early.length).toBe(0);
  });

  test('what a full ring loses is the hole in the sequence, and counted', async () => {
    const log = join(folder, 'lossy.log');
    const capture = await CaptureRun.start(
      'ebpf',
      '--no-snapshot',
      '--prefix',
      folder,
      '--ring-bytes',
      '65536',
    );
    capture.pause();
    await writeLines(writes, log);
    capture.resume();
    const records = await capture.stop();
    const { missing, counted } = losses(records);
    expect(counted).toBeGreaterThan(writes / 2);
    expect(missing).toBe(counted);
    expect(writesTo(records, log).length).toBeLessThan(writes);
  });

  test('a helper that is killed leaves nothing behind, and the next one begins at once', async () => {
    const log = join(folder, 'again.log');
    const killed = await CaptureRun.start('ebpf', '--no-snapshot', '--prefix', folder);
    await killed.stop('SIGKILL').catch(() => []);
    const capture = await CaptureRun.start('ebpf', '--no-snapshot', '--prefix', folder);
    await writeLines(100, log);
    expect(writesTo(await capture.stop(), log).length).toBe(100);
  });
});
