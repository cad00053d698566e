/** What errors of the queue and of bodies mean to who sent a batch. */
import { type Problem, problem } from '../contract/problem.ts';
import { QueueError } from '../core/batch-queue.ts';
import { DecompressError } from '../runtime/decompress.ts';

export function errorMeaning(error: unknown): Problem | undefined {
  if (error instanceof QueueError)
    return problem(
      error.code === 'full' ? 429 : error.code === 'late' ? 409 : 503,
      error.hint === undefined ? error.message : `${error.message}; ${error.hint}`,
    );
  if (error instanceof DecompressError)
    return problem(error.code === 'too-large' ? 413 : 400, `the body: ${error.message}`);
  return undefined;
}
