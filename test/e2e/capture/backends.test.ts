/**
 * One scripted workload under the kernel module, eBPF and audit of one kernel: the import makes one graph of it, the one
 * of workload/graph.txt (UPDATE_GOLDEN=1 writes the module's), but for what docs/CAPTURE.md says that a source does not
 * cover. DISPROTRACK_KERNELS names other kernels to try.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackages, installTools } from '../analyser/tool/install.ts';
import { debianKernels } from '../kernel-module/debian-kernel.ts';
import { guest_ms_max } from '../kernel-module/guest.ts';
import { kernelTree } from '../kernel-module/kernel-tree.ts';
import { buildModule, modulePath } from '../kernel-module/module-build.ts';
import { buildCapture, skipped } from './capture-build.ts';
import { workloadGraph } from './workload-graph.ts';
import { type Recorded, runWorkload, type Source, sources } from './workload-guest.ts';

interface Difference {
  readonly sources: readonly Source[];
  /** First cell of the row of docs/CAPTURE.md that says so. */
  readonly row: string;
  readonly missing: readonly string[];
}

const allowed: readonly Difference[] = [
  {
    sources: ['audit'],
    row: 'mmap of files',
    missing: [
      'file /tmp/play/shared -mmap 0-> process workload map',
      'process workload map -mmap 0-> file /tmp/play/shared',
    ],
  },
  {
    // Its interpreter's opening of it is in all of them.
    sources: ['kernel-module', 'ebpf'],
    row: 'execve, execveat: image, arguments, script',
    missing: ['file /tmp/play/script -execve 0-> process /bin/workload interpret ./script its-word'],
  },
];

const wanted = (process.env.DISPROTRACK_KERNELS ?? '6.1').split(',');
const kernels = debianKernels.filter(({ name }) => wanted.includes('all') || wanted.includes(name));
const prepare_ms_max = 30 * 60_000;
const graphFile = fileURLToPath(new URL('./workload/graph.txt', import.meta.url));
const docs = readFileSync(new URL('../../../docs/CAPTURE.md', import.meta.url), 'utf8');
const columns = ['ebpf', 'kernel-module', 'audit'] as const;

/** What the coverage table has for the source: ●, ◐ or ○; undefined where there is no such row. */
function coverage(row: string, source: Source): string | undefined {
  const cells = docs.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return cells.find(([, first]) => first === row)?.[2 + columns.indexOf(source)];
}

test.each(allowed)('the coverage table says it of $sources: $row', ({ row, sources: lacking }) => {
  for (const source of lacking) expect(['◐', '○']).toContain(coverage(row, source));
});

describe.skipIf(skipped !== '').each(kernels)(`one workload on Debian's kernel $name${skipped}`, (kernel) => {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-backends-'));
  let recorded: ReadonlyMap<Source, Recorded>;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    buildCapture();
    await installTools('qemu-system-x86_64', 'cpio', 'gcc');
    await installPackages(['busybox-static', 'libc6-dev']);
    const tree = await kernelTree(kernel);
    await buildModule(tree);
    recorded = await runWorkload(tree, modulePath(tree), folder);
  }, prepare_ms_max + guest_ms_max);

  test('has no log lines where a source has no payloads', async () => {
    for (const source of sources) {
      const graph = await workloadGraph(recorded.get(source)!, 'alone', join(folder, `${source}-alone`));
      const covers = coverage('payload of log writes', source) === '●';
      expect(graph.some((line) => line.startsWith('template '))).toBe(covers);
    }
  });

  test.each(sources)('is one graph: %s', async (source) => {
    const logs = coverage('payload of log writes', source) === '○' ? 'with the log' : 'alone';
    const graph = await workloadGraph(recorded.get(source)!, logs, join(folder, source));
    const missing = allowed.filter((d) => d.sources.includes(source)).flatMap((d) => d.missing);
    if (process.env.UPDATE_GOLDEN === '1' && source === 'kernel-module')
      writeFileSync(graphFile, `${[...graph, ...missing].sort().join('\n')}\n`);
    const whole = readFileSync(graphFile, 'utf8').trimEnd().split('\n');
    expect(missing.filter((line) => !whole.includes(line))).toEqual([]);
    // A line that is allowed to be missing and is there fails here too.
    expect(graph).toEqual(whole.filter((line) => !missing.includes(line)));
  });
});
