/**
 * What capture costs those who are captured: servers and loops with nothing attached, with a program that does nothing,
 * with the eBPF source at three settings, and with auditd. Every round runs all of them, each for a second or so; a
 * figure is the median of ratios within a round. It is told as throughput, to which everything counts that runs at the
 * same time, the records' reader and the load's maker too, and by the processor time of those who are captured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages, isInstalled } from '../e2e/analyser/tool/install.ts';
import { buildCapture } from '../e2e/capture/capture-build.ts';
import type { BenchRow } from './bench-row.ts';
import { type CaptureCount, type CaptureMode, captureModes } from './capture-mode.ts';
import { type CaptureWorkload, captureWorkloads, type Pace } from './capture-workload.ts';

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
  const paces = new Map<string, Pace[]>();
  const counts = new Map<CaptureMode, CaptureCount[]>();
  for (let round = 0; round < rounds; round++) {
    for (const mode of modes) {
      const stop = await mode.start();
      try {
        for (const workload of workloads) {
          const key = keyOf(workload, mode);
          paces.set(key, [...(paces.get(key) ?? []), await workload.run(mode.loginUid)]);
        }
      } finally {
        const count = await stop();
        if (count !== undefined) counts.set(mode, [...(counts.get(mode) ?? []), count]);
      }
    }
  }
  return [
    ...workloads.flatMap((workload) => modes.map((mode) => rowOf(workload, mode, modes[0]!, paces))),
    ...[...counts].map(([mode, of]) => lossRow(mode, of)),
  ];
}

function keyOf(workload: CaptureWorkload, mode: CaptureMode): string {
  return `${workload.name}, ${mode.name}`;
}

function rowOf(
  workload: CaptureWorkload,
  mode: CaptureMode,
  none: CaptureMode,
  paces: ReadonlyMap<string, readonly Pace[]>,
): BenchRow {
  const name = keyOf(workload, mode);
  const own = paces.get(name)!;
  const base = paces.get(keyOf(workload, none))!;
  const value = median(own.map(({ perSecond }) => perSecond));
  const row: BenchRow = { name: `capture: ${name}`, value, unit: `${workload.unit}/s` };
  if (mode === none) return row;
  const throughput = own.map(({ perSecond }, round) => perSecond / base[round]!.perSecond);
  const processor = own.map(({ perCpuSecond }, round) => perCpuSecond / base[round]!.perCpuSecond);
  const note = `${spread(throughput)}; for a CPU second ${median(processor).toFixed(2)}, ${spread(processor)}; ${rounds} rounds`;
  return { ...row, baseline: none.name, ratio: median(throughput), note };
}

/** A record that is lost costs less than one that is kept: the ratios hold where few are. */
function lossRow({ name }: CaptureMode, counts: readonly CaptureCount[]): BenchRow {
  const sum = (of: (count: CaptureCount) => number): number =>
    counts.reduce((all, count) => all + of(count), 0);
  const attempts = sum((count) => count.attempts);
  return {
    name: `capture: lost, ${name}`,
    value: sum(({ lost }) => lost),
    unit: 'records',
    note: `of ${attempts.toLocaleString('en')}`,
  };
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
