/** The module, built in a kernel's tree. It must not know what it is built for. */
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../analyser/tool/command.ts';
import type { KernelTree } from './kernel-tree.ts';

const sources = fileURLToPath(new URL('../../../kernel-module/', import.meta.url));

/** Gives all that make said, that it failed included; nothing where all is well. */
export async function buildModule(tree: KernelTree, ...variables: readonly string[]): Promise<string> {
  copySources(join(tree.folder, 'src'));
  const kernel = `KDIR=/usr/src/linux-headers-${tree.version}`;
  const command = `make -s -j2 -C /src/lkm ${kernel} ${variables.join(' ')} modules`;
  return inTree(tree, `${command} || echo "make gave $?"`);
}

export function modulePath(tree: KernelTree): string {
  return join(tree.folder, 'src/lkm/disprotrack.ko');
}

/** As an operator does it; gives where DKMS put the module. */
export async function buildByDkms(tree: KernelTree): Promise<string> {
  const version = /^PACKAGE_VERSION="(.*)"$/m.exec(readFileSync(join(sources, 'dkms.conf'), 'utf8'))![1]!;
  rmSync(join(tree.folder, 'var/lib/dkms'), { recursive: true, force: true });
  mkdirSync(join(tree.folder, 'var/lib/dkms'), { recursive: true });
  copySources(join(tree.folder, `usr/src/disprotrack-${version}`));
  await inTree(tree, `dkms build disprotrack/${version} -k ${tree.version}`);
  return inTree(tree, "find /var/lib/dkms -name 'disprotrack.ko*'");
}

function copySources(to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(sources, to, { recursive: true });
}

/** Warnings are part of what it gives. /proc is there for as long as the command runs. */
function inTree(tree: KernelTree, command: string): Promise<string> {
  const script = 'mount -t proc proc "$1/proc" && exec chroot "$1" /bin/sh -c "$2" 2>&1';
  const env = { PATH: '/usr/sbin:/usr/bin', LANG: 'C', LC_ALL: 'C' };
  return run(
    'could not build the module',
    'unshare',
    ['--mount', 'sh', '-c', script, 'sh', tree.folder, command],
    {
      env,
    },
  );
}
