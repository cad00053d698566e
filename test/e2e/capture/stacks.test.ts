/**
 * The walk of stacks in the kernel: a program says with each line who called for it, and the records say the same. Of
 * what else is on the stack, nothing leaves the kernel.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installTools } from '../analyser/tool/install.ts';
import { buildCapture, output, skipped } from './capture-build.ts';
import { CaptureRun, kinds, losses } from './capture-run.ts';
import { callers, compileWriter, ends, stamped } from './stack-writer.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-stacks-')));
const logs = join(folder, 'logs');
const program = join(folder, 'stack-writer');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As little-endian bytes: `PATTERN` of the program. */
const pattern = Buffer.from('15a1db0d1eaba15c', 'hex');

async function run(path: string, ...words: string[]): Promise<number> {
  const child = spawn(path, words, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  return child.pid!;
}

const variants = [
  { name: 'fast', variant: [] },
  { name: 'portable', variant: ['--portable'] },
];

describe.skipIf(skipped !== '').each(variants)(`stacks, $name programs${skipped}`, ({ name, variant }) => {
  const log = join(logs, name);
  const capture = () => CaptureRun.start('ebpf', '--no-snapshot', '--stacks', '--prefix', logs, ...variant);

  beforeAll(async () => {
    buildCapture();
    await installTools('gcc', 'strip');
    mkdirSync(logs, { recursive: true });
    compileWriter(program);
  }, 600_000);

  test('say who called for each line, down to the thread’s first function', async () => {
    const running = await capture();
    const tgid = await run(program, log, '10');
    const records = await running.stop();
    const lines = stamped(records, tgid);
    expect(lines.length).toBe(80);
    expect(losses(records)).toEqual({ missing: 0, counted: 0 });
    const known = lines.filter(({ end }) => end !== ends.pending);
    // Rows of a program that nobody has run yet are made when it begins, which takes its time on a busy machine.
    expect(known.length).toBeGreaterThanOrEqual(64);
    for (const { line, end, stack } of known) {
      const named = callers(stack!, records, program);
      const wanted = line.split(' ');
      expect({ line, named: named.slice(0, wanted.length) }).toEqual({ line, named: wanted });
      expect({ line, end }).toEqual({ line, end: line === 'say deep' ? ends.full : ends.end });
      if (line === 'say deep') expect(stack!.frames.length).toBe(32);
    }
  });

  test('of a program that has run before from its first line on', async () => {
    const running = await capture();
    await run(program, log, '3');
    const tgid = await run(program, log, '1');
    const lines = stamped(await running.stop(), tgid);
    expect(lines.map(({ end }) => end)).toEqual([1, 1, 1, 1, 1, 2, 1, 1]);
  });

  test('and nothing else of what is on the stack', async () => {
    const running = await capture();
    const tgid = await run(program, log, '10');
    const records = await running.stop();
    expect(running.output.indexOf('say large main')).toBeGreaterThan(0);
    expect(running.output.indexOf(pattern)).toBe(-1);
    const stacks = records.filter(({ kind, tgid: of }) => kind === kinds.stack && of === tgid);
    const objects = new Set(
      records.filter(({ kind }) => kind === kinds.object).map(({ args }) => Number(args[0])),
    );
    expect(stacks.length).toBe(80);
    for (const { frames, args, object } of stacks) {
      expect(frames.filter((frame) => !objects.has(frame.object))).toEqual([]);
      expect(args.every((arg) => arg === 0n) && object.inode === 0).toBe(true);
    }
  });

  test('not of code that says nothing of its callers, which is said', async () => {
    const silent = join(folder, `silent-${name}`);
    copyFileSync(program, silent);
    output('strip', '--remove-section=.eh_frame', '--remove-section=.eh_frame_hdr', silent);
    const running = await capture();
    await run(silent, log, '3');
    const tgid = await run(silent, log, '1');
    const lines = stamped(await running.stop(), tgid);
    expect(new Set(lines.map(({ end }) => end))).toEqual(new Set([ends.noTable]));
    expect(lines.every(({ stack }) => stack!.frames.length >= 1)).toBe(true);
  });

  test('of a build by its id', async () => {
    const running = await capture();
    await run(program, log, '3');
    const records = await running.stop();
    const id = /Build ID: ([0-9a-f]+)/.exec(output('readelf', '-n', program))![1]!;
    expect(records.find(({ kind, path }) => kind === kinds.object && path === program)?.payload).toBe(id);
  });

  test('only where they are asked for', async () => {
    const running = await CaptureRun.start('ebpf', '--no-snapshot', '--prefix', logs, ...variant);
    await run(program, log, '1');
    expect(
      (await running.stop()).filter(({ kind }) => kind === kinds.stack || kind === kinds.object),
    ).toEqual([]);
  });
});
