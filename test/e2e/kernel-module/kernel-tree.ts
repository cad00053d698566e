/**
 * A folder with a Debian kernel, its headers and the compiler that it wants, unpacked once and kept: what is built for
 * a kernel is built as that Debian would. It must not know what is built.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../analyser/tool/command.ts';
import { installPackages, installTools } from '../analyser/tool/install.ts';
import type { DebianKernel } from './debian-kernel.ts';

const cache = fileURLToPath(new URL('../../../.cache/kernels/', import.meta.url));
const fetch_ms_max = 20 * 60_000;
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

const buildTools = 'gcc make bash dash coreutils sed grep gawk findutils diffutils'.split(' ');
/** Unpacked only: no package's script makes these. */
const links = [
  'mkdir -p "$1/usr/bin" "$1/usr/sbin" "$1/usr/lib" "$1/usr/lib64"',
  'ln -sf usr/bin "$1/bin"',
  'ln -sf usr/sbin "$1/sbin"',
  'ln -sf usr/lib "$1/lib"',
  'ln -sf usr/lib64 "$1/lib64"',
  'ln -sf gawk "$1/usr/bin/awk"',
].join(' && ');

export interface KernelTree {
  readonly folder: string;
  /** As `uname -r` says. */
  readonly version: string;
  readonly image: string;
}

/** Throws a TruthError where something can't be downloaded or installed. Says so while it downloads. */
export async function kernelTree(kernel: DebianKernel): Promise<KernelTree> {
  const folder = join(cache, kernel.name);
  const stamp = join(folder, '.packages');
  const packages = packagesOf(kernel).join(' ');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== packages) {
    process.stdout.write(`downloading Debian's kernel of ${kernel.suite} …\n`);
    const began = performance.now();
    await unpack(kernel, folder);
    writeFileSync(stamp, packages);
    process.stdout.write(`… done in ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  }
  const version = readdirSync(join(folder, 'usr/lib/modules'))[0]!;
  const images = [`boot/vmlinuz-${version}`, `usr/lib/modules/${version}/vmlinuz`].map((path) =>
    join(folder, path),
  );
  return { folder, version, image: images.find(existsSync) ?? images[0]! };
}

function packagesOf(kernel: DebianKernel): readonly string[] {
  return [
    `linux-image-cloud-amd64/${kernel.suite}`,
    `linux-headers-cloud-amd64/${kernel.suite}`,
    ...buildTools,
    ...(kernel.sparse ? ['sparse'] : []),
    ...(kernel.dkms ? ['dkms', 'kmod'] : []),
  ];
}

async function unpack(kernel: DebianKernel, folder: string): Promise<void> {
  await installTools('mmdebstrap');
  await installPackages(['debian-archive-keyring']);
  const mirror = await debianMirror();
  const suites = [...new Set([kernel.release, kernel.suite])];
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  await run(
    `could not unpack the kernel of ${kernel.suite}`,
    'mmdebstrap',
    [
      '--mode=root',
      '--variant=extract',
      '--architectures=amd64',
      `--keyring=${keyring}`,
      '--aptopt=Apt::Install-Recommends "false"',
      `--setup-hook=${links}`,
      `--include=${packagesOf(kernel).join(',')}`,
      kernel.release,
      unfinished,
      ...suites.map((suite) => `deb ${mirror} ${suite} main`),
    ],
    { timeoutMs: fetch_ms_max },
  );
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}

/** Where this machine itself gets Debian from. */
async function debianMirror(): Promise<string> {
  const format = '$(LABEL) $(REPO_URI)';
  const targets = () =>
    run('could not ask apt for its sources', 'apt-get', [
      'indextargets',
      '--format',
      format,
      'Created-By: Packages',
    ]);
  const find = (text: string) => /^Debian (\S+)$/m.exec(text)?.[1];
  const known = find(await targets());
  if (known !== undefined) return known;
  // Labels are read from lists, which a fresh machine may not have yet.
  await run('could not read the lists of packages', 'apt-get', ['-qq', 'update']);
  const mirror = find(await targets());
  if (mirror === undefined) throw new Error('none of apt’s sources is Debian’s archive');
  return mirror;
}
