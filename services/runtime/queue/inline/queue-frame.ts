/** What the frames of the inline queue say: a batch, what became of batches, how far streams were accepted. */
import type { BatchHeader } from '../batch-header.ts';
import type { StreamHead } from '../stream-head.ts';

export interface Mark {
  readonly mark: 'done' | 'handed' | 'released' | 'failed';
  readonly ids: readonly string[];
}

/** Stream, what it wants next, and what it went on without. */
type SavedHead = readonly [string, string, readonly (readonly [string, string])[]];

export type FrameHeader = BatchHeader | Mark | { readonly heads: readonly SavedHead[] };

export function savedHead([key, { next, gaps }]: readonly [string, StreamHead]): SavedHead {
  return [key, String(next), gaps.map(([from, to]) => [String(from), String(to)])];
}

export function headOf([key, next, gaps]: SavedHead): [string, StreamHead] {
  return [key, { next: BigInt(next), gaps: gaps.map(([from, to]) => [BigInt(from), BigInt(to)]) }];
}
