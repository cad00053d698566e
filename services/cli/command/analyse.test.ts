import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../../test/fixture/run-command.ts';
import { AnalysisAnswer } from '../../contract/analysis.ts';

const frontEnds = new URL('../../../test/fixture/log-program-front-end.ts', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-analyse-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]) => runCommand(['analyse', ...argv], undefined, frontEnds);

beforeAll(() => {
  writeFileSync(
    at('old.logprogram'),
    'main: Up -> 1; wait() Hello Bye !close -> 1\nwait: !epoll_wait -> ret\n',
  );
  writeFileSync(
    at('new.logprogram'),
    'main: Up -> 1; wait() Hello Work Bye -> 1\nwait: !epoll_wait -> ret\n',
  );
  writeFileSync(at('silent.logprogram'), 'main: !read -> ret\n');
  writeFileSync(at('forever.logprogram'), 'forever');
  writeFileSync(at('refuses.logprogram'), 'refuses');
});

test('--json prints what the contract says, and nothing else', async () => {
  const { code, out, err } = await run('--json', '--bt', '1', at('old.logprogram'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const answer = AnalysisAnswer.parse(JSON.parse(out));
  expect(answer).toMatchObject({ program: 'old.logprogram', buildId: 'ab12', arch: 'paper', bt: 1 });
  expect(answer.nodes[2]).toEqual({
    id: 2,
    address: '0x1002',
    text: 'Bye',
    regex: '^Bye$',
    function: null,
    lmgf: 'printf',
    loopStart: false,
    loopEnd: true,
    endSyscalls: ['close', 'epoll_wait'],
  });
  expect(answer.edges).toBeUndefined();
});

test('--edges adds the pairs', async () => {
  const { out } = await run('--json', '--edges', at('old.logprogram'));
  expect(AnalysisAnswer.parse(JSON.parse(out)).edges).toEqual([
    [0, 1],
    [1, 2],
    [2, 1],
  ]);
  const silent = await run('--json', '--edges', at('silent.logprogram'));
  expect(silent.code).toBe(1);
  expect(AnalysisAnswer.parse(JSON.parse(silent.out))).toMatchObject({ nodes: [], edges: [] });
});

test('people get a summary', async () => {
  const { code, out } = await run(at('old.logprogram'));
  expect(code).toBe(0);
  for (const part of [
    '3 log message strings',
    '1 event-handling loop',
    'Hello',
    'close, epoll_wait',
    'All of it was read.',
  ])
    expect(out).toContain(part);
});

test('--out writes the profile, whole or not at all, and --diff compares two', async () => {
  await run('--out', at('old.json'), at('old.logprogram'));
  await run('--out', at('new.json'), at('new.logprogram'));
  const { code, out } = await run('--diff', at('old.json'), at('new.json'));
  expect(code).toBe(0);
  expect(out).toContain('+ Work');
  expect(out).toContain('~ Bye    (loop end)');
  expect(out).toContain('1 string added, 0 removed, 1 changed');
  expect(out).toContain('4 edges after 3: 2 added, 1 removed');
  expect(await run('--diff', at('old.json'), at('old.json'))).toMatchObject({ code: 1 });

  const before = readFileSync(at('old.json'));
  expect((await run('--out', at('old.json'), '--timeout', '1', at('forever.logprogram'))).code).toBe(3);
  expect(readFileSync(at('old.json'))).toEqual(before);
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
});

test('--registry keeps the profile by build id, and analyses nothing twice', async () => {
  const first = await run('--registry', at('registry'), at('old.logprogram'));
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toContain('1 event-handling loop');
  expect(readdirSync(at('registry'))).toEqual(['ab12.json']);
  const again = await run('--registry', at('registry'), at('old.logprogram'));
  expect(again.code).toBe(0);
  expect(again.err).toContain('nothing was analysed');
  expect(again.out).toContain('3 log message strings');
});

describe('--explain', () => {
  test.each([
    ['an address', '0x1001', 'Hello'],
    ['an address without its prefix', '1001', 'Hello'],
    ['a text', 'Hello', 'Hello'],
    ['a part of a text', 'ell', 'Hello'],
  ])('by %s', async (_, wanted, text) => {
    const { code, out } = await run('--explain', wanted, at('old.logprogram'));
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe(text);
    for (const part of [
      '0x1001',
      'printf',
      '^Hello$',
      'begins a turn',
      'before     2',
      'after      1',
      'Bye',
    ])
      expect(out).toContain(part);
  });

  test('of something that is not there', async () => {
    expect(await run('--explain', 'nothing', at('old.logprogram'))).toMatchObject({ code: 1, out: '' });
  });
});

test.each([
  ['nothing to analyse', [], 2, 'nothing to analyse'],
  ['--edges without --json', ['--edges', at('old.logprogram')], 2, '--edges belongs to --json'],
  ['--registry with --json', ['--registry', at('r'), '--json', at('old.logprogram')], 2, '--registry keeps'],
  ['a missing table', ['--functions', at('none'), at('old.logprogram')], 3, 'no file'],
  ['one profile to compare', ['--diff', at('old.json')], 2, 'two profiles'],
  ['a BT that is none', ['--bt', 'deep', at('old.logprogram')], 2, 'whole number'],
  ['a missing file', [at('none')], 3, 'no file'],
  ['a file that is refused', ['--out', at('never'), at('refuses.logprogram')], 3, 'ends at byte 7'],
  [
    'an analysis that takes too long',
    ['--out', at('never'), '--timeout', '1', at('forever.logprogram')],
    3,
    '1 s',
  ],
  ['a place that can’t be written', ['--out', at('no/where'), at('old.logprogram')], 3, "can't be written"],
])('%s gets a sentence and a code', async (_, argv, code, sentence) => {
  const { code: given, out, err } = await run(...argv);
  expect({ given, out }).toEqual({ given: code, out: '' });
  expect(err).toContain(sentence);
  expect(err).not.toMatch(/^\s+at .*:\d+/m);
  expect(existsSync(at('never'))).toBe(false);
});
