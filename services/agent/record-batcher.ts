/**
 * Gathers records into batches: closed when they are large enough or have waited long enough, compressed, and handed on
 * in order. It must not know where batches go.
 */
import { constants, zstdCompressSync } from 'node:zlib';
import type { RecordView } from '../core/record/record-view.ts';

export interface RecordBatch {
  readonly count: number;
  /** ns since the epoch. */
  readonly from: bigint;
  readonly until: bigint;
  readonly memo: string;
  readonly body: Uint8Array;
}

export interface BatcherOptions {
  /** What holds once the records that were added are kept. */
  readonly memo: () => string;
  /** Called for one batch after the other; must not reject. */
  readonly onBatch: (batch: RecordBatch) => Promise<void>;
}

/** Before compression. */
const batch_bytes_max = 1 << 20;
/** A kill loses no more of what was read. */
const batch_ms_max = 200;
/** Batches that wait for the disk before the source is held back. */
const waiting_max = 4;
/** The fastest level: a node has better things to do. */
const level = 1;

export class RecordBatcher {
  readonly #options: BatcherOptions;
  readonly #buffer = Buffer.allocUnsafeSlow(batch_bytes_max);
  #count = 0;
  #bytes = 0;
  #from = 0n;
  #until = 0n;
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** Copies the record. */
  add(record: RecordView): void {
    const time = record.real_ns;
    if (this.#bytes + record.size > batch_bytes_max) this.close();
    if (this.#count === 0) {
      this.#from = time;
      this.#timer ??= setTimeout(() => this.close(), batch_ms_max);
    }
    this.#until = time;
    this.#buffer.set(record.bytes, this.#bytes);
    this.#count++;
    this.#bytes += record.size;
  }

  /** Hands on what there is. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#count === 0) return;
    const memo = this.#options.memo();
    const draft = { count: this.#count, from: this.#from, until: this.#until, memo };
    // Some milliseconds of this thread; a pool of threads would hold more memory than all batches.
    const raw = this.#buffer.subarray(0, this.#bytes);
    const body = zstdCompressSync(raw, { params: { [constants.ZSTD_c_compressionLevel]: level } });
    this.#count = 0;
    this.#bytes = 0;
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      await this.#options.onBatch({ ...draft, body });
      this.#waiting--;
    });
  }

  /** Resolves when the source may go on: at once, unless the disk is slower than it. */
  async room(): Promise<void> {
    while (this.#waiting > waiting_max) await this.#last;
  }

  /** Resolves when all was handed on. */
  async end(): Promise<void> {
    this.close();
    await this.#last;
  }
}
