/**
 * A virtual machine in which the scripted workload runs once under each source of one kernel. It must not know what a
 * recording is to say.
 */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileHeader } from '../../../services/core/record/file-header.ts';
import { boot, packGuest } from '../kernel-module/guest.ts';
import type { KernelTree } from '../kernel-module/kernel-tree.ts';
import { helper, output } from './capture-build.ts';

export const sources = ['kernel-module', 'ebpf', 'audit'] as const;
export type Source = (typeof sources)[number];

export interface Recorded {
  /** A file of records, as `disprotrack record` makes it. */
  readonly recording: string;
  /** The log that the workload wrote. */
  readonly log: string;
}

const workload = fileURLToPath(new URL('./workload', import.meta.url));
const host = 'guest';

/** Says what it has between marks on the serial line, since nothing else leads out of it. */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmp /tmp
mkdir -p /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup
ifconfig lo up
insmod /disprotrack.ko || echo "no module"
say() { echo "<$1>"; base64 "$2"; echo "</$1>"; }
say boot /proc/sys/kernel/random/boot_id
for source in ${sources.join(' ')}; do
  mkdir -p /tmp/play/log; cd /tmp/play
  disprotrack-capture $source --prefix /tmp/play/log </dev/null >/tmp/records &
  while [ ! -s /tmp/records ] && kill -0 $!; do sleep 0.2; done
  sleep 1
  workload work || echo "the workload failed"
  sleep 1
  kill $!
  wait $!
  say "$source" /tmp/records; say "$source-log" /tmp/play/log/app.log
  cd /; rm -r /tmp/play /tmp/records
done
# Returns when the line has all that was written.
stty sane
poweroff -f
`;

/** `folder` is for what this makes. */
export async function runWorkload(
  tree: KernelTree,
  module: string,
  folder: string,
): Promise<ReadonlyMap<Source, Recorded>> {
  const root = join(folder, 'root');
  for (const name of ['dev', 'proc', 'sys', 'tmp', 'bin']) mkdirSync(join(root, name), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  copyFileSync(helper, join(root, 'bin/disprotrack-capture'));
  copyFileSync(module, join(root, 'disprotrack.ko'));
  const parts = readdirSync(workload).filter((name) => name.endsWith('.c'));
  const built = join(root, 'bin/workload');
  output('gcc', '-static', '-O1', '-o', built, ...parts.map((name) => join(workload, name)));
  writeFileSync(join(root, 'init'), init, { mode: 0o755 });
  const console = await boot(tree.image, await packGuest(root, join(folder, 'initrd')));
  const bootId = said(console, 'boot').toString().trim();
  return new Map(sources.map((source) => [source, recorded(console, source, bootId, folder)]));
}

function recorded(console: string, source: Source, bootId: string, folder: string): Recorded {
  const arch = 0xc000003e;
  const head = writeFileHeader({ arch, source, real_ns: 0n, monotonic_ns: 0n, bootId, host });
  const recording = join(folder, `${source}.dpt`);
  writeFileSync(recording, Buffer.concat([head, said(console, source)]));
  const log = join(folder, `${source}.log`);
  writeFileSync(log, said(console, `${source}-log`));
  return { recording, log };
}

function said(console: string, name: string): Buffer {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(console)?.[1];
  if (found === undefined) throw new Error(`the guest gave no ${name}: ${console.slice(-2_000)}`);
  return Buffer.from(found, 'base64');
}
