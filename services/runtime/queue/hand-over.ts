/**
 * What happens to batches in hand, the same for every queue: folded ones are done, a failure is retried batch by
 * batch, and a batch that fails by itself too often, or in whose company consumers die, becomes a dead letter. It must
 * not know where batches are kept.
 */
import { type BatchConsumer, NotNow, type QueueBounds, type QueuedBatch } from '../../core/batch-queue.ts';

export interface HandedBatch extends QueuedBatch {
  /** How often it failed by itself. */
  readonly attempts: number;
  /** How often a consumer died with it in hand. */
  readonly deaths: number;
  /** Why its bytes can't be handed over. */
  readonly damage?: string | undefined;
}

/** The batches of one host that wait. */
export interface Lane {
  /** The first that wait, within the bounds, now in hand; a suspect (attempts, deaths or damage) comes by itself. */
  take(): Promise<readonly HandedBatch[]>;
  done(batches: readonly HandedBatch[]): Promise<void>;
  /** Not in hand any more, at their place; `blamed`: each has failed once more. */
  giveBack(batches: readonly HandedBatch[], blamed: boolean): Promise<void>;
  bury(batch: HandedBatch, reason: string): Promise<void>;
}

/** What the lane needs next: to be looked at again at once, after a pause, or when something is accepted. */
export type LaneState = 'more' | 'later' | 'empty';

export async function handOver(lane: Lane, consumer: BatchConsumer, bounds: QueueBounds): Promise<LaneState> {
  const batches = await lane.take();
  const [first] = batches;
  if (first === undefined) return 'empty';
  const reason = hopeless(first, bounds);
  try {
    if (reason !== undefined) await consumer.buried(first, reason);
    else await consumer.fold(batches);
  } catch (error) {
    consumer.failed(batches, error);
    if (error instanceof NotNow || reason !== undefined) {
      await lane.giveBack(batches, false);
      return 'later';
    }
    const isLast = batches.length === 1 && first.attempts + 1 >= bounds.attempts_max;
    if (!isLast) {
      await lane.giveBack(batches, true);
      return batches.length > 1 ? 'more' : 'later';
    }
    return await bury(lane, consumer, first, error instanceof Error ? error.message : String(error));
  }
  if (reason !== undefined) await lane.bury(first, reason);
  else await lane.done(batches);
  return 'more';
}

async function bury(
  lane: Lane,
  consumer: BatchConsumer,
  batch: HandedBatch,
  reason: string,
): Promise<LaneState> {
  try {
    await consumer.buried(batch, reason);
  } catch (error) {
    consumer.failed([batch], error);
    await lane.giveBack([batch], false);
    return 'later';
  }
  await lane.bury(batch, reason);
  return 'more';
}

/** How many of the first batches are handed over together. */
export function togetherCount(
  waiting: readonly { readonly size: number; readonly suspect: boolean }[],
  { handed_batches_max, handed_bytes_max }: QueueBounds,
): number {
  let bytes = 0;
  let count = 0;
  for (const { size, suspect } of waiting) {
    if (count > 0 && (suspect || bytes + size > handed_bytes_max)) break;
    bytes += size;
    count++;
    if (suspect || count === handed_batches_max) break;
  }
  return count;
}

function hopeless(batch: HandedBatch, { deaths_max }: QueueBounds): string | undefined {
  if (batch.damage !== undefined) return batch.damage;
  if (batch.deaths < deaths_max) return undefined;
  return `${batch.deaths} workers died while they had it in hand`;
}
