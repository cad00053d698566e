import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../diagnostic.ts';
import { textOfBytes } from '../line/byte-text.ts';
import type { LineItem } from '../line/log-line.ts';
import type { AppEntry } from './app-entry.ts';
import { type AppLogOptions, AppLogReader, LINE_MAX } from './app-log-reader.ts';

function read(
  input: string | Uint8Array,
  options: Partial<AppLogOptions> = {},
  cuts: readonly number[] = [],
) {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const entries: AppEntry[] = [];
  const kept: LineItem[] = [];
  const diagnostics: Diagnostic[] = [];
  const reader = new AppLogReader({
    host: 'web1',
    file: 'a.log',
    emit: (entry) => entries.push(entry),
    keep: (line) => kept.push(line),
    diagnose: (diagnostic) => diagnostics.push(diagnostic),
    ...options,
  });
  let from = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    reader.write(bytes.slice(from, cut));
    from = cut;
  }
  reader.end();
  return { entries, kept, diagnostics, counts: reader.counts, detected: reader.detected! };
}

const access = '127.0.0.1 - - [17/Dec/2021:22:58:37 +0530] "GET / HTTP/1.1" 200 5';

describe('any input', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      access,
      `pid = 7, date = [1639762117319838543] ${access}`,
      '{"log":"part","stream":"stdout","time":"2026-11-24T20:28:43.1Z"}',
      '{"log":"whole\\n","stream":"stdout","time":"2026-11-24T20:28:43.1Z"}',
      '2026-11-24T20:28:42.000000001Z stdout P half',
      'I1231 23:59:59.999999    1234 server.go:123] Starting',
      '\tat c.e.Shop.place(Shop.java:12)',
      '__REALTIME_TIMESTAMP=1639762117319838',
      'MESSAGE=x',
      '',
      '2026-11-24 20:28:41,123 - shop - INFO - placed',
    ),
  );
  const bytes = fc
    .array(
      fc.oneof(
        line.map((text) => new TextEncoder().encode(`${text}\n`)),
        fc.uint8Array({ maxLength: 30 }),
      ),
    )
    .map((pieces) => Uint8Array.from(pieces.flatMap((piece) => [...piece])));

  test('ends without a crash, with every line accounted for, whatever the chunks', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(2000), { maxLength: 6 }), (input, cuts) => {
        const whole = read(input);
        const { lines, entries, joined, blank } = whole.counts;
        expect(entries + joined + blank).toBe(lines);
        expect(whole.kept.map(({ text }) => text).join('')).toBe(textOfBytes(input));
        expect(read(input, {}, cuts)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});

test('the same with the sample bound inside a line', () => {
  const text = `${access}\n`.repeat(1500);
  const whole = read(text);
  expect(whole.entries).toHaveLength(1500);
  expect(whole.detected).toMatchObject({ format: 'http-access', confidence: 1 });
  expect(read(text, {}, [65_535, 65_536, 65_537, 70_000])).toEqual(whole);
});

test('bad lines are kept as they are, in their place', () => {
  const lines = [
    'first',
    '\0\0NUL\0',
    '\u001b[31mred\u001b[0m and \u001b[1;5Hmoved',
    'carriage\rreturn',
    '\u0001\u0002\u007f\ufeff\u202e',
    'x'.repeat(1_000_000),
    'é😀 half',
  ];
  const whole = lines.map((line) => `${line}\n`).join('');
  const { entries, diagnostics } = read(whole.slice(0, -1));
  expect(entries.map(({ text }) => text)).toEqual(lines);
  expect(entries.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(entries[2]!.message).toBe('red and moved');
  expect(diagnostics.map(({ code, line }) => [code, line])).toEqual([['app-log-open-end', 7]]);
});

test('bytes that are no UTF-8 leave the lines and what they took whole, and are said', () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode('a\n'), 0xff, 0xc3, 0x28, 10, 0x62, 10]);
  const { entries, counts } = read(bytes);
  expect(entries.map(({ text, byteLength }) => [text, byteLength])).toEqual([
    ['a', 2],
    ['\ufffd\ufffd(', 4],
    ['b', 2],
  ]);
  expect(counts.invalidUtf8).toBe(1);
});

test('a line over the bound is kept cut, and said', () => {
  const { entries, diagnostics, counts } = read(`${'x'.repeat(LINE_MAX + 5)}\nnext\n`);
  expect(entries.map((entry) => entry.text.length)).toEqual([LINE_MAX, 4]);
  expect(entries[0]!.byteLength).toBe(LINE_MAX + 6);
  expect(diagnostics.map(({ code, line }) => [code, line])).toEqual([['app-log-line-cut', 1]]);
  expect(counts.cut).toBe(1);
});

