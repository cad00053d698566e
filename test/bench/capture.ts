/**
 * What capture costs those who are captured: servers and loops with nothing attached, with a program that does nothing,
 * with the eBPF source at three settings, and with auditd. Every round runs all of them, each for a second or so and
 * between two runs with nothing attached, with whose mean it is compared: the machine is another one some seconds later.
 * A figure is the median of these ratios. It is told as throughput, to which everything counts that runs at the
 * same time, the records' reader and the load's maker too, and by the processor time of those who are captured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from '../e2e/analyser/tool/install.ts';
import { buildCapture } from '../e2e/capture/capture-build.ts';
import type { BenchRow } from './bench-row.ts';
import { type CaptureCount, type CaptureMode, captureModes } from './capture-mode.ts';
import { type CaptureWorkload, captureWorkloads, type Pace } from './capture-workload.ts';

const rounds = Number(process.env.DISPROTRACK_BENCH_ROUNDS ?? 5);
const packages = ['nginx', 'wrk', 'redis-server', 'redis-tools', 'auditd', 'gcc', 'libc6-dev', 'util-linux'];

export async function captureBench(): Promise<BenchRow[]> {
  if (process.getuid?.() !== 0) throw new Error('bench capture: needs root');
  buildCapture();
  await installPackages(packages);
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-bench-'));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of one workload in one mode, by round. */
interface Measured {
  readonly paces: Pace[];
  readonly throughput: number[];
  readonly processor: number[];
}

async function measure(folder: string): Promise<BenchRow[]> {
  const workloads = captureWorkloads(folder);
  const [none, ...modes] = captureModes(folder) as [CaptureMode, ...CaptureMode[]];
  const counts = new Map<CaptureMode, CaptureCount[]>();
  const bases = workloads.map((): Pace[] => []);
  const measured = new Map(modes.map((mode) => [mode, workloads.map(nothingMeasured)]));
  for (let round = 0; round < rounds; round++) {
    let before = (await runAll(none, workloads)).paces;
    for (const mode of modes) {
      const own = await runAll(mode, workloads);
      const after = (await runAll(none, workloads)).paces;
      for (const [index, pace] of own.paces.entries()) {
        const { paces, throughput, processor } = measured.get(mode)![index]!;
        const base = meanOf(before[index]!, after[index]!);
        paces.push(pace);
        throughput.push(pace.perSecond / base.perSecond);
        processor.push(pace.perCpuSecond / base.perCpuSecond);
        bases[index]!.push(base);
      }
      if (own.count !== undefined) counts.set(mode, [...(counts.get(mode) ?? []), own.count]);
      before = after;
    }
  }
  return [
    ...workloads.flatMap((workload, index) => [
      paceRow(workload, none, bases[index]!),
      ...modes.map((mode) => rowOf(workload, mode, none, measured.get(mode)![index]!)),
    ]),
    ...[...counts].map(([mode, of]) => lossRow(mode, of)),
  ];
}

async function runAll(
  mode: CaptureMode,
  workloads: readonly CaptureWorkload[],
): Promise<{ paces: readonly Pace[]; count: CaptureCount | undefined }> {
  const stop = await mode.start();
  const paces: Pace[] = [];
  let count: CaptureCount | undefined;
  try {
    for (const workload of workloads) paces.push(await workload.run(mode.loginUid));
  } finally {
    count = await stop();
  }
  return { paces, count };
}

function nothingMeasured(): Measured {
  return { paces: [], throughput: [], processor: [] };
}

function meanOf(one: Pace, other: Pace): Pace {
  return {
    perSecond: (one.perSecond + other.perSecond) / 2,
    perCpuSecond: (one.perCpuSecond + other.perCpuSecond) / 2,
  };
}

function paceRow(workload: CaptureWorkload, mode: CaptureMode, paces: readonly Pace[]): BenchRow {
  return {
    name: `capture: ${workload.name}, ${mode.name}`,
    value: median(paces.map(({ perSecond }) => perSecond)),
    unit: `${workload.unit}/s`,
  };
}

function rowOf(workload: CaptureWorkload, mode: CaptureMode, none: CaptureMode, own: Measured): BenchRow {
  const { paces, throughput, processor } = own;
  const note = `${spread(throughput)}; for a CPU second ${median(processor).toFixed(2)}, ${spread(processor)}; ${rounds} rounds`;
  return { ...paceRow(workload, mode, paces), baseline: none.name, ratio: median(throughput), note };
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
