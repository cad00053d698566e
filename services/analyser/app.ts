/**
 * The analyser as others call it: files in, a profile out, within hard bounds on time and memory. The work runs in
 * a thread of its own, so that nothing in a hostile file can hold up the end.
 */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { LogFunctionTable } from '../contract/log-function-table.ts';
import type { Analysed } from './analysis.ts';
import { AnalysisError } from './analysis-error.ts';
import type { ThreadReport, ThreadTask } from './analysis-thread.ts';

export interface AnalyseOptions {
  /** Callers up from a known log function, and up from a loop that waits. */
  readonly bt: number;
  /** The user's own table of log functions. */
  readonly functions?: LogFunctionTable | undefined;
  readonly time_ms_max: number;
  /** Of the whole process. */
  readonly memory_mb_max: number;
  readonly onPhase?: ((phase: string) => void) | undefined;
  /** A module that exports `frontEnds` in place of those of the product. */
  readonly frontEnds?: URL | undefined;
}

export interface Analysis extends Analysed {
  readonly elapsed_ms: number;
  /** Processor time of the whole process. */
  readonly cpu_ms: number;
  readonly rss_mb_max: number;
}

/** Memory is looked at so often; what is allocated and written in between is the bound's slack. */
const look_ms = 20;

/** V8's own, in place of what the thread sets. */
const flags_default = [
  '--heap-growing-percent=0',
  '--max-inlined-bytecode-size-cumulative=920',
  '--max-maglev-inlined-bytecode-size-cumulative=920',
  '--invocation-count-for-maglev=400',
  '--invocation-count-for-turbofan=3000',
];

/** Of objects that just came about: more would only be memory unused. */
const young_mb_max = 12;

/** The first path is the program; the others belong to it. Throws AnalysisError: there is never half a profile. */
export async function analyseFile(paths: readonly string[], options: AnalyseOptions): Promise<Analysis> {
  const began = performance.now();
  const usage = process.cpuUsage();
  const analysed = await inThread(paths, options);
  const { user, system } = process.cpuUsage(usage);
  return {
    ...analysed,
    elapsed_ms: Math.round(performance.now() - began),
    cpu_ms: Math.round((user + system) / 1e3),
    rss_mb_max: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function inThread(paths: readonly string[], options: AnalyseOptions): Promise<Analysed> {
  const { bt, functions, time_ms_max, memory_mb_max, onPhase } = options;
  const frontEnds = (options.frontEnds ?? new URL('./front-ends.ts', import.meta.url)).href;
  // Node's own modules come compiled for the flags that Node was built with: with others, a thread starts in three times
  // the time.
  setFlagsFromString('--lazy');
  const worker = new Worker(new URL('./analysis-thread.ts', import.meta.url), {
    workerData: { paths, bt, functions, frontEnds } satisfies ThreadTask,
    resourceLimits: { maxOldGenerationSizeMb: memory_mb_max, maxYoungGenerationSizeMb: young_mb_max },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Analysed>();
  const timer = setTimeout(() => reject(tooLong(time_ms_max)), time_ms_max);
  // The thread's own limit counts neither buffers nor WebAssembly.
  const look = setInterval(() => {
    if (process.memoryUsage.rss() > memory_mb_max * 2 ** 20) reject(tooLarge(memory_mb_max));
  }, look_ms);
  worker.on('message', (report: ThreadReport) => {
    if (report.kind === 'phase') onPhase?.(report.phase);
    else if (report.kind === 'done') resolve(report.analysed);
    else reject(new AnalysisError(report.code, report.message, { hint: report.hint }));
  });
  worker.on('error', (cause) => reject(outOfMemory(cause) ? tooLarge(memory_mb_max, cause) : cause));
  worker.on('exit', (code) => reject(new Error(`the analysing thread ended early with code ${code}`)));
  return promise.finally(async () => {
    clearTimeout(timer);
    clearInterval(look);
    for (const flag of flags_default) setFlagsFromString(flag);
    await worker.terminate();
  });
}

function outOfMemory(cause: unknown): boolean {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' || /allocation failed|out of memory/i.test(message ?? '');
}

function tooLong(time_ms_max: number): AnalysisError {
  return new AnalysisError(
    'timeout',
    `the analysis took longer than ${time_ms_max / 1e3} s and was stopped`,
    {
      hint: 'allow more with --timeout; nothing was written',
    },
  );
}

function tooLarge(memory_mb_max: number, cause?: unknown): AnalysisError {
  return new AnalysisError('memory', `the analysis needed more than ${memory_mb_max} MB and was stopped`, {
    cause,
    hint: 'allow more with --max-memory; nothing was written',
  });
}
