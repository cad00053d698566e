import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../../../test/fixture/run-command.ts';
import { Tokens } from '../../runtime/tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-token-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'tokens.json');
const token = (...argv: string[]) => runCommand(['token', '--file', file, ...argv]);

test('prints a token once, and keeps its hash alone', async () => {
  const { code, out } = await token('--name', 'node1', '--host', 'node1', 'node2');
  expect([code, out]).toEqual([0, expect.stringMatching(/^dpt_[\w-]{43}\n$/)]);
  expect(readFileSync(file, 'utf8')).not.toContain(out.trim());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const tokens = new Tokens(file, () => {});
  expect(await tokens.find(out.trim())).toMatchObject({ name: 'node1', hosts: ['node1', 'node2'] });
});

test('a second one of a name takes the first one’s place, and can be taken away', async () => {
  const first = (await token('--name', 'me', '--scope', 'operator')).out.trim();
  const second = (await token('--name', 'me', '--scope', 'operator')).out.trim();
  const tokens = new Tokens(file, () => {}, 0);
  expect(await tokens.find(first)).toBeUndefined();
  expect(await tokens.find(second)).toMatchObject({ scope: 'operator' });
  expect((await token('--name', 'me', '--remove')).code).toBe(0);
  expect(await tokens.find(second)).toBeUndefined();
  expect((await token('--name', 'me', '--remove')).code).toBe(1);
});

test.each([
  ['an agent without a host', ['--name', 'x'], 2],
  ['a host that is no name', ['--name', 'x', '--host', 'a b'], 2],
  ['an end that is no time', ['--name', 'x', '--host', 'a', '--expires', 'soon'], 2],
  ['a tenant that is no name', ['--name', 'x', '--host', 'a', '--tenant', '/'], 2],
])('%s is refused', async (_name, argv, code) => {
  expect((await token(...argv)).code).toBe(code);
});

test('a file that is none is not written over', async () => {
  const other = join(folder, 'other.json');
  writeFileSync(other, '{"secrets": 1}');
  const { code, err } = await runCommand(['token', '--file', other, '--name', 'x', '--host', 'a']);
  expect([code, err]).toEqual([3, expect.stringContaining('is no file of tokens')]);
  expect(readFileSync(other, 'utf8')).toBe('{"secrets": 1}');
});
