import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../../test/fixture/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-lines-command-'));
const golden = fileURLToPath(new URL('../../../test/golden/app-log', import.meta.url));
const store = join(folder, 'store');
const access = join(folder, 'web', 'access.log');
const other = join(folder, 'web2', 'access.log');
const binary = join(folder, 'binary.log');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]) => runCommand(argv);
const lines = (...argv: string[]) => run('lines', '--store', store, ...argv);
const latin1 = (path: string): string => readFileSync(path, 'latin1');

beforeAll(async () => {
  for (const name of ['web', 'web2']) mkdirSync(join(folder, name));
  const line = (n: number): string =>
    `10.0.0.${n} - - [27/Nov/2026:05:23:4${n} +0100] "GET /p/${n} HTTP/1.1" ${400 + n} 4 "-" "\x1b[31mcurl"\n`;
  writeFileSync(access, line(1) + line(2) + line(7));
  writeFileSync(other, line(8));
  writeFileSync(binary, Buffer.from('a\0b\r\n\xff\xfe session opened for eve\n\nhalf', 'latin1'));
  const logs = [access, other].flatMap((path) => ['--log', path]);
  expect((await run('import', '--store', store, '--host', 'h', ...logs)).code).toBe(0);
  expect((await run('import', '--store', store, '--log', binary)).code).toBe(0);
});

test('every log of every format comes back as it was', async () => {
  const logs = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.log'),
  );
  const all = join(folder, 'all');
  const isText = (name: string): boolean => !latin1(join(golden, name)).includes('\0');
  const options = logs.filter(isText).flatMap((name) => ['--log', join(golden, name)]);
  expect((await run('import', '--store', all, ...options)).code).toBe(0);
  for (const name of logs.filter((each) => !isText(each))) {
    const format = name.split('/')[0]!;
    expect((await run('import', '--store', all, '--format', format, '--log', join(golden, name))).code).toBe(
      0,
    );
  }
  for (const name of logs) {
    const { code, out } = await run('lines', '--store', all, '--log', join(golden, name), '--raw');
    expect([name, code, out === latin1(join(golden, name))]).toEqual([name, 0, true]);
  }
});

test('a log is named by its file, or the end of its path', async () => {
  expect((await lines('--raw', '--log', access)).out).toBe(latin1(access));
  expect((await lines('--raw', '--log', 'web2/access.log')).out).toBe(latin1(other));
  expect((await lines('--raw', '--log', 'binary.log')).out).toBe(latin1(binary));
  const { out } = await lines('--logs', '--log', 'web/access.log');
  const id = /h\/log\/[0-9a-f]+/.exec(out)![0];
  expect((await lines('--raw', '--log', id, '--from', '2', '--until', '2')).out).toContain('10.0.0.2');
});

test('lines are found by their values, and printed so that nothing acts on a terminal', async () => {
  const { code, out } = await lines('--where', 'address = 10.0.0.0/29', '--where', 'number = 402..499');
  expect([code, out.split('\n').length - 1]).toEqual([0, 2]);
  expect(out).toContain('access.log:2: 10.0.0.2');
  expect(out).toContain('"\\x1b[31mcurl"');
  expect(
    (await lines('--where', 'time < 2026-11-27T04:23:41.5Z', '--json')).out
      .split('\n')
      .map((l) => l.slice(0, 20)),
  ).toHaveLength(2);
  expect((await lines('--where', 'path = /p/8', '--raw')).out).toBe(latin1(other));
  expect(await lines('--where', 'address = 10.0.0.9')).toMatchObject({ code: 1, out: '' });
});

test('as JSON a line says where it stands, what it holds, and its bytes where they are no text', async () => {
  const { out } = await lines('--log', 'binary.log', '--json');
  const [, second] = out.split('\n').map((text) => (text === '' ? undefined : JSON.parse(text)));
  expect(second).toMatchObject({ line: 2, text: '\ufffd\ufffd session opened for eve\n' });
  expect(Buffer.from(second.bytes, 'base64').toString('latin1')).toBe('\xff\xfe session opened for eve\n');
});

test.each([
  [['--raw'], 2, 'which of 3 logs?'],
  [['--log', 'none.log'], 2, 'no log is named none.log'],
  [['--where', 'colour = red'], 2, 'KIND is one of number, address, time'],
  [['--where', 'number = red'], 2, 'is no number'],
  [['--where', 'time > noon'], 2, 'is no time'],
  [['--where', 'path > /a'], 2, 'by = alone'],
])('%j is refused', async (argv, code, message) => {
  const found = await lines(...argv);
  expect(found.code).toBe(code);
  expect(found.err).toContain(message);
});

test('lines of a statement are those of all its templates', async () => {
  const log = join(folder, 'app.log');
  const users = ['eve', 'bob', 'ann'];
  writeFileSync(
    log,
    users.map((user, i) => `2026-11-27 05:23:4${i} session was opened for ${user}\n`).join(''),
  );
  const learned = join(folder, 'learned');
  expect((await run('import', '--store', learned, '--log', log)).code).toBe(0);
  const template = `template:${log}|session was opened for bob`;
  const { out } = await run('lines', '--store', learned, '--template', template, '--raw');
  expect(out).toBe(latin1(log));
});

test('a store of an earlier format is refused', async () => {
  const old = join(folder, 'old');
  expect((await run('import', '--store', old, '--log', access)).code).toBe(0);
  writeFileSync(join(old, 'FORMAT.json'), '{"format":"disprotrack-store","version":2}');
  const found = await run('lines', '--store', old);
  expect(found.code).toBe(3);
  expect(found.err).toContain('has format 2; this version reads only 4; import again into an empty folder');
});

test.each([
  [['--where', 'address = foo'], 'is no address'],
  [['--where', 'address = 10.0.0.300'], 'is no address'],
  [['--where', 'address = 2001:db8::/32'], 'is no address'],
  [['--from', '7', '--until', '3'], 'no line is from 7 on'],
])('refused, and why: %s', async (argv, why) => {
  const { code, err } = await lines(...argv);
  expect([code, err.includes(why)]).toEqual([2, true]);
});

test('a half line is said to be one, and what came to it later is said to be lost', async () => {
  const log = join(folder, 'half.log');
  const place = join(folder, 'half');
  writeFileSync(log, 'one 1\nhalf a li');
  expect((await run('import', '--store', place, '--log', log)).err).toContain('half.log:2: note: the last');
  writeFileSync(log, 'one 1\nhalf a line\nthree 3\n');
  const { err } = await run('import', '--store', place, '--log', log);
  expect(err).toContain('half.log:2: warning: 9 bytes of this line were imported when it was a half: the 3');
});

test('a log without times is as old as its file', async () => {
  const place = join(folder, 'untimed');
  const [young, old] = ['young.log', 'old.log'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(young, 'started well\nstopped well\n');
  writeFileSync(old, 'began well\nended well\n');
  utimesSync(old, 1e9, 1e9);
  const { out } = await run('import', '--store', place, '--log', young, '--log', old);
  expect(out.match(/no line has a time/g)).toHaveLength(2);
  await run('retain', '--store', place, '--keep', '30d');
  const left = await run('lines', '--store', place, '--raw', '--log', young);
  expect(left.out).toBe('started well\nstopped well\n');
  expect((await run('lines', '--store', place, '--where', 'number > 0')).code).toBe(1);
  expect((await run('export', '--store', place, '--format', 'dot')).out).not.toContain('ended well');
});
