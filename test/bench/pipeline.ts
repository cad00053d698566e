/**
 * The whole way, recorded files to a committed graph, against the pipeline published with the paper. Measured is the
 * command as it is installed, since what a user waits for is mostly code that runs for the first time.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './bench-row.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const samples = fileURLToPath(new URL('../../../shared/data/paper-samples/s2/', import.meta.url));
/**
 * Seconds that the published Python pipeline (github.com/usatpath01/DisProTrack: parse, merge, common log, sort,
 * graph) took for samples of 3.4 and 3.5 MB on a two-core machine; the lower end is what is compared to.
 */
const published_s = 5.4;
const runs = 11;

/** Rows of medians; one row that says so where the samples are not beside the repository. */
export function pipelineBench(): BenchRow[] {
  if (!existsSync(samples)) {
    return [{ name: 'pipeline s2', value: Number.NaN, unit: 'ms', note: `no samples at ${samples}` }];
  }
  const dir = mkdtempSync(join(tmpdir(), 'disprotrack-bench-'));
  try {
    const log = (name: string): string[] => ['--log', join(samples, name)];
    const rest = ['--audit', join(samples, 'audit.log'), ...log('access.log'), ...log('error.log')];
    const imports = timed((run) => ['import', '--store', join(dir, String(run)), ...rest]);
    const asking = timed(() => ['why', '--store', join(dir, '0'), '/etc/passwd']);
    const helping = timed(() => ['--help']);
    return [
      compared(
        'import of s2, files → committed graph',
        imports.map(({ output }) => importMs(output)),
      ),
      compared(
        'the same with process start',
        imports.map(({ ms }) => ms),
      ),
      { name: 'why /etc/passwd on that store', value: median(asking.map(({ ms }) => ms)), unit: 'ms' },
      { name: '--help', value: median(helping.map(({ ms }) => ms)), unit: 'ms' },
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The median; and the fastest, which says more on a machine that does other things too. */
function compared(name: string, ms: number[]): BenchRow {
  const value = median(ms);
  const note = `fastest of ${runs} runs ${Math.min(...ms).toFixed(0)} ms`;
  const baseline = `published Python pipeline, ${published_s} s`;
  return { name, value, unit: 'ms', baseline, ratio: (published_s * 1000) / value, note };
}

/** Each run of the command but the first, which may still have to compile. */
function timed(args: (run: number) => string[]): { readonly ms: number; readonly output: string }[] {
  return Array.from({ length: runs + 1 }, (_, run) => {
    const began = performance.now();
    const child = spawnSync(command, args(run), { encoding: 'utf8' });
    const ms = performance.now() - began;
    if (child.status !== 0) throw new Error(child.stderr || child.stdout);
    return { ms, output: child.stdout };
  }).slice(1);
}

/** What an import says of itself: from opening the store to its commit. */
function importMs(output: string): number {
  const found = /^time +([\d.]+) (ms|s) /m.exec(output);
  if (found === null) throw new Error(`the import says no time: ${output}`);
  return Number(found[1]) * (found[2] === 's' ? 1000 : 1);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