test.each([
  ['quotes', `${access} "${'\\"'.repeat(400_000)}`],
  ['digits', '1'.repeat(1_000_000)],
  ['brackets', `[Fri Dec 17 22:58:08 2021] ${'[a:b] '.repeat(150_000)}`],
  ['spaces', `2026-11-24 20:28:41 ${' '.repeat(900_000)}x`],
  ['commas', `2026/11/24 21:39:34 [error] 1#1: *1 ${', client: '.repeat(100_000)}`],
  ['words', `a${' b'.repeat(450_000)} [17/Dec/2021:22:58:37 +0530]`],
])('a long line of %s is read before the test gives up, as quadratic work would not be', (_, text) => {
  expect(read(`${text}\n`).counts.entries).toBe(1);
});

test('a named format is taken, and a wrong one is said', () => {
  const { detected, diagnostics, counts } = read(`${access}\n`, { format: 'klog' });
  expect(detected).toMatchObject({ format: 'klog', confidence: 0 });
  expect(diagnostics.map(({ code }) => code)).toEqual(['app-log-wrong-format', 'app-log-unknown-line']);
  expect(counts.unknown).toBe(1);
});

test('without a year and a reference there is no time, and the rule says so', () => {
  const { entries, detected } = read('Dec 31 23:59:58 web1 sshd[812]: hello\n');
  expect(entries[0]).toMatchObject({ pid: 812, timeSource: 'none', time: 0n, text: 'hello' });
  expect(detected.timeRule).toBe('no year in the line and none given: no time');
});

test.each([
  ['2027-01-02T00:00:00Z', 2026],
  ['2026-12-31T23:59:00Z', 2026],
  ['2027-12-30T12:00:00Z', 2026],
  ['2027-12-31T12:00:00Z', 2027],
])('a file of %s whose first line is of 31 December begins in %i', (date, year) => {
  const notAfter = BigInt(Date.parse(date)) * 1_000_000n;
  const log = 'Dec 31 23:59:58 web sshd[9]: a\nJan  1 00:00:01 web sshd[9]: b\n';
  const { entries, detected } = read(log, { notAfter });
  const years = entries.map((entry) => new Date(Number(entry.time / 1_000_000n)).getUTCFullYear());
  expect(years).toEqual([year, year + 1]);
  expect(detected.timeRule).toContain(`from ${year} by the file's date`);
});

test('new year rolls the year forward, and a late line rolls back alone', () => {
  const text = ['Dec 31 23:00:00', 'Jan  1 01:00:00', 'Dec 31 23:30:00', 'Jan  1 02:00:00'];
  const { entries } = read(text.map((time) => `${time} web1 a: b\n`).join(''), { defaultYear: 2025 });
  const years = entries.map((entry) => new Date(Number(entry.time / 1_000_000n)).getUTCFullYear());
  expect(years).toEqual([2025, 2026, 2025, 2026]);
});

test('an empty file is plain text without entries', () => {
  expect(read('')).toMatchObject({ entries: [], diagnostics: [], detected: { format: 'plain' } });
});

test('a format or zone that does not exist is refused', () => {
  expect(() => read('', { format: 'nope' as never })).toThrow('nope');
  expect(() => read('', { zone: 'Mars' })).toThrow('Mars');
});

const samples = fileURLToPath(new URL('../../../../shared/data/paper-samples', import.meta.url));

describe.skipIf(!existsSync(samples))(
  'the published samples (skipped: ../shared/data/paper-samples is not there)',
  () => {
    test.each([
      ['s1/access.log', 'http-access', 8],
      ['s1/error.log', 'apache-error', 42],
      ['s2/access.log', 'http-access', 9],
      ['s2/error.log', 'apache-error', 46],
    ])('%s: each line is an entry with pid and stamp', (file, format, lines) => {
      const { entries, diagnostics, detected } = read(readFileSync(`${samples}/${file}`), { zone: '+0530' });
      expect(detected).toMatchObject({ format, confidence: 1 });
      expect(diagnostics).toEqual([]);
      expect(entries).toHaveLength(lines);
      for (const entry of entries) {
        expect(entry).toMatchObject({ pidSource: 'host', timeSource: 'kernel-stamp' });
        expect(entry.pid).toBeGreaterThan(2000);
        expect(entry.time).toBeGreaterThan(1_639_762_000_000_000_000n);
      }
    });
  },
);
