import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildId, sampleElf } from '../../test/fixture/sample-elf.ts';
import { Unanalysable } from '../core/analysis-queue.ts';
import { Analyst } from './analyst.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-analyst-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const registry = join(folder, 'profiles');
const program = join(folder, 'server');
writeFileSync(program, sampleElf());

const notes: string[] = [];
const bounds = { time_s_max: 60, memory_mb_max: 1_024 };
const analyst = new Analyst({ registry, ...bounds, note: (text) => notes.push(text) });

function order(path: string, build?: string) {
  return analyst.analyse({ id: 'a', paths: [path], buildId: build, orderedAt: 0 });
}

test('a program of the build that was ordered has its profile in the registry, and that is told', async () => {
  await order(program, buildId);
  expect(existsSync(join(registry, `${buildId}.json`))).toBe(true);
  expect(notes).toEqual([`${program} has a profile now`]);
});

test.each([
  ['one of another build', program, '00ff', `${program} is of build ${buildId} now`],
  ['one that is gone', join(folder, 'gone'), 'ab', 'ENOENT'],
  ['one that is gone, of whatever build', join(folder, 'gone'), undefined, 'no file'],
  ['what looks like an option', '--help', undefined, 'no file --help'],
])('%s can’t be analysed', async (_name, path, build, said) => {
  const rejection = await order(path, build).catch((error: unknown) => error);
  expect(rejection).toBeInstanceOf(Unanalysable);
  expect((rejection as Error).message).toContain(said);
});

test('one in hand ends when the worker stops, and is not to blame', async () => {
  const ended = order(process.execPath).catch((error: unknown) => error);
  const timer = setInterval(() => analyst.stop(), 50);
  const rejection = await ended;
  clearInterval(timer);
  expect(rejection).toBeInstanceOf(Error);
  expect(rejection).not.toBeInstanceOf(Unanalysable);
});
