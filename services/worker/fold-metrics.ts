/** What the fold worker counts, and the size of its store. */
import type { Diagnostic } from '../core/diagnostic.ts';
import type { GraphStore } from '../core/graph-store.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Folded } from './batch-fold.ts';

export class FoldMetrics {
  readonly #batches;
  readonly #items;
  readonly #gaps;
  readonly #missing;
  readonly #dropped;
  readonly #stored;
  readonly #failures;
  readonly #buried;
  readonly #diagnostics;
  readonly #seconds;
  readonly #lag;

  constructor(metrics: Metrics, store: GraphStore) {
    this.#batches = metrics.counter('fold_batches_total', 'Batches folded and committed');
    this.#items = metrics.counter('fold_items_total', 'Events, log entries and samples folded');
    this.#gaps = metrics.counter('fold_gaps_total', 'Gaps in streams');
    this.#missing = metrics.counter('fold_missing_records_total', 'Records that are known to be missing');
    this.#dropped = metrics.counter(
      'fold_dropped_records_total',
      'Records of batches put among the dead letters',
    );
    this.#stored = metrics.seconds('store_seconds', 'That the store takes to commit what was folded');
    this.#failures = metrics.counter('fold_failures_total', 'Failures that were tried again');
    this.#buried = metrics.counter('fold_buried_total', 'Batches put among the dead letters');
    this.#diagnostics = metrics.counter('fold_diagnostics_total', 'What was wrong with records', [
      'severity',
    ]);
    this.#seconds = metrics.seconds('fold_seconds', 'From taking batches to their being stored');
    this.#lag = metrics.seconds('fold_lag_seconds', 'From accepting a batch to its being stored');
    const help = {
      store_vertices: 'Vertices in the store',
      store_edges: 'Edges in the store; one that batches told of again may count again',
      store_bytes: 'Bytes of the store on disk',
    };
    metrics.gauges(help, async () => {
      const { vertices, edges, bytesOnDisk } = await store.sizes();
      return { store_vertices: vertices, store_edges: edges, store_bytes: bytesOnDisk };
    });
  }

  folded({ batches, items, gaps, missing, ms }: Folded): void {
    this.#batches.inc(batches.length);
    this.#items.inc(items);
    this.#gaps.inc(gaps);
    this.#missing.inc(missing);
    this.#seconds.observe(ms / 1_000);
    const now = Date.now();
    for (const { acceptedAt } of batches) this.#lag.observe(Math.max(0, (now - acceptedAt) / 1_000));
  }

  failed(): void {
    this.#failures.inc();
  }

  stored(ms: number): void {
    this.#stored.observe(ms / 1_000);
  }

  buried(records: number): void {
    this.#buried.inc();
    this.#dropped.inc(records);
  }

  diagnosed(severity: Diagnostic['severity']): void {
    this.#diagnostics.inc({ severity });
  }
}
