/**
 * Folds what a queue holds into a store, until it is stopped. A folder has one; a second one is refused by its lock. A
 * server has as many as there are.
 */
import { type BatchQueue, type QueuedBatch, streamKey } from '../core/batch-queue.ts';
import type { GraphStore } from '../core/graph-store.ts';
import type { FoldOptions } from '../core/upg/fold.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { FoldMetrics } from './fold-metrics.ts';
import { HostFolds } from './host-folds.ts';
import { streamPositions } from './stream-readers.ts';

export interface FoldServiceOptions {
  readonly queue: BatchQueue;
  readonly store: GraphStore;
  readonly profileOf: FoldOptions['profileOf'];
  readonly metrics: Metrics;
  readonly log: FoldLog;
}

/** As pino has them. */
export interface FoldLog {
  info(what: object, message: string): void;
  warn(what: object, message: string): void;
  error(what: object, message: string): void;
}

export interface FoldService {
  /** Finishes what is in hand, and gives back the rest. */
  stop(): Promise<void>;
}

/** Throws StoreError and QueueError. */
export async function startFoldService(options: FoldServiceOptions): Promise<FoldService> {
  const { queue, store, profileOf, log } = options;
  const metrics = new FoldMetrics(options.metrics, store);
  const fold = new HostFolds({
    store,
    profileOf,
    onDiagnostic: (diagnostic) => {
      metrics.diagnosed(diagnostic.severity);
      if (diagnostic.severity !== 'note') log.warn({ ...diagnostic }, 'in a batch');
    },
    onFolded: (folded) => {
      metrics.folded(folded);
      const { batches, items, gaps, missing, ms } = folded;
      log.info({ batches: batches.map(nameOf), items, gaps, missing, ms: Math.round(ms) }, 'folded');
    },
    onStored: (ms) => metrics.stored(ms),
    onFailure: (batches, error) => {
      metrics.failed();
      log.warn({ err: error, batches: batches.map(nameOf) }, 'could not be folded, and will be tried again');
    },
    onBuried: (batch, reason) => {
      metrics.buried(Number(batch.last - batch.first) + 1);
      log.error({ batch: nameOf(batch), reason }, 'is now a dead letter');
    },
  });
  // A queue that lost its memory must not take again what the store has.
  await queue.raise(streamPositions(await store.positions()));
  const consumption = await queue.consume(fold);
  return {
    async stop() {
      await consumption.stop();
      await fold.settle();
    },
  };
}

function nameOf({ id, stream, first, last }: QueuedBatch): string {
  return `${streamKey(stream)} ${first}-${last} (${id})`;
}
