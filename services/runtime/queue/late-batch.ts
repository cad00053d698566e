/** The answer to records that their stream went on without, the same from every queue. */
import { type Batch, QueueError } from '../../core/batch-queue.ts';

export function late({ first, last }: Batch): QueueError {
  return new QueueError(
    'late',
    `records ${first} to ${last} come too late: their stream went on without them`,
  );
}
