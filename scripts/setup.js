/**
 * Brings a fresh checkout to the state that every script needs: the locked packages, the pinned Node among them.
 * Plain JavaScript for Node >= 20, since it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installFailure, npmMissing } from './install-failure.js';
import { withSetUpLock } from './setup-lock.js';

export const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
// In node_modules, so that whoever replaces or empties that folder takes the stamp with it.
const stampFile = join(modules, '.disprotrack-installed');
const logFile = join(root, '.cache', 'npm-ci.log');
const node_major_min = 20;

/** Installs the locked packages unless the stamp says that they are there; gives the pinned Node's path. */
export async function setUp() {
  refuseOtherPlatforms();
  return (
    installedNode() ??
    (await withSetUpLock(root, say, async () => {
      // Whoever held the lock before may have done it.
      return installedNode() ?? (await install());
    }))
  );
}

function refuseOtherPlatforms() {
  if (Number.parseInt(process.versions.node, 10) < node_major_min) {
    fail(`needs Node ${node_major_min} or newer to set itself up; this is ${process.version}.`);
  }
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    fail(`needs Linux on x64 or arm64; this is ${process.platform} on ${process.arch}.`);
  }
}

/** Undefined where anything is to be installed. */
function installedNode() {
  const file = join(modules, `node-linux-${process.arch}`, 'bin', 'node');
  if (!existsSync(stampFile) || !existsSync(file)) return undefined;
  return readFileSync(stampFile, 'utf8') === wantedStamp() ? file : undefined;
}

/** The packages are counted as well: a removal that was stopped half-way can have left the stamp. */
function wantedStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${process.arch} ${createHash('sha256').update(lock).digest('hex')} ${countPackages()}`;
}

async function install() {
  say('installing the locked packages with npm ci (once; some 550 MB on disk) …');
  const began = Date.now();
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(stampFile, { force: true });
  const { status, log, missing } = await npmCi(began);
  if (missing) fail(npmMissing);
  writeFileSync(logFile, log);
  if (status !== 0) fail(installFailure(log, logFile));
  // npm forgives an optional package that can't be had, and the pinned Node is one.
  if (!existsSync(join(modules, `node-linux-${process.arch}`, 'bin', 'node'))) {
    fail(
      `the pinned Node (package node-linux-${process.arch}) was not installed; ` +
        'is omit=optional set in your npm configuration, or does your registry lack it?',
    );
  }
  writeFileSync(stampFile, wantedStamp());
  say(`installed in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return installedNode();
}

function npmCi(began) {
  return new Promise((resolve) => {
    // No package needs its install script: what is native comes prebuilt, and nothing may want a compiler.
    const flags = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = spawn('npm', ['ci', ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    const keep = (chunk) => {
      log = (log + chunk).slice(-1 << 20);
    };
    npm.stdout.on('data', keep);
    npm.stderr.on('data', keep);
    const stop = (signal) => npm.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
    const ticker = showProgress(began);
    const done = (result) => {
      clearInterval(ticker);
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
      for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, stop);
      resolve({ log, ...result });
    };
    npm.once('error', (error) => done({ status: 1, missing: error.code === 'ENOENT' }));
    npm.once('close', (status, signal) => done({ status: signal === null ? status : 1, missing: false }));
  });
}

/** A line that renews itself on a terminal; elsewhere a line now and then, so that no log is flooded. */
function showProgress(began) {
  const every_ms = process.stderr.isTTY ? 500 : 10_000;
  return setInterval(() => {
    const line = `  … ${Math.round((Date.now() - began) / 1000)} s, ${countPackages()} packages unpacked`;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  }, every_ms);
}

function countPackages() {
  if (!existsSync(modules)) return 0;
  let count = 0;
  for (const name of readdirSync(modules)) {
    if (name.startsWith('@')) count += readdirSync(join(modules, name)).length;
    else if (!name.startsWith('.')) count++;
  }
  return count;
}

function say(sentence) {
  process.stderr.write(`disprotrack: ${sentence}\n`);
}

function fail(sentence) {
  say(sentence);
  process.exit(3);
}
