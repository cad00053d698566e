import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineCondition, lineMatches, parseCondition } from '../../core/line/line-condition.ts';
import { compareLines, type LogLine } from '../../core/line/log-line.ts';
import { candidates } from './line-search.ts';
import { LineSegment, packLines, unpackLines } from './line-segment.ts';
import { filterKey, mayHold, valueFilter } from './value-filter.ts';

const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const garbage = fc.string({ unit: byte, maxLength: 40 });
const logged = fc
  .tuple(fc.ipV4(), fc.nat(70_000), fc.nat(2_000_000_000), fc.constantFrom('a', 'b'), fc.boolean())
  .map(([address, n, s, word, isQuoted]) => {
    const time = new Date(s * 1000).toISOString();
    const what = `${address} took ${n / 8} of ${n} from /srv/${word}${n % 7}`;
    return `${time} ${word} ${isQuoted ? `"${what}"` : what}\n`;
  });
const line = fc.record<LogLine>({
  stream: fc.constantFrom('s', 't é'),
  name: fc.constant('n'),
  number: fc.nat(1_000),
  part: fc.nat(1),
  text: fc.oneof(garbage, logged, logged),
});
const lines = fc
  .uniqueArray(line, { selector: (each) => `${each.stream} ${each.number} ${each.part}`, maxLength: 60 })
  .map((all) => all.toSorted(compareLines));

test('what is packed is unpacked, whatever it is', () => {
  fc.assert(
    fc.property(lines, (given) => {
      expect(unpackLines(new LineSegment(packLines(given)))).toEqual(given);
    }),
    { numRuns: 200 },
  );
});

const condition = fc
  .oneof(
    fc.ipV4().map((address) => `address = ${address}`),
    fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, bits]) => `address = ${address}/${bits}`),
    fc
      .tuple(fc.constantFrom('=', '<', '<=', '>', '>='), fc.nat(70_000))
      .map(([op, n]) => `number ${op} ${n / 8}`),
    fc
      .tuple(fc.constantFrom('<', '>='), fc.nat(2_000_000_000))
      .map(([op, s]) => `time ${op} ${new Date(s * 1000).toISOString()}`),
    fc.constantFrom('path = /srv/a1', 'path = /srv/*', 'text = a*', 'id = 0*'),
  )
  .map((text) => parseCondition(text) as LineCondition);

test('no line that fits is missed, and one taken from the lines is found', () => {
  fc.assert(
    fc.property(
      lines,
      fc.array(condition, { minLength: 1, maxLength: 2 }),
      fc.nat(),
      (given, conditions, pick) => {
        const address = /\d+\.\d+\.\d+\.\d+/.exec(given[pick % Math.max(1, given.length)]?.text ?? '')?.[0];
        const asked =
          address === undefined ? [] : [[parseCondition(`address = ${address}`) as LineCondition]];
        const segment = new LineSegment(packLines(given));
        for (const where of [conditions, ...asked]) {
          const found = candidates(segment, where);
          const fitting = given.flatMap(({ text }, at) =>
            where.every((each) => lineMatches(text, each)) ? [at] : [],
          );
          expect(fitting.filter((at) => found?.has(at) !== true)).toEqual([]);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a segment without the value is not looked into', () => {
  const given = Array.from({ length: 500 }, (_, i): LogLine => {
    return { stream: 's', name: 's', number: i, part: 0, text: `10.0.${i % 7}.1 said ${i}\n` };
  });
  const segment = new LineSegment(packLines(given));
  for (const text of ['address = 10.0.9.1', 'number > 500', 'time > 2026-11-27', 'id = 7d2c3a4b5e6f'])
    expect(candidates(segment, [parseCondition(text) as LineCondition])).toBeUndefined();
  expect(segment.unpacked).toEqual({ numbers: 0, texts: 0 });
  expect(candidates(segment, [parseCondition('number = 499') as LineCondition])).toEqual(new Set([499]));
  expect(segment.unpacked).toEqual({ numbers: 1, texts: 0 });
});

test('a filter holds all that was put in, and few others', () => {
  const of = (third: number) =>
    Array.from({ length: 2_000 }, (_, i) => filterKey('address', `198.51.${third}.${i}`));
  const filter = valueFilter(new Set(of(100)));
  expect(of(100).every((key) => mayHold(filter, key))).toBe(true);
  expect(of(7).filter((key) => mayHold(filter, key)).length).toBeLessThan(200);
});
