import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { recordKind } from '../../core/record/record-kind.ts';
import type { RecordFields } from '../../core/record/record-writer.ts';
import { LogFollower } from './log-follower.ts';

const root = mkdtempSync(join(tmpdir(), 'disprotrack-follower-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function follower(folder: string, memo: string, onRecord: (fields: RecordFields) => void, audit?: string) {
  return new LogFollower({
    patterns: [join(folder, '*.log')],
    audit,
    memo,
    containerOf: () => 'web',
    onRecord,
    onTrouble: (path, error) => {
      throw new Error(path, { cause: error });
    },
  });
}

const textOf = ({ texts }: RecordFields): string => String(texts!.payload);

test('goes on from its memo with the very next line', async () => {
  const folder = mkdtempSync(join(root, 'again-'));
  const file = join(folder, 'app.log');
  const texts: string[] = [];
  let memo = '{}';
  for (const line of ['one\n', 'two\nhalf', ' a line\n', 'end\n']) {
    appendFileSync(file, line);
    const it = follower(folder, memo, (fields) => texts.push(textOf(fields)));
    await it.poll(0);
    memo = it.memo;
    await it.close();
  }
  expect(texts).toEqual(['one\n', 'two\n', 'half a line\n', 'end\n']);
});

test('its memo says after each record where that record ended', async () => {
  const folder = mkdtempSync(join(root, 'memo-'));
  const file = join(folder, 'app.log');
  writeFileSync(file, Array.from({ length: 1_000 }, (_, i) => `line ${i}\n`).join(''));
  const ends: number[] = [];
  const offsets: number[] = [];
  const it = follower(folder, '{}', (fields) => {
    const known = (JSON.parse(it.memo === '' ? '{}' : it.memo) as Record<string, { offset: number }>)[file];
    // Asked as the record is added: it does not count yet.
    offsets.push(known?.offset ?? 0);
    ends.push(Number(fields.args![0]) + textOf(fields).length);
  });
  await it.poll(0);
  expect(ends.length).toBeGreaterThan(2);
  expect(offsets).toEqual([0, ...ends.slice(0, -1)]);
  await it.close();
});

test('a new file is followed from its beginning, a rotated one is said, audit’s lines come one by one', async () => {
  const folder = mkdtempSync(join(root, 'new-'));
  const audit = join(folder, 'audit');
  writeFileSync(join(folder, 'old.log'), 'before\n');
  writeFileSync(audit, '');
  const records: RecordFields[] = [];
  const it = follower(folder, '', (fields) => records.push(fields), audit);
  await it.poll(0);
  writeFileSync(join(folder, 'new.log'), 'first\n');
  appendFileSync(join(folder, 'old.log'), 'after\n');
  appendFileSync(audit, 'type=A msg=audit(1.0:1): \ntype=B msg=audit(1.0:2): \ntype=C half');
  await it.poll(6_000);
  renameSync(join(folder, 'new.log'), join(folder, 'new.log.1'));
  writeFileSync(join(folder, 'new.log'), 'second\n');
  await it.poll(6_500);
  const told = records.map((fields) => [fields.kind, textOf(fields)]);
  expect(told.filter(([kind]) => kind === recordKind.appLog).map(([, text]) => text)).toEqual([
    'after\n',
    'first\n',
    'second\n',
  ]);
  expect(told.filter(([kind]) => kind === recordKind.auditLine)).toHaveLength(2);
  expect(told.filter(([kind]) => kind === recordKind.note)[0]![1]).toContain('log-rotated');
  expect(records.find(({ kind }) => kind === recordKind.appLog)!.texts).toMatchObject({ path2: 'web' });
  await it.close();
});
