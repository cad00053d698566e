import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileTail, type TailPosition } from './file-tail.ts';
import { lineGroups } from './line-groups.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-tail-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function follow(path: string, position?: TailPosition, fromStart = true) {
  const lines: string[] = [];
  const notes: string[] = [];
  const tail = new FileTail({
    path,
    position,
    fromStart,
    onLines: (bytes) => lines.push(bytes.toString()),
    onNote: (note) => notes.push(note),
  });
  return { tail, lines, notes };
}

function file(text: string): string {
  const path = join(folder, `${files++}.log`);
  writeFileSync(path, text);
  return path;
}

test('whole lines are given, half a line when its end comes', async () => {
  const path = file('one\nha');
  const { tail, lines } = follow(path);
  await tail.poll();
  appendFileSync(path, 'lf\nthree\n');
  await tail.poll();
  expect(lines).toEqual(['one\n', 'half\nthree\n']);
  await tail.close();
});

test('a file that is renamed is read to its end, and then the new one', async () => {
  const path = file('one\n');
  const { tail, lines, notes } = follow(path);
  await tail.poll();
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, 'late\nand half');
  await tail.poll();
  writeFileSync(path, 'new\n');
  appendFileSync(`${path}.1`, ' a line');
  await tail.poll();
  expect(lines).toEqual(['one\n', 'late\n', 'and half a line', 'new\n']);
  expect(notes).toEqual(['log-rotated']);
  await tail.close();
});

test('a file that is copied and truncated begins again', async () => {
  const path = file('one\ntwo\n');
  const { tail, lines, notes } = follow(path);
  await tail.poll();
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
  appendFileSync(path, 'x\n');
  await tail.poll();
  expect(lines).toEqual(['one\ntwo\n', 'x\n']);
  expect(notes).toEqual(['log-truncated']);
  await tail.close();
});

test('goes on exactly where it was left, though the file was rotated meanwhile', async () => {
  const path = file('one\ntwo\nha');
  const first = follow(path);
  await first.tail.poll();
  const { position } = first.tail;
  await first.tail.close();
  appendFileSync(path, 'lf\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'new\n');
  const again = follow(path, position);
  await again.tail.poll();
  expect([...first.lines, ...again.lines]).toEqual(['one\ntwo\n', 'half\n', 'new\n']);
  await again.tail.close();
});

test('of a file that was there before, only what comes from now on is given where that is asked', async () => {
  const path = file('old\n');
  const { tail, lines } = follow(path, undefined, false);
  await tail.poll();
  appendFileSync(path, 'new\n');
  await tail.poll();
  expect(lines).toEqual(['new\n']);
  await tail.close();
});

test('a file that is not there yet is waited for, and a line of any length is given', async () => {
  const path = join(folder, 'later.log');
  const { tail, lines } = follow(path);
  await tail.poll();
  writeFileSync(path, `${'x'.repeat(40_000)}\nend\n`);
  await tail.poll();
  expect(lines.join('')).toBe(`${'x'.repeat(40_000)}\nend\n`);
  await tail.close();
});

test('payloads hold whole lines, keep an entry’s lines together, and cut what is too long', () => {
  const entry = `head\n${'  more\n'.repeat(500)}`;
  const lines = Buffer.from(`${'a line\n'.repeat(200)}${entry}${'y'.repeat(9_000)}\nend\n`);
  const groups = lineGroups(lines);
  expect(Buffer.concat(groups.flatMap(({ payloads }) => payloads))).toEqual(lines);
  expect(groups[0]!.payloads[0]!.toString()).toBe('a line\n'.repeat(200));
  expect(groups[1]!.payloads[0]!.toString()).toBe(entry);
  expect(groups[2]!.payloads.map(({ length }) => length)).toEqual([4_096, 4_096, 809]);
  expect(groups[3]!.offset).toBe(lines.length - 4);
});
