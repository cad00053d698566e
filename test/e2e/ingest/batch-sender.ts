/** Sends batches in order, each until it is kept, as an agent does: whatever happens to who takes them. */
import { zstdCompressSync } from 'node:zlib';
import type { Batch } from '../../../services/core/batch-queue.ts';

export interface SendCounts {
  kept: number;
  known: number;
  failures: number;
  /** Answers by status. */
  readonly statuses: Map<number, number>;
}

const retry_ms = 10;

export class BatchSender {
  readonly counts: SendCounts = { kept: 0, known: 0, failures: 0, statuses: new Map() };
  readonly #url: () => string;

  constructor(url: () => string) {
    this.#url = url;
  }

  async send(batches: readonly Batch[], pause_ms = 0): Promise<void> {
    for (const batch of batches) {
      while (!(await this.#try(batch))) await pause(retry_ms);
      if (pause_ms > 0) await pause(pause_ms);
    }
  }

  async #try(batch: Batch): Promise<boolean> {
    const { host, boot, source } = batch.stream;
    try {
      const response = await fetch(`${this.#url()}/v1/batches`, {
        method: 'POST',
        body: zstdCompressSync(batch.bytes),
        headers: {
          'content-type': batch.contentType,
          'content-encoding': 'zstd',
          'x-disprotrack-host': host,
          'x-disprotrack-boot': boot,
          'x-disprotrack-source': source,
          'x-disprotrack-first': String(batch.first),
          'x-disprotrack-last': String(batch.last),
        },
        signal: AbortSignal.timeout(20_000),
      });
      const text = await response.text();
      const { status } = response;
      this.counts.statuses.set(status, (this.counts.statuses.get(status) ?? 0) + 1);
      if (status === 202) this.counts.kept++;
      else if (status === 200) this.counts.known++;
      else if (status !== 429 && status !== 503) throw new Refusal(`${status} ${text}`);
      return response.ok;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      this.counts.failures++;
      return false;
    }
  }
}

class Refusal extends Error {}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
