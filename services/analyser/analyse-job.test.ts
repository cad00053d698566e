import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AnalyseJob } from '../contract/analyse-job.ts';
import { runAnalyseJob } from './analyse-job.ts';

const frontEnds = new URL('../../test/fixture/log-program-front-end.ts', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-job-'));
const registry = join(folder, 'made', 'here');
const program = join(folder, 'server.logprogram');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const job = AnalyseJob.parse({
  ...{ paths: [program], registry, bt: 2 },
  ...{ timeMsMax: 60_000, memoryMbMax: 4_096 },
});

/** Whether it was analysed; whatever it was, the registry has one profile of it, whole. */
async function check(part: Partial<AnalyseJob>, analysed: boolean): Promise<void> {
  const done = await runAnalyseJob({ ...job, ...part }, { frontEnds });
  expect(done.analysis !== undefined).toBe(analysed);
  expect(done.file).toBe(join(registry, 'ab12.json'));
  expect(readdirSync(registry)).toEqual(['ab12.json']);
  const { nodes, links, ...head } = JSON.parse(readFileSync(done.file, 'utf8'));
  expect(nodes).toHaveLength(done.profile.nodes.length);
  expect(head).toMatchObject({ buildId: 'ab12', bt: part.bt ?? 2, analyser: expect.any(String) });
}

test('a program is analysed once, and again where it, the depth or the table is another', async () => {
  writeFileSync(program, 'main: Up -> 1; Bye -> ret\n');
  await check({}, true);
  const before = statSync(join(registry, 'ab12.json'));
  await check({}, false);
  expect(statSync(join(registry, 'ab12.json')).mtimeMs).toBe(before.mtimeMs);

  await check({ bt: 3 }, true);
  await check({ bt: 3, functions: { functions: [['tell', { role: 'log', text: 0 }]] } }, true);
  await check({ bt: 3, functions: { functions: [['tell', { role: 'log', text: 0 }]] } }, false);
  await check({ bt: 3 }, true);
  writeFileSync(program, 'main: Up -> 1; Gone -> ret\n');
  await check({ bt: 3 }, true);
  writeFileSync(join(registry, 'ab12.json'), 'half a profi');
  await check({ bt: 3 }, true);
  await check({ bt: 3 }, false);
});

test('what can’t be analysed or kept leaves the registry as it was', async () => {
  writeFileSync(program, 'main: Up -> ret\n');
  await check({}, true);
  const before = readFileSync(join(registry, 'ab12.json'));
  writeFileSync(program, 'refuses');
  await expect(runAnalyseJob(job, { frontEnds })).rejects.toMatchObject({ code: 'refused' });
  expect(readFileSync(join(registry, 'ab12.json'))).toEqual(before);

  writeFileSync(program, 'main: Up -> ret\n');
  await expect(runAnalyseJob({ ...job, registry: program }, { frontEnds })).rejects.toMatchObject({
    code: 'registry',
    message: expect.stringContaining("can't be written"),
  });
});

test('a job is data that survives a queue', () => {
  expect(AnalyseJob.parse(JSON.parse(JSON.stringify(job)))).toEqual(job);
  expect(AnalyseJob.safeParse({ ...job, paths: [] }).success).toBe(false);
});
