import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildId, sampleElf } from '../../test/fixture/sample-elf.ts';
import type { RunningProgram } from '../core/upg/running-programs.ts';
import { InlineAnalyses } from '../runtime/queue/analyses/inline-analyses.ts';
import { SeenPrograms } from './seen-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-seen-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, 'server');
writeFileSync(program, sampleElf());

function running(exe: string, over: Partial<RunningProgram> = {}): RunningProgram {
  return { host: 'h1', container: undefined, exe, argv: [], buildId: undefined, ...over };
}

test('a program of this host is ordered once, by its build; others are not, and one that is gone is told', async () => {
  const queue = await InlineAnalyses.open(join(folder, 'queue'));
  const failures: string[] = [];
  const seen = new SeenPrograms(queue, 'h1', (exe) => failures.push(exe));
  seen.see(running(program, { host: 'h2' }));
  seen.see(running(program, { container: 'web' }));
  seen.see(running('server'));
  seen.see(running('/nowhere/at/all'));
  await expect.poll(() => failures).toEqual(['/nowhere/at/all']);
  expect(await queue.waiting()).toEqual([]);
  for (let line = 0; line < 3; line++) seen.see(running(program));
  await expect.poll(async () => (await queue.waiting()).length).toBe(1);
  expect(await queue.waiting()).toMatchObject([{ paths: [program], buildId }]);
  await queue.close();
});
