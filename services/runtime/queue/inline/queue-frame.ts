/** What the frames of the inline queue say: a batch, what became of batches, how far streams were accepted. */
import type { BatchHeader } from '../batch-header.ts';

export interface Mark {
  readonly mark: 'done' | 'handed' | 'released' | 'failed';
  readonly ids: readonly string[];
}

export type FrameHeader = BatchHeader | Mark | { readonly heads: readonly (readonly [string, string])[] };
