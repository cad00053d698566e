/** The whole way, recorded files to a committed graph, against the pipeline published with the paper. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// Loaded when a store is first opened for writing: part of the process's start, which one row counts and one does not.
import '../../services/store/embedded/open-writer.ts';
import { openStore } from '../../services/store/open-store.ts';
import { importFiles } from '../../services/worker/import-files.ts';
import type { BenchRow } from './bench-row.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const samples = fileURLToPath(new URL('../../../shared/data/paper-samples/s2/', import.meta.url));
/**
 * Seconds that the published Python pipeline (github.com/usatpath01/DisProTrack: parse, merge, common log, sort,
 * graph) took for samples of 3.4 and 3.5 MB on a two-core machine; the lower end is what is compared to.
 */
const published_s = 5.4;
const runs = 7;

/** Rows of medians; one row that says so where the samples are not beside the repository. */
export function pipelineBench(): BenchRow[] {
  if (!existsSync(samples)) {
    return [{ name: 'pipeline s2', value: Number.NaN, unit: 'ms', note: `no samples at ${samples}` }];
  }
  const inside: number[] = [];
  const outside: number[] = [];
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'once'], { encoding: 'utf8' });
    outside.push(performance.now() - began);
    if (child.status !== 0) throw new Error(child.stderr);
    inside.push(Number(child.stdout));
  }
  const baseline = `published Python pipeline, ${published_s} s`;
  const row = (name: string, ms: number): BenchRow => ({
    name,
    value: ms,
    unit: 'ms',
    baseline,
    ratio: (published_s * 1000) / ms,
  });
  return [
    row('s2, files → committed graph, cold process', median(inside)),
    row('the same with process start', median(outside)),
    ...commandRows(row),
  ];
}

/** What a user waits for: the command as it is installed, on a store that it makes. */
function commandRows(row: (name: string, ms: number) => BenchRow): BenchRow[] {
  const dir = mkdtempSync(join(tmpdir(), 'disprotrack-bench-'));
  try {
    const log = (name: string): string[] => ['--log', join(samples, name)];
    const rest = ['--audit', join(samples, 'audit.log'), ...log('access.log'), ...log('error.log')];
    const importing = timed((run) => ['import', '--store', join(dir, String(run)), ...rest]);
    const asking = timed(() => ['why', '--store', join(dir, '0'), '/etc/passwd']);
    const plain = (name: string, value: number): BenchRow => ({ name, value, unit: 'ms' });
    return [
      row('disprotrack import of the same', importing),
      plain('disprotrack why /etc/passwd on that store', asking),
      plain(
        'disprotrack --help',
        timed(() => ['--help']),
      ),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Median ms of the command, once it has run. */
function timed(args: (run: number) => string[]): number {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const began = performance.now();
    const child = spawnSync(command, args(run), { encoding: 'utf8' });
    times.push(performance.now() - began);
    if (child.status !== 0) throw new Error(child.stderr || child.stdout);
  }
  return median(times.slice(1));
}

async function once(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'disprotrack-bench-'));
  try {
    const began = performance.now();
    const store = await openStore(dir, { mode: 'write' });
    const input = (name: string): { name: string; path: string } => ({ name, path: join(samples, name) });
    await importFiles({
      store,
      host: 'sample',
      audit: [input('audit.log')],
      logs: [input('access.log'), input('error.log')],
      identity: [],
      profiles: [],
      onProgress: () => {},
      onDiagnostic: () => {},
    });
    const ms = performance.now() - began;
    await store.close();
    process.stdout.write(String(ms));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

if (process.argv[2] === 'once') await once();
