/** Settings of the queue on Redis, the same for each process that shares it. */
import { z } from 'zod';
import type { BatchQueue } from '../../core/batch-queue.ts';
import { BullmqQueue } from './bullmq/bullmq-queue.ts';

export const QueueSettings = z.object({
  DISPROTRACK_REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must be redis://… or rediss://…')
    .describe('the Redis (7 or newer, with appendonly yes) that holds the queue'),
  DISPROTRACK_QUEUE_PREFIX: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be letters, digits, dots and dashes')
    .default('disprotrack'),
  DISPROTRACK_QUEUE_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1 << 20)
    .default(256 << 20),
  DISPROTRACK_QUEUE_BATCHES_MAX: z.coerce.number().int().min(1).default(16_384),
  DISPROTRACK_QUEUE_HOSTS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(8)
    .describe('hosts that one worker has in hand at once'),
  DISPROTRACK_TAKEOVER_MS: z.coerce
    .number()
    .int()
    .min(200)
    .max(600_000)
    .default(10_000)
    .describe('a worker that was silent so long is held to be dead'),
});

/** Throws QueueError. */
export async function openConfiguredQueue(
  config: z.output<typeof QueueSettings>,
  onTrouble: (error: unknown) => void,
): Promise<BatchQueue> {
  return await BullmqQueue.open({
    url: config.DISPROTRACK_REDIS_URL,
    prefix: config.DISPROTRACK_QUEUE_PREFIX,
    takeover_ms: config.DISPROTRACK_TAKEOVER_MS,
    bytes_max: config.DISPROTRACK_QUEUE_BYTES_MAX,
    batches_max: config.DISPROTRACK_QUEUE_BATCHES_MAX,
    hosts_max: config.DISPROTRACK_QUEUE_HOSTS_MAX,
    onTrouble,
  });
}
