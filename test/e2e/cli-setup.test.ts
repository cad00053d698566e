/** What a checkout says that can't be set up: one sentence and what to do, whatever is missing. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-setup-'));
const checkout = join(folder, 'checkout');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  mkdirSync(checkout);
  for (const name of ['scripts', 'package.json', 'package-lock.json']) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
});

function demo(
  env: NodeJS.ProcessEnv,
  command = [process.execPath, join(checkout, 'scripts', 'disprotrack.js')],
) {
  const [file, ...args] = [...command, 'demo'];
  return spawnSync(file!, args, { encoding: 'utf8', env: { ...process.env, ...env } });
}

test('without npm it names npm and how to get it', () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  const { status, stderr, stdout } = demo({ PATH: bin });
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    'disprotrack: npm was not found, and the packages come through it; install it (on Debian: apt-get install npm) and try again.',
  );
});

test('without a registry it says so in a sentence, and where npm’s own words are', () => {
  // The command as it is installed, which has no Node yet to hand over to.
  const command = [join(checkout, 'scripts', 'disprotrack')];
  const env = {
    // Nothing listens on the discard port of this machine.
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_cache: join(folder, 'cache'),
    npm_config_fetch_retries: '0',
  };
  const { status, stderr, stdout } = demo(env, command);
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  const last = stderr.trimEnd().split('\n').at(-1)!;
  expect(last).toMatch(/^disprotrack: the package registry could not be reached \(ECONNREFUSED\)/);
  expect(last).toContain('npm-ci.log');
  expect(stderr).not.toMatch(/^\s+at /m);
});
