import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { profileText } from '../contract/profile-form.ts';
import { type Analysis, analyseFile } from './app.ts';

const frontEnds = new URL('../../test/fixture/log-program-front-end.ts', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-analyser-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const analyse = (paths: readonly string[], bounds: { time_ms_max?: number; memory_mb_max?: number } = {}) =>
  analyseFile(paths, { bt: 2, time_ms_max: 60_000, memory_mb_max: 4_096, frontEnds, ...bounds });

const server = 'main: Up -> 1; wait() Hello Bye !close -> 1\nwait: !epoll_wait -> ret\n';

test('a program gives a profile, the same bytes every time', async () => {
  const path = file('server.logprogram', server);
  const phases: string[] = [];
  const options = { bt: 2, time_ms_max: 60_000, memory_mb_max: 4_096, frontEnds };
  const first = await analyseFile([path], { ...options, onPhase: (phase) => phases.push(phase) });
  expect(first.profile).toMatchObject({
    program: 'server.logprogram',
    buildId: 'ab12',
    bt: 2,
    counts: { functions: 2, blocks: 3, callSites: 1 },
    nodes: [
      { text: 'Up', loopStart: false },
      { text: 'Hello', loopStart: true },
      { text: 'Bye', loopEnd: true, endSyscalls: ['close', 'epoll_wait'] },
    ],
  });
  expect(phases).toEqual(['reading files', 'reading functions', 'building the LMS-CFG']);
  expect(profileText((await analyse([path])).profile)).toBe(profileText(first.profile));
});

test('a program that is executed has the name that processes show, a script that of its link', async () => {
  const path = file('real.logprogram', server);
  const script = file('real.py', 'import logging\nlogging.info("up")\n');
  for (const [target, link] of [
    [path, 'link.logprogram'],
    [script, 'link.py'],
  ] as const)
    symlinkSync(target, join(folder, link));
  expect((await analyse([join(folder, 'link.logprogram')])).profile.program).toBe('real.logprogram');
  const bounds = { bt: 2, time_ms_max: 60_000, memory_mb_max: 4_096 };
  const { profile } = await analyseFile([join(folder, 'link.py')], bounds);
  expect(profile.program).toBe('link.py');
});

test('files of one program are analysed together, and a folder gives its files in order', async () => {
  mkdirSync(join(folder, 'parts', '.hidden'), { recursive: true });
  file('parts/a.logprogram', 'main: A part() C -> ret\n');
  file('parts/b.logprogram', 'part: B -> ret\n');
  file('parts/c.txt', 'main: X -> ret\n');
  file('parts/.hidden/d.logprogram', 'other: Y -> ret\n');
  const texts = ({ profile }: Analysis) => profile.nodes.map((node) => node.text);
  expect(texts(await analyse([join(folder, 'parts')]))).toEqual(['A', 'C', 'B']);
  const [a, b] = ['a', 'b'].map((name) => join(folder, 'parts', `${name}.logprogram`));
  expect(texts(await analyse([b!, a!]))).toEqual(['B', 'A', 'C']);
});

describe('what gives no profile', () => {
  test.each<[string, () => readonly string[], object, string, string]>([
    [
      'an endless analysis',
      () => [file('a.logprogram', 'forever')],
      { time_ms_max: 1_500 },
      'timeout',
      '1.5 s',
    ],
    [
      'one that fills the heap',
      () => [file('b.logprogram', 'objects')],
      { memory_mb_max: 300 },
      'memory',
      '300 MB',
    ],
    [
      'one that fills buffers',
      () => [file('c.logprogram', 'buffers')],
      { memory_mb_max: 300 },
      'memory',
      '300 MB',
    ],
    [
      'a file that is refused',
      () => [file('d.logprogram', 'refuses')],
      {},
      'refused',
      'ends at byte 7 [too-short]',
    ],
    ['a file of no kind', () => [file('e.txt', 'x')], {}, 'unsupported', 'of no kind'],
    [
      'files of two kinds',
      () => [file('f.logprogram', ''), file('f.another', '')],
      {},
      'unsupported',
      'one program',
    ],
    ['a missing file', () => [join(folder, 'none')], {}, 'missing', 'no file'],
    ['a device', () => ['/dev/zero'], {}, 'unsupported', 'neither a file nor a folder'],
    [
      'a folder without sources',
      () => [mkdtempSync(join(folder, 'empty-'))],
      {},
      'unsupported',
      'without a source',
    ],
  ])('%s', async (_, paths, bounds, code, sentence) => {
    await expect(analyse(paths(), bounds)).rejects.toMatchObject({
      name: 'AnalysisError',
      code,
      message: expect.stringContaining(sentence),
    });
  });
});
