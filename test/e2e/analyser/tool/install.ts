/** Installs the Debian packages of the tools that are missing, without letting one start a service on the host. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, TruthError } from './command.ts';

const packages: Readonly<Record<string, string>> = {
  'dpkg-deb': 'dpkg',
  'dpkg-source': 'dpkg-dev',
  gcc: 'gcc',
  make: 'make',
  clang: 'clang',
  'aarch64-linux-gnu-gcc': 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross',
  strace: 'strace',
  openssl: 'openssl',
  strip: 'binutils',
  'aarch64-linux-gnu-strip': 'binutils-aarch64-linux-gnu',
  objdump: 'binutils',
  'aarch64-linux-gnu-objdump': 'binutils-aarch64-linux-gnu',
  size: 'binutils',
  'docker-compose': 'docker-compose',
  'redis-server': 'redis-server',
  'nats-server': 'nats-server',
  mmdebstrap: 'mmdebstrap',
  'qemu-system-x86_64': 'qemu-system-x86',
  cpio: 'cpio',
  go: 'golang-go',
  php: 'php-cli',
  javac: 'default-jdk-headless',
  java: 'openjdk-17-jre-headless',
  mvn: 'maven',
};
const policyFile = '/usr/sbin/policy-rc.d';

let queue: Promise<unknown> = Promise.resolve();

/** Resolves when every one of `tools` can be started. */
export function installTools(...tools: readonly string[]): Promise<void> {
  const job = queue.then(() => installMissing(tools));
  queue = job.catch(() => {});
  return job;
}

async function installMissing(tools: readonly string[]): Promise<void> {
  const missing = tools.filter((tool) => !isThere(tool));
  if (missing.length > 0) await installPackages(missing.flatMap((tool) => packages[tool]!.split(' ')));
}

/** Those that are missing, with what they depend on; for programs that need files besides the tool. */
export async function installPackages(wanted: readonly string[]): Promise<void> {
  const there = await Promise.all(wanted.map(isInstalled));
  const names = wanted.filter((_, i) => !there[i]);
  if (names.length === 0) return;
  const what = `could not install ${names.join(' ')}`;
  if (process.getuid?.() !== 0) throw new TruthError(`${what}: that needs root`);
  const ownPolicy = !existsSync(policyFile);
  if (ownPolicy) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run(what, 'apt-get', ['-qq', 'update']);
    await run(what, 'apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...names], { env });
  } finally {
    if (ownPolicy) rmSync(policyFile, { force: true });
  }
}

function isThere(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)));
}

async function isInstalled(name: string): Promise<boolean> {
  const status = await run('could not ask dpkg', 'dpkg', ['-s', name]).catch(() => '');
  return /^Status: install ok installed$/m.test(status);
}
