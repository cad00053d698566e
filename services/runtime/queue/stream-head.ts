/**
 * How far a stream was accepted, and which records it went on without: what comes late is told from what comes again.
 * It must not know where heads are kept.
 */
import { keys_max } from '../../core/batch-queue.ts';

export interface StreamHead {
  /** Number of the record that the stream wants next. */
  readonly next: bigint;
  /** First and last of what did not come, oldest first. */
  readonly gaps: readonly (readonly [bigint, bigint])[];
  /** Of the batches without numbers that came last, oldest first. */
  readonly keys: readonly string[];
}

/** Gaps of a stream that are remembered. */
export const gaps_max = 8;

export function advanced(
  head: StreamHead | undefined,
  first: bigint,
  last: bigint,
  key?: string | undefined,
): StreamHead {
  // Streams are numbered from 0 or 1.
  const { next, gaps, keys } = head ?? { next: first === 1n ? 1n : 0n, gaps: [], keys: [] };
  const all = first > next ? [...gaps, [next, first - 1n] as const].slice(-gaps_max) : gaps;
  const known = key === undefined ? keys : [...keys, key].slice(-keys_max);
  return { next: last >= next ? last + 1n : next, gaps: all, keys: known };
}

/** Whether some of the records are among those that the stream went on without. */
export function isLate({ gaps }: StreamHead, first: bigint, last: bigint): boolean {
  return gaps.some(([from, to]) => first <= to && last >= from);
}
