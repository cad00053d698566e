/** What the frames of the inline queue say: a batch, what became of batches, how far streams were accepted. */
import type { BatchHeader } from '../batch-header.ts';
import type { StreamHead } from '../stream-head.ts';

export interface Mark {
  readonly mark: 'done' | 'handed' | 'released' | 'failed';
  readonly ids: readonly string[];
}

/** Stream, what it wants next, what it went on without, and its keys. */
type SavedHead = readonly [string, string, readonly (readonly [string, string])[], (readonly string[])?];

export type FrameHeader = BatchHeader | Mark | { readonly heads: readonly SavedHead[] };

export function savedHead([key, { next, gaps, keys }]: readonly [string, StreamHead]): SavedHead {
  return [key, String(next), gaps.map(([from, to]) => [String(from), String(to)]), keys];
}

export function headOf([stream, next, gaps, keys = []]: SavedHead): [string, StreamHead] {
  return [stream, { next: BigInt(next), gaps: gaps.map(([from, to]) => [BigInt(from), BigInt(to)]), keys }];
}
