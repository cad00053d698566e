/**
 * What capture costs those who are captured: servers and loops with nothing attached, with auditd, and with the eBPF
 * source at three settings. Every round runs all of them, each for a second or so; a figure is the median of ratios
 * within a round, since the machine is somebody else's too. What the reader of the records uses is not in it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages, isInstalled } from '../e2e/analyser/tool/install.ts';
import { buildCapture } from '../e2e/capture/capture-build.ts';
import type { BenchRow } from './bench-row.ts';
import { type CaptureMode, captureModes } from './capture-mode.ts';
import { type CaptureWorkload, captureWorkloads } from './capture-workload.ts';

const rounds = Number(process.env.DISPROTRACK_BENCH_ROUNDS ?? 5);
const packages = ['nginx', 'wrk', 'redis-server', 'redis-tools', 'auditd', 'gcc', 'libc6-dev', 'util-linux'];

export async function captureBench(): Promise<BenchRow[]> {
  if (process.getuid?.() !== 0) throw new Error('bench capture: needs root');
  buildCapture();
  const there = await Promise.all(packages.map(isInstalled));
  const missing = packages.filter((_, index) => !there[index]);
  if (missing.length > 0) await installPackages(missing);
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-bench-'));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string): Promise<BenchRow[]> {
  const workloads = captureWorkloads(folder);
  const modes = captureModes(folder);
  const figures = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const mode of modes) {
      const stop = await mode.start();
      try {
        for (const workload of workloads) {
          const key = keyOf(workload, mode);
          figures.set(key, [...(figures.get(key) ?? []), await workload.run(mode.loginUid)]);
        }
      } finally {
        await stop();
      }
    }
  }
  return workloads.flatMap((workload) => modes.map((mode) => rowOf(workload, mode, modes[0]!, figures)));
}

function keyOf(workload: CaptureWorkload, mode: CaptureMode): string {
  return `${workload.name}, ${mode.name}`;
}

function rowOf(
  workload: CaptureWorkload,
  mode: CaptureMode,
  none: CaptureMode,
  figures: ReadonlyMap<string, readonly number[]>,
): BenchRow {
  const name = keyOf(workload, mode);
  const own = figures.get(name)!;
  const base = figures.get(keyOf(workload, none))!;
  const ratios = own.map((figure, round) => figure / base[round]!);
  const row: BenchRow = { name: `capture: ${name}`, value: median(own), unit: workload.unit };
  if (mode === none) return row;
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)} in ${ratios.length} rounds`;
  return { ...row, baseline: none.name, ratio: median(ratios), note: spread };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
