/** What every store must do with lines of logs: keep each byte, once, in order, and find lines by the values in them. */
import { expect, test } from 'vitest';
import type { LineQuery } from '../../services/core/graph-store.ts';
import { type LineCondition, parseCondition } from '../../services/core/line/line-condition.ts';
import { delta, gathered, logLine } from './deltas.ts';
import type { Current } from './graph-store.ts';

const everyByte = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');

function all(...where: string[]): LineQuery {
  const conditions = where.map((text) => parseCondition(text) as LineCondition);
  return { stream: undefined, from: 0, until: Number.MAX_SAFE_INTEGER, where: conditions };
}

export function describeLines(store: Current, reopen: () => Promise<void>): void {
  const texts = async (query: LineQuery): Promise<string[]> =>
    (await gathered(store().lines(query))).map(({ text }) => text);

  test('lines come back byte for byte, in order of stream, number and part', async () => {
    const lines = [
      logLine(1, `${everyByte}\n`),
      logLine(2, 'x'.repeat(70_000)),
      logLine(2, '\r\n', { part: 1 }),
      logLine(9, 'no line end'),
    ];
    const other = logLine(1, '10.0.0.7\n', { stream: 'r', name: 'ü.log' });
    await store().apply(delta({ lines: [lines[0]!, lines[1]!] }));
    await store().apply(delta({ lines: [other, lines[2]!, lines[3]!] }));
    expect(await gathered(store().lines(all()))).toEqual([other, ...lines]);
    await reopen();
    expect(await gathered(store().lines({ ...all(), stream: 's', from: 2 }))).toEqual(lines.slice(1));
  });

  test('a line that comes again is there once', async () => {
    const lines = [logLine(1, 'a 1\n'), logLine(2, 'a 2\n'), logLine(2, 'more', { part: 1 })];
    for (let i = 0; i < 3; i++) await store().apply(delta({ lines }));
    await store().apply(delta({ lines: [logLine(3, 'a 3\n')] }));
    await reopen();
    await store().apply(delta({ lines: lines.slice(1) }));
    expect(await texts(all())).toEqual(['a 1\n', 'a 2\n', 'more', 'a 3\n']);
    expect(await store().logStreams()).toMatchObject([{ stream: 's', name: 's.log', lines: 3, bytes: 16 }]);
  });

  test('lines are found by the values in them', async () => {
    const lines = [
      '10.0.0.7 - - [27/Nov/2026:05:23:43 +0100] "GET /a HTTP/1.1" 200 12.5 "curl of 10.9.9.9"\n',
      '10.0.0.8 - - [27/Nov/2026:05:23:44 +0100] "GET /b HTTP/1.1" 404 7.25 "-"\n',
      'Nov 27 05:00:00 h sshd[77]: id 7d2c3a4b5e6f from 2001:db8::7 user=eve\n',
    ];
    await store().apply(delta({ lines: lines.map((text, i) => logLine(i + 1, text)) }));
    for (let i = 0; i < 2; i++) {
      expect(await texts(all('address = 10.0.0.7'))).toEqual([lines[0]]);
      expect(await texts(all('address = 10.9.9.9'))).toEqual([lines[0]]);
      expect(await texts(all('address = 10.0.0.0/24', 'number > 400'))).toEqual([lines[1]]);
      expect(await texts(all('number = 12.5..13'))).toEqual([lines[0]]);
      expect(await texts(all('time >= 2026-11-27T04:23:44Z', 'path = /*'))).toEqual([lines[1]]);
      expect(await texts(all('time < 2026-11-27T05:00:01Z', 'number = 77'))).toEqual([lines[2]]);
      expect(await texts(all('address = 2001:db8:0::7'))).toEqual([lines[2]]);
      expect(await texts(all('id = 7d2c*', 'text = eve'))).toEqual([lines[2]]);
      expect(await texts(all('address = 10.0.0.9'))).toEqual([]);
      await reopen();
    }
  });
}
