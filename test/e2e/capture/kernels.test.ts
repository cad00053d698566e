/**
 * The eBPF programs on Debian's kernels: each kernel's own verifier takes them, and its records say what a program did.
 * DISPROTRACK_KERNELS names those to try, as for the kernel module.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackages, installTools } from '../analyser/tool/install.ts';
import { debianKernels } from '../kernel-module/debian-kernel.ts';
import { boot, guest_ms_max, packGuest } from '../kernel-module/guest.ts';
import { type KernelTree, kernelTree } from '../kernel-module/kernel-tree.ts';
import { buildCapture, compiledLayout, helper, output, skipped } from './capture-build.ts';
import { kinds, losses } from './capture-run.ts';
import { type CapturedRecord, readRecords } from './captured-record.ts';
import { callers, compileWriter, ends, stamped } from './stack-writer.ts';
import { readFacts, recordsOf, untold } from './syscall-fact.ts';

const fetch_ms_max = 25 * 60_000;
const wanted = (process.env.DISPROTRACK_KERNELS ?? '6.1,newest').split(',');
const kernels = debianKernels.filter(({ name }) => wanted.includes('all') || wanted.includes(name));
const programs = fileURLToPath(new URL('./program', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-kernels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By so much the guest's clock is set forward while records flow. */
const step_s = 1_000;
/** A busy host keeps the guest waiting between its looking at the clock and its setting it. */
const slack_s = 20;

/** Says what it has between marks on the serial line, since nothing else leads out of it. */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmp /tmp
mkdir -p /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup
ifconfig lo up
disprotrack-capture ebpf --no-snapshot </dev/null >/tmp/records &
while [ ! -s /tmp/records ] && kill -0 $!; do sleep 0.2; done
mkdir /tmp/play
cases /tmp/play >/tmp/facts
date -s "@$(($(date +%s) + ${step_s}))" >/dev/null
sleep 1
kill $!
wait $!
disprotrack-capture ebpf --no-snapshot --stacks --prefix /tmp/play </dev/null >/tmp/stacks 2>/tmp/complaint &
capture=$!
while [ ! -s /tmp/stacks ] && kill -0 $capture; do sleep 0.2; done
# What runs again is known from its first line on.
stack-writer /tmp/play/log 3
sleep 1
stack-writer /tmp/play/log 2 & echo $! >/tmp/writer; wait $!
sleep 1
kill $capture
wait $capture
for file in facts records stacks complaint writer; do echo "<$file>"; base64 "/tmp/$file"; echo "</$file>"; done
# Returns when the line has all that was written.
stty sane
poweroff -f
`;

async function guestSays(tree: KernelTree): Promise<(name: string) => Buffer> {
  const root = join(folder, tree.version);
  for (const name of ['dev', 'proc', 'sys', 'tmp', 'bin', 'mnt'])
    mkdirSync(join(root, name), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  copyFileSync(helper, join(root, 'bin/disprotrack-capture'));
  const sources = readdirSync(programs).map((name) => join(programs, name));
  output(
    'gcc',
    '-static',
    '-O1',
    '-o',
    join(root, 'bin/cases'),
    ...sources.filter((name) => name.endsWith('.c')),
  );
  compileWriter(join(root, 'bin/stack-writer'), '-static');
  writeFileSync(join(root, 'init'), init, { mode: 0o755 });
  const text = await boot(tree.image, await packGuest(root, join(folder, `${tree.version}.initrd`)));
  return (name) => {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
    if (found === undefined) throw new Error(`the guest gave no ${name}: ${text.slice(-2_000)}`);
    return Buffer.from(found, 'base64');
  };
}

/** From 5.17 on; before, that it is not so. */
function toldStacks({ version }: KernelTree, said: (name: string) => Buffer): void {
  const records = readRecords(said('stacks'), compiledLayout());
  const lines = stamped(records, Number(said('writer').toString()));
  expect(lines.length).toBe(16);
  const [major, minor] = version.split('.').map(Number);
  if (major! * 100 + minor! < 517) {
    expect(said('complaint').toString()).toContain('who called for log writes is not recorded');
    expect(new Set(lines.map(({ end }) => end))).toEqual(new Set([undefined]));
    return;
  }
  for (const { line, end, stack } of lines) {
    const file = join(folder, version, 'bin/stack-writer');
    const words = line.split(' ');
    const named = callers(stack!, records, '/bin/stack-writer', file);
    // Around them are the C library's own, which the program has in it.
    expect({ line, end, named: named.filter((name) => words.includes(name)).slice(0, words.length) }).toEqual(
      {
        line,
        end: line === 'say deep' ? ends.full : ends.end,
        named: words,
      },
    );
  }
}

describe.skipIf(skipped !== '').each(kernels)(`eBPF on Debian's kernel $name${skipped}`, (kernel) => {
  let tree: KernelTree;
  beforeAll(async () => {
    buildCapture();
    await installTools('qemu-system-x86_64', 'cpio', 'gcc');
    await installPackages(['busybox-static', 'libc6-dev']);
    tree = await kernelTree(kernel);
  }, fetch_ms_max);

  test('tells what a program did there', { timeout: guest_ms_max }, async () => {
    const said = await guestSays(tree);
    toldStacks(tree, said);
    const facts = readFacts(said('facts').toString());
    const records = readRecords(said('records'), compiledLayout());
    expect(facts.length).toBeGreaterThan(100);
    expect({ untold: untold(facts, recordsOf(facts, records)), ...losses(records) }).toEqual({
      untold: [],
      missing: 0,
      counted: 0,
    });
    const note = records.find(({ kind }) => kind === kinds.note)!;
    const { clock_step_ns: noted } = JSON.parse(note.payload) as { clock_step_ns: number };
    expect(Math.abs(noted / 1e9 - step_s)).toBeLessThan(slack_s);
    const distance = ({ realNs, monotonicNs }: CapturedRecord) =>
      Number((realNs - monotonicNs) / 1_000_000_000n);
    expect(Math.abs(distance(records.at(-1)!) - distance(records[0]!) - step_s)).toBeLessThan(slack_s);
  });
});
