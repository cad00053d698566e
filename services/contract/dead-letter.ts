/** Dead letters over HTTP: batches that could not be folded, for an operator to look at and to replay. */
import { z } from 'zod';
import type { DeadLetter } from '../core/batch-queue.ts';

export const DeadLetterAnswer = z.strictObject({
  id: z.string(),
  stream: z.string().describe('host/boot/source'),
  first: z.string(),
  last: z.string(),
  contentType: z.string(),
  encoding: z.string(),
  size: z.number().int(),
  reason: z.string(),
  acceptedAt: z.string(),
  failedAt: z.string(),
});
export type DeadLetterAnswer = z.output<typeof DeadLetterAnswer>;

export const DeadLetterList = z.strictObject({ deadLetters: z.array(DeadLetterAnswer) });
export const DeadLetterParameters = z.object({ id: z.string() });

export function deadLetterAnswer(letter: DeadLetter): DeadLetterAnswer {
  const { id, stream, first, last, contentType, encoding, size, reason, acceptedAt, failedAt } = letter;
  return {
    id,
    stream: `${stream.host}/${stream.boot}/${stream.source}`,
    first: String(first),
    last: String(last),
    contentType,
    encoding,
    size,
    reason,
    acceptedAt: new Date(acceptedAt).toISOString(),
    failedAt: new Date(failedAt).toISOString(),
  };
}
