/** Tries inputs until the time is over or one breaks an invariant. It must not know what is fuzzed. */
import { Random } from '../bench/random.ts';
import type { FuzzFailure, FuzzOptions, FuzzReport } from './fuzz-target.ts';

export interface FuzzLoop extends FuzzOptions {
  /** Tried first, as they are. */
  readonly corpus: readonly Uint8Array[];
  readonly next: (random: Random) => Uint8Array;
  /** Throws where the input breaks an invariant. */
  readonly check: (input: Uint8Array, random: Random) => void;
  /** An input that takes longer is one that breaks it. */
  readonly elapsedMsMax: number;
}

export function fuzzLoop(loop: FuzzLoop): FuzzReport {
  const random = new Random(loop.seed);
  const until = performance.now() + loop.seconds * 1000;
  let inputs = 0;
  let bytes = 0;
  while (performance.now() < until) {
    const input = loop.corpus[inputs] ?? loop.next(random);
    inputs++;
    bytes += input.length;
    const failure = failureOf(loop, input, random);
    if (failure !== undefined) return { inputs, bytes, failure };
  }
  return { inputs, bytes, failure: undefined };
}

function failureOf(
  { check, elapsedMsMax }: FuzzLoop,
  input: Uint8Array,
  random: Random,
): FuzzFailure | undefined {
  const began = performance.now();
  try {
    check(input, random);
  } catch (error) {
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), input };
  }
  const elapsedMs = performance.now() - began;
  if (elapsedMs > elapsedMsMax) return { message: `it took ${elapsedMs.toFixed(0)} ms`, input };
  return undefined;
}
