/**
 * The kernel module on Debian's kernels: built without a warning, then loaded in virtual machines whose one program
 * makes every recorded syscall and compares. DISPROTRACK_KERNELS=6.1,newest tries fewer of them.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { debianKernels } from './debian-kernel.ts';
import { guest_ms_max, runGuest } from './guest.ts';
import { type KernelTree, kernelTree } from './kernel-tree.ts';
import { buildByDkms, buildModule, modulePath } from './module-build.ts';

const fetch_ms_max = 25 * 60_000;
const build_ms_max = 5 * 60_000;

const wanted = (process.env.DISPROTRACK_KERNELS ?? 'all').split(',');
const kernels = debianKernels.filter(({ name }) => wanted.includes('all') || wanted.includes(name));

/** What a guest that skipped them would not have said. */
const expected = [
  'every recorded syscall has a case',
  'a thread of a contained process is who it is',
  'a container is known by a cgroup of version 1',
  'fork, exec and exit tell of one process',
  'the device says of a process when it began, as its records do',
  'a process of many threads ends once',
  'a process that has an io_uring is marked',
  'prefixes can be changed while it runs',
  'cgroups can be tracked and let go while it runs',
  'the device is for one reader, and root',
  'a line of 16384 bytes comes in 4 pieces',
  '100000 writes by 1 writer(s) are as many records, in order',
  '100000 writes by 2 writer(s) are as many records, in order',
  'a cpu that goes keeps its records, and may come back',
  'the helper merges its records and counts what is lost',
  'a helper that was killed finds what came since',
  'what a full ring loses is counted, and no writer waits',
  '50 times loaded and unloaded under load',
  'the kernel complains of nothing',
];

// A CI that lacks what this takes is to fail, not to pass by doing less.
const skipped = process.getuid?.() === 0 || process.env.CI !== undefined ? '' : ' (skipped: needs root)';

test('the kernels asked for are known', () => {
  const names = new Set([...debianKernels.map(({ name }) => name), 'all']);
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  expect(kernels).not.toEqual([]);
});

describe.skipIf(skipped !== '').each(kernels)(`the module on Debian's kernel $name${skipped}`, (kernel) => {
  let tree: KernelTree;
  beforeAll(async () => {
    tree = await kernelTree(kernel);
  }, fetch_ms_max);

  test('is built without a warning', { timeout: build_ms_max }, async () => {
    const said = await buildModule(tree, 'W=1', ...(kernel.sparse ? ['C=1'] : []));
    // Debian's headers come without the kernel that type information is taken from.
    expect(said.replace(/^Skipping BTF generation for .*\n/m, '')).toBe('');
  });

  test('sees what is done there', { timeout: guest_ms_max + build_ms_max }, async () => {
    const report = await runGuest(tree, modulePath(tree));
    expect(report.failed).toEqual([]);
    expect(report.done, report.console).toBe(true);
    expect(report.kernel).toBe(tree.version);
    expect(expected.filter((name) => !report.passed.includes(name))).toEqual([]);
    process.stdout.write(`kernel ${report.kernel}: ${report.passed.length} guest tests passed\n`);
  });
});

describe.skipIf(skipped !== '')(`DKMS${skipped}`, () => {
  test('builds the module', { timeout: fetch_ms_max }, async () => {
    const tree = await kernelTree(debianKernels.find(({ dkms }) => dkms)!);
    expect(await buildByDkms(tree)).toMatch(/\/disprotrack\.ko(\.xz|\.zst)?\n$/);
  });
});
