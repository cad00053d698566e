import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { addNumbers, candidatesOf, hashOf } from './id-index.ts';

let dir: string;
let database: Database;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'disprotrack-ids-'));
  database = openDatabase(dir, { readOnly: false, check: false, mapBytesMax: 2 ** 30 });
});

afterAll(async () => {
  await database.root.close();
  rmSync(dir, { recursive: true });
});

function add(numbers: readonly number[]): void {
  const fresh = numbers.map((number) => [hashOf(`v${number}`), number] as const);
  database.root.transactionSync(() => addNumbers(database, fresh));
}

test('a number is found in every generation, on both sides of where one begins', () => {
  const numbers = [0, 1, 2 ** 18 - 1, 2 ** 18, 2 ** 20 - 1, 2 ** 20, 2 ** 26, 2 ** 32 - 1];
  add(numbers);
  for (const number of numbers)
    expect(candidatesOf(database, hashOf(`v${number}`), 2 ** 32)).toEqual([number]);
  expect(candidatesOf(database, hashOf('another'), 2 ** 32)).toEqual([]);
  const newest = hashOf(`v${2 ** 26}`);
  expect(candidatesOf(database, newest, 2 ** 26 + 1)).toEqual([2 ** 26]);
});

test('ids of one hash are all candidates', () => {
  database.root.transactionSync(() => addNumbers(database, [[hashOf('twin'), 7]]));
  database.root.transactionSync(() => addNumbers(database, [[hashOf('twin'), 8]]));
  expect(candidatesOf(database, hashOf('twin'), 9)).toEqual([7, 8]);
});
