/** One analysis in a thread that can be stopped at any instruction. It must not know bounds. */
import { realpathSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import type { LogFunctionTable } from '../contract/log-function-table.ts';
import { type Analysed, analyseInputs } from './analysis.ts';
import { AnalysisError, type AnalysisErrorCode } from './analysis-error.ts';
import type { FrontEnd } from './front-end.ts';
import { readInputs } from './input-files.ts';

export interface ThreadTask {
  readonly paths: readonly string[];
  readonly bt: number;
  readonly functions: LogFunctionTable | undefined;
  /** URL of a module with `frontEnds`. */
  readonly frontEnds: string;
}

export type ThreadReport =
  | { readonly kind: 'phase'; readonly phase: string }
  | { readonly kind: 'done'; readonly analysed: Analysed }
  | {
      readonly kind: 'failed';
      readonly code: AnalysisErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    };

/**
 * What the heap may grow by before it is swept: V8 would let it grow to four times what is used. And how much code of
 * others a compiled function takes in: with V8's own bound, compiling is a third of the time that a server takes.
 */
const flags = [
  '--heap-growing-percent=40',
  '--max-inlined-bytecode-size-cumulative=200',
  '--max-maglev-inlined-bytecode-size-cumulative=200',
];

/**
 * Inputs of fewer bytes are done before most of what TurboFan makes pays: where it begins later, an analysis takes a
 * tenth less time of the processor, and a seventh less memory. A larger program would take longer with these.
 */
const small_bytes_max = 4 << 20;
const flags_small = ['--invocation-count-for-maglev=1500', '--invocation-count-for-turbofan=60000'];

function report(message: ThreadReport): void {
  parentPort!.postMessage(message);
}

const { paths, bt, functions, frontEnds: from } = workerData as ThreadTask;
const onPhase = (phase: string): void => report({ kind: 'phase', phase });
try {
  const { frontEnds } = (await import(from)) as { frontEnds: readonly FrontEnd[] };
  // After the modules, which come compiled for Node's own flags alone. The starter takes it back.
  for (const flag of flags) setFlagsFromString(flag);
  onPhase('reading files');
  const inputs = readInputs(paths, new Set(frontEnds.flatMap((f) => f.extensions)));
  if (inputs.reduce((sum, { bytes }) => sum + bytes.length, 0) < small_bytes_max)
    for (const flag of flags_small) setFlagsFromString(flag);
  const names = { named: paths[0]!, real: realpathSync(paths[0]!) };
  const analysed = await analyseInputs(names, inputs, frontEnds, { bt, functions, onPhase });
  report({ kind: 'done', analysed });
} catch (error) {
  if (!(error instanceof AnalysisError)) throw error;
  const { code, message, hint } = error;
  report({ kind: 'failed', code, message, hint });
}
