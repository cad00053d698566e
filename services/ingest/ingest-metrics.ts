/** What ingest counts, and what of the queue it shows. */
import type { BatchQueue } from '../core/batch-queue.ts';
import type { Metrics } from '../runtime/metrics.ts';

export class IngestMetrics {
  readonly #batches;
  readonly #records;
  readonly #bytes;
  readonly #seconds;

  constructor(metrics: Metrics, queue: BatchQueue) {
    this.#batches = metrics.counter('ingest_batches_total', 'Batches answered, by status of the answer', [
      'status',
    ]);
    this.#records = metrics.counter('ingest_records_total', 'Records of accepted batches');
    this.#bytes = metrics.counter('ingest_bytes_total', 'Bytes of accepted batches as they came');
    this.#seconds = metrics.seconds('ingest_seconds', 'From the head of a batch’s request to its answer');
    const help = {
      queue_batches: 'Batches that wait to be folded',
      queue_bytes: 'Bytes that the queue keeps, dead letters included',
      queue_dead_letters: 'Batches that could not be folded',
      queue_lag_seconds: 'Age of the batch that waits longest',
    };
    metrics.gauges(help, async () => {
      const { batches, bytes, deadLetters, oldest } = await queue.depth();
      return {
        queue_batches: batches,
        queue_bytes: bytes,
        queue_dead_letters: deadLetters,
        queue_lag_seconds: oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1_000),
      };
    });
  }

  accepted(records: number, bytes: number): void {
    this.#records.inc(records);
    this.#bytes.inc(bytes);
  }

  answered(status: number, ms: number): void {
    this.#batches.inc({ status: String(status) });
    this.#seconds.observe(ms / 1_000);
  }
}
