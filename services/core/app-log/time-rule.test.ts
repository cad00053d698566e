import { expect, test } from 'vitest';
import { civilTime, type RawTime } from './raw-time.ts';
import { TimeRule, type TimeRuleOptions } from './time-rule.ts';

/** `2026-10-25 02:59:59`, with the year and the zone left out at will. */
function raw(text: string): RawTime | undefined {
  const match = /^(?:(\d{4})-)?(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?: (\S+))?$/.exec(text)!;
  const [, year, month, day, hour, minute, second, zone] = match;
  return civilTime({ year, month, day, hour, minute, second, zone });
}

/** Lines of one file, and the times that they are taken for. */
function check(options: TimeRuleOptions, expected: Record<string, string>): void {
  const rule = new TimeRule(options);
  const times = Object.keys(expected).map((line) => rule.resolve(raw(line)!).time);
  expect(times.map((ns) => new Date(Number(ns / 1_000_000n)).toISOString().replace('.000Z', 'Z'))).toEqual(
    Object.values(expected),
  );
}

test('where clocks are set back, the hour comes twice, and a line that is a little late does not set them back', () => {
  check(
    { zone: 'Europe/Berlin' },
    {
      '2026-10-25 01:59:59': '2026-10-24T23:59:59Z',
      '2026-10-25 02:59:59': '2026-10-25T00:59:59Z',
      '2026-10-25 02:59:58': '2026-10-25T00:59:58Z',
      '2026-10-25 02:00:00': '2026-10-25T01:00:00Z',
      '2026-10-25 02:10:00': '2026-10-25T01:10:00Z',
      '2026-10-25 03:00:00': '2026-10-25T02:00:00Z',
    },
  );
});

test('where clocks are set forward, what they never show is taken as before the change', () => {
  check(
    { zone: 'Europe/Berlin' },
    {
      '2026-03-29 01:59:59': '2026-03-29T00:59:59Z',
      '2026-03-29 02:30:00': '2026-03-29T01:30:00Z',
      '2026-03-29 03:00:00': '2026-03-29T01:00:00Z',
    },
  );
});

test("a line's own zone goes before the one given, by name too", () => {
  check(
    { zone: '+0530' },
    {
      '2026-07-01 12:00:00 America/New_York': '2026-07-01T16:00:00Z',
      '2026-01-01 12:00:00 America/New_York': '2026-01-01T17:00:00Z',
      '2026-07-01 12:00:00 UTC': '2026-07-01T12:00:00Z',
      '2026-07-01 12:00:00': '2026-07-01T06:30:00Z',
    },
  );
});

test.each(['Mars/Olympus', '+2500', '+0560'])('the zone %s is not known, and that is said', (zone) => {
  const resolved = new TimeRule({}).resolve(raw(`2026-07-01 12:00:00 ${zone}`)!);
  expect(resolved.source).toBe('line-assumed-zone');
  expect(resolved.assumed).toEqual([`the line's zone ${zone} is not known: taken as +0000`]);
});

test('the 29th of February is of the latest leap year', () => {
  const notAfter = BigInt(Date.parse('2026-11-02T00:00:00Z')) * 1_000_000n;
  check({ notAfter }, { '02-29 12:00:00': '2024-02-29T12:00:00Z', '03-01 00:00:00': '2024-03-01T00:00:00Z' });
});

test('a leap second is the first of the minute that follows', () => {
  check({}, { '2016-12-31 23:59:60': '2017-01-01T00:00:00Z' });
});

test.each(['2026-02-29 12:00:00', '02-30 12:00:00', '2026-04-31 12:00:00', '2026-01-00 12:00:00'])(
  '%s is no time',
  (text) => {
    expect(raw(text)).toBeUndefined();
  },
);
