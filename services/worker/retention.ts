/** Retention in the background: now and then, what is older than the window goes. It must not know what that is. */
import type { GraphStore, Removed } from '../core/graph-store.ts';
import type { Metrics } from '../runtime/metrics.ts';

export interface RetentionOptions {
  readonly store: GraphStore;
  /** How long things stay. */
  readonly keep_ms: number;
  readonly metrics: Metrics;
  readonly onDone: (removed: Removed) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The window is looked after in thirtieths, so that no more than that is there for nothing. */
const parts = 30;
const pause_ms_min = 10_000;
const pause_ms_max = 86_400_000;

/** ns since the epoch, from which on things stay that stay for so long. */
export function windowBegin(keep_ms: number, now = Date.now()): bigint {
  return BigInt(now - keep_ms) * 1_000_000n;
}

/** Begins at once. The function it gives resolves when nothing is being removed, and nothing will be. */
export function startRetention(options: RetentionOptions): () => Promise<void> {
  const { store, keep_ms, metrics, onDone, onFailure } = options;
  const removals = metrics.counter(
    'retention_removed_total',
    'Removed since they are older than the window',
    ['what'],
  );
  const seconds = metrics.seconds('retention_seconds', 'What a look after the window took');
  const pause_ms = Math.min(pause_ms_max, Math.max(pause_ms_min, keep_ms / parts));
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const turn = async (): Promise<void> => {
    const began = performance.now();
    try {
      const removed = await store.retain(windowBegin(keep_ms));
      for (const [what, count] of Object.entries(removed)) removals.inc({ what }, count as number);
      onDone(removed);
    } catch (error) {
      onFailure(error);
    }
    seconds.observe((performance.now() - began) / 1_000);
    if (!isOver) {
      timer = setTimeout(() => {
        running = turn();
      }, pause_ms);
    }
  };
  let running = turn();
  return async () => {
    isOver = true;
    clearTimeout(timer);
    await running;
  };
}
