import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hashToken, Tokens } from './tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-tokens-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, 'tokens.json');
function write(...names: string[]): void {
  const tokens = names.map((name) => ({ name, scope: 'agent', sha256: hashToken(name), hosts: ['*'] }));
  writeFileSync(path, JSON.stringify({ tokens }));
}

test('whoever comes while the file is read for the first time, or anew, is known as well', async () => {
  write('one');
  const look_ms_min = 50;
  const tokens = new Tokens(path, () => {}, look_ms_min);
  const names = async (...given: string[]) =>
    (await Promise.all(given.map((token) => tokens.find(token)))).map((entry) => entry?.name);
  expect(await names('one', 'one', 'two', 'one')).toEqual(['one', 'one', undefined, 'one']);
  write('one', 'two');
  await new Promise((resolve) => setTimeout(resolve, look_ms_min + 1));
  expect(await names('one', 'two', 'two')).toEqual(['one', 'two', 'two']);
});
