import { expect, test } from 'vitest';
import type { StreamEntry } from '../app-log/app-entry.ts';
import { LogPlacement } from './log-placement.ts';
import type { LogWrite } from './log-write.ts';

const second = 1_000_000_000n;

test('a line is found by the length of its write', () => {
  const p = waiting(entry('a.log', 1, 40), entry('a.log', 2, 50));
  expect(lines(p, write(50))).toEqual([2]);
  expect(lines(p, write(40))).toEqual([1]);
});

test('one write may hold several lines', () => {
  expect(
    lines(waiting(entry('a.log', 1, 40), entry('a.log', 2, 50), entry('a.log', 3, 9)), write(99)),
  ).toEqual([1, 2, 3]);
});

test('lines of equal length go to their writes in order', () => {
  const p = waiting(entry('a.log', 1, 40), entry('a.log', 2, 40));
  expect([...lines(p, write(40)), ...lines(p, write(40))]).toEqual([1, 2]);
});

test('the name of the file decides between sources', () => {
  const p = waiting(entry('other.log', 1, 40), entry('access.log', 2, 40));
  expect(lines(p, write(40, { path: '/var/log/access.log' }))).toEqual([2]);
});

test('a source stays with the file that its lines were found in', () => {
  const p = waiting(...[1, 2, 3, 4].map((n) => entry('a.log', n, 40)));
  for (let i = 0; i < 3; i++) lines(p, write(40));
  expect(lines(p, write(40, { object: 'another' }))).toEqual([]);
  expect(lines(p, write(40))).toEqual([4]);
});

test('a length alone proves nothing', () => {
  expect(lines(waiting(entry('a.log', 1, 40)), write(40, { path: undefined }))).toEqual([]);
});

test("a pid of the line's namespace has to be the writer's", () => {
  const p = waiting({ ...entry('a.log', 1, 40), pid: 7, pidSource: 'namespace-or-host' });
  expect(lines(p, write(40, { namespacePid: 8, container: 'c' }))).toEqual([]);
  expect(lines(p, write(40, { namespacePid: 7, container: 'c' }))).toEqual([1]);
});

test('a line whose write does not come is overdue after its precision and the wait', () => {
  const p = waiting(entry('a.log', 1, 40));
  expect(p.overdue('h', 5n * second, false)).toEqual([]);
  expect(p.overdue('h', 7n * second, false).map((e) => e.line)).toEqual([1]);
  expect(p.overdue('h', 8n * second, true)).toEqual([]);
});

test('a stamped line waits for no more than a clock step', () => {
  const p = waiting({ ...entry('a.log', 1, 40), timeSource: 'kernel-stamp', timePrecision: 0n });
  expect(p.overdue('h', 3_000_000n, false)).toEqual([]);
  expect(p.overdue('h', 5_000_000n, false)).toHaveLength(1);
});

function waiting(...entries: StreamEntry[]): LogPlacement {
  const p = new LogPlacement(new Map());
  for (const e of entries) p.wait(e);
  return p;
}

function lines(p: LogPlacement, w: LogWrite): number[] {
  return p.writtenBy(w).map((e) => e.line);
}

function write(bytes: number, fields: Partial<LogWrite> = {}): LogWrite {
  const who = { host: 'h', pid: 100, namespacePid: undefined, container: undefined };
  return { ...who, time: second / 2n, bytes, object: 'file:1', path: '/var/log/a.log', ...fields };
}

function entry(source: string, line: number, byteLength: number): StreamEntry {
  return {
    kind: 'app',
    host: 'h',
    container: undefined,
    pid: undefined,
    pidSource: 'none',
    time: 0n,
    timeSource: 'line',
    timePrecision: second,
    text: '',
    byteLength,
    message: '',
    level: undefined,
    request: undefined,
    source,
    line,
    lines: 1,
    log: '',
    stream: source,
  };
}
