/** The queue that a deployable's settings name: the one place that knows which kinds there are. */
import type { BatchQueue, QueueBounds } from '../../core/batch-queue.ts';

export interface QueuePlace {
  /** `redis://…` or `rediss://…`. */
  readonly url: string;
  readonly prefix?: string | undefined;
  readonly takeover_ms?: number | undefined;
  readonly bounds?: Partial<QueueBounds> | undefined;
  readonly onTrouble: (error: unknown) => void;
}

/** The queue of several processes. Throws QueueError. */
export async function openSharedQueue({ bounds, ...place }: QueuePlace): Promise<BatchQueue> {
  const { BullmqQueue } = await import('./bullmq/bullmq-queue.ts');
  return BullmqQueue.open({ ...bounds, ...place });
}

/** The queue of one process, in a folder that nobody else has open. Throws QueueError. */
export async function openInlineQueue(
  folder: string,
  bounds: Partial<QueueBounds> = {},
): Promise<BatchQueue> {
  const { InlineQueue } = await import('./inline/inline-queue.ts');
  return InlineQueue.open(folder, bounds);
}
