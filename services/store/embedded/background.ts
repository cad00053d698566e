/**
 * Runs the indexing of batches and the merging of runs beside the writer, in a thread of its own.
 * Must not know what indexing does.
 */
import { Worker } from 'node:worker_threads';
import { StoreError } from '../../core/graph-store.ts';
import type { DatabaseOptions } from './database.ts';

/** To the thread: index everything up to the newest batch; with `settle`, also merge until nothing is left. */
export interface WorkRequest {
  readonly kind: 'flush' | 'settle' | 'stop';
}

/** From the thread. `flushed`: last batch that is indexed. */
export type WorkReport =
  | { readonly kind: 'flushed' | 'settled' | 'stopped'; readonly flushed: number }
  | { readonly kind: 'failed'; readonly message: string; readonly code: StoreError['code'] | undefined };

export interface WorkerData {
  readonly dir: string;
  readonly database: DatabaseOptions;
  readonly edgesMax: number;
}

export class Background {
  readonly #worker: Worker;
  readonly #onFlushed: (flushed: number) => void;
  readonly #waiting: { kind: WorkReport['kind']; resolve: () => void; reject: (error: Error) => void }[] = [];
  #failure: Error | undefined;

  constructor(data: WorkerData, onFlushed: (flushed: number) => void) {
    this.#onFlushed = onFlushed;
    this.#worker = new Worker(new URL('./background-thread.ts', import.meta.url), { workerData: data });
    // A process that only waits for merges may end: the next writer goes on with them.
    this.#worker.unref();
    this.#worker.on('message', (report: WorkReport) => this.#hear(report));
    this.#worker.on('error', (cause) =>
      this.#fail(new StoreError('io', 'the indexing thread failed', { cause })),
    );
  }

  /** What made the background stop; it does not start again by itself. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  requestFlush(): void {
    this.#worker.postMessage({ kind: 'flush' } satisfies WorkRequest);
  }

  /** Resolves at the next progress of the background; rejects when it has failed. */
  progress(): Promise<void> {
    return this.#wait('flushed');
  }

  settle(): Promise<void> {
    this.#worker.postMessage({ kind: 'settle' } satisfies WorkRequest);
    return this.#wait('settled');
  }

  /** Indexes what is left and ends the thread. */
  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.postMessage({ kind: 'stop' } satisfies WorkRequest);
    try {
      await this.#wait('stopped');
    } catch (error) {
      await this.#worker.terminate();
      throw error;
    }
    // Ending a thread from outside while its database closes aborts the process.
    this.#worker.ref();
    await exited;
  }

  #wait(kind: WorkReport['kind']): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.push({ kind, resolve, reject }));
  }

  #hear(report: WorkReport): void {
    if (report.kind === 'failed') {
      this.#fail(new StoreError(report.code ?? 'io', report.message));
      return;
    }
    this.#onFlushed(report.flushed);
    this.#release((waiting) => waiting.kind === report.kind, undefined);
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#release(() => true, error);
  }

  #release(which: (waiting: { kind: WorkReport['kind'] }) => boolean, error: Error | undefined): void {
    for (const waiting of this.#waiting.splice(0)) {
      if (!which(waiting)) this.#waiting.push(waiting);
      else if (error === undefined) waiting.resolve();
      else waiting.reject(error);
    }
    if (this.#waiting.length === 0) this.#worker.unref();
  }
}
