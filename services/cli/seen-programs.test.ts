import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildId, sampleElf } from '../../test/fixture/sample-elf.ts';
import { InlineAnalyses } from '../runtime/queue/analyses/inline-analyses.ts';
import { SeenPrograms } from './seen-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-seen-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, 'server');
writeFileSync(program, sampleElf());
const here = { host: 'h1', container: undefined };

test('a program of this host is ordered once, by its build; others are not, and one that is gone is told', async () => {
  const queue = await InlineAnalyses.open(join(folder, 'queue'));
  const failures: string[] = [];
  const seen = new SeenPrograms(queue, 'h1', (exe) => failures.push(exe));
  seen.see(program, { host: 'h2', container: undefined });
  seen.see(program, { host: 'h1', container: 'web' });
  seen.see('server', here);
  seen.see('/nowhere/at/all', here);
  await expect.poll(() => failures).toEqual(['/nowhere/at/all']);
  expect(await queue.waiting()).toEqual([]);
  for (let line = 0; line < 3; line++) seen.see(program, here);
  await expect.poll(async () => (await queue.waiting()).length).toBe(1);
  expect(await queue.waiting()).toMatchObject([{ paths: [program], buildId }]);
  await queue.close();
});
