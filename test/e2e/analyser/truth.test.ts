/** The truth must be right before anything is measured by it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { logCalls } from './literal/log-calls.ts';
import { BinaryStrings, isTelling, normalised } from './literal/truth-texts.ts';
import { lineOrder } from './measure/line-order.ts';
import { stringAccuracy } from './measure/string-accuracy.ts';
import { LineMatcher } from './reality/line-matcher.ts';
import { logLines } from './reality/trace-log.ts';
import type { AnalysisNode } from './tool/analyse.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-truth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function textsOf(source: string): Promise<readonly (string | undefined)[][]> {
  writeFileSync(join(folder, 'program.c'), source);
  const places = new Map([
    ['note', 1],
    ['die', 0],
  ]);
  const selection = { root: folder, folders: ['.'], skip: [], logFunctions: places, unwrap: new Set(['_']) };
  const seen = (await logCalls(selection)).flatMap((call) => call.texts.map((text) => JSON.stringify(text)));
  return [...new Set(seen)].map((text) => JSON.parse(text));
}

describe('literals at log calls', () => {
  test.for([
    ['a plain call', 'void f() { note(1, "one %d\\n", x); }', [['one %d\n']]],
    ['the format alone, no other argument', 'void f() { note("level", "one", "two"); }', [['one']]],
    ['adjacent strings', 'void f() { note(1, "one " /* … */ "two"); }', [['one ', 'two']]],
    ['size macros', 'void f() { note(1, "%" PRIu64 " bytes", n); }', [['%', 'lu', ' bytes']]],
    ['own macros', '#define WHO "me"\nvoid f() { die("I am " WHO); }', [['I am ', 'me']]],
    ['unknown macros', 'void f() { die("I am " WHO); }', [['I am ', null]]],
    ['a choice', 'void f() { die(x ? "yes" : "no"); }', [['yes'], ['no']]],
    ['a cast and a translation', 'void f() { die((char *)_("hello")); }', [['hello']]],
    ['escapes', 'void f() { die("\\x41\\102\\t\\"q\\""); }', [['AB\t"q"']]],
    [
      'a macro’s body',
      '#define BAD(x) do { note(1, "bad " x); \\\n die("gone"); } while (0)',
      [['bad ', null], ['gone']],
    ],
    ['no constant', 'void f() { die(text); }', []],
  ] as const)('%s', async ([, source, expected]) => {
    expect(await textsOf(source)).toEqual(expected);
  });

  test('a call that #ifdef splits counts in both forms', async () => {
    const source = 'void f() {\nnote(1,\n#ifdef A\n"with %d",\n#else\n"without %d",\n#endif\nx);\n}';
    const texts = await textsOf(source);
    expect(texts).toContainEqual(['with %d']);
    expect(texts).toContainEqual(['without %d']);
  });
});

test('what the binary does not hold is no truth', () => {
  const file = join(folder, 'binary');
  writeFileSync(file, 'junk\0kept %d\0version 1.2 here\0puts form 100%\0junk');
  const strings = new BinaryStrings(file);
  expect(strings.matching(['kept %d'])).toEqual(['kept %d']);
  expect(strings.matching(['kept'])).toEqual([]);
  expect(strings.matching(['version ', undefined, ' here'])).toEqual(['version 1.2 here']);
  expect(strings.matching(['puts form 100%%\n'])).toEqual(['puts form 100%']);
  expect(normalised('100%%\r\n')).toBe('100%');
  expect(['%s: %s', '%-5lu x'].map(isTelling)).toEqual([false, false]);
});

test('a judged sample stands for all texts without a label', () => {
  const judgements = [
    { text: 'c', verdict: 'log', reason: '' },
    { text: 'd', verdict: 'not log', reason: '' },
  ] as const;
  const accuracy = stringAccuracy(new Set(['a', 'b']), new Set(['a', 'c', 'd', 'e', 'f']), judgements);
  expect(accuracy).toMatchObject({ recall: 0.5, labelledPrecision: 0.2, precision: 0.6, missed: ['b'] });
});

test('a thread’s lines, of one file, in whole lines', async () => {
  const trace = [
    '10 write(3</x/log>, "one\\n\\303\\244 tw", 9) = 9',
    '11 write(3</x/log>, "three\\n", 6 <unfinished ...>',
    '10 writev(3</x/log>, [{iov_base="o", iov_len=1}, {iov_base=" [m]\\n", iov_len=5}], 2) = 6',
    '10 write(4</x/other>, "no\\n", 3) = 3',
  ];
  expect(await logLines(Readable.from(`${trace.join('\n')}\n`), '/x/log', / \[m\]$/)).toEqual([
    { thread: '10', text: 'one' },
    { thread: '11', text: 'three' },
    { thread: "10'", text: 'ä two' },
  ]);
});

describe('lines', () => {
  const nodes = ['%s', 'open %s', 'open %s failed', 'close', 'other'].map(
    (text, id): AnalysisNode => ({
      ...{ id, address: '0', text, regex: `^${text.replace('%s', '(.*)')}$` },
      ...{ loopStart: id === 1, loopEnd: id === 3 },
    }),
  );

  test('come from the most telling string', () => {
    const matcher = new LineMatcher(nodes);
    expect(matcher.match('12:30 [7] open /x')).toEqual([1]);
    expect(matcher.match('12:30 [7] open /x failed')).toEqual([2]);
    expect(matcher.match('12:30 [7] close, client: 1.2.3.4')).toEqual([3]);
    expect(matcher.match('reopened')).toEqual([]);
  });

  test('follow by an edge, or as a start after an end', () => {
    const lines = ['open a', 'close', 'open b', 'close', 'close', 'other'].map((text) => ({
      thread: '1',
      text,
    }));
    const stats = {
      elapsedMs: 0,
      cpuMs: 0,
      maxRssMb: 0,
      functions: 0,
      blocks: 0,
      callSites: 0,
      unresolvedJumps: 0,
    };
    const order = lineOrder(lines, { nodes, edges: [[1, 3]], stats: { ...stats, unresolvedCalls: 0 } });
    expect(order).toMatchObject({
      pairs: 5,
      hitRate: 0.6,
      kinds: 3,
      randomHitRate: 2 / 9,
      meanOutDegree: 0.2,
    });
  });
});
