/** What a checkout says that can't be set up: one sentence and what to do, whatever is missing. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-setup-'));
const checkout = join(folder, 'checkout');
const withoutNpm = join(folder, 'bin');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  mkdirSync(checkout);
  mkdirSync(withoutNpm);
  symlinkSync(process.execPath, join(withoutNpm, 'node'));
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
  const { status, stderr, stdout } = demo({ PATH: withoutNpm });
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

test('packages that were removed, the stamp having been left, are installed again', () => {
  const modules = join(checkout, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules')).filter((n) => !n.startsWith('.'))) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  const stamp = '.disprotrack-installed';
  cpSync(join(root, 'node_modules', stamp), join(modules, stamp));
  expect(demo({ PATH: withoutNpm }).stderr).not.toContain('installing');
  rmSync(join(modules, 'zod'));
  expect(demo({ PATH: withoutNpm }).stderr).toContain('installing the locked packages');
});
