/**
 * The folds of hosts, each where the store wants the host folded: all in one, or each by itself. Another worker may have
 * gone on with a host since it was here last; its fold is then begun anew. It must not know what a fold does.
 */
import type { BatchConsumer, QueuedBatch } from '../core/batch-queue.ts';
import type { FoldStore, GraphStore } from '../core/graph-store.ts';
import { BatchFold, type BatchFoldOptions } from './batch-fold.ts';

export interface HostFoldsOptions extends Omit<BatchFoldOptions, 'store'> {
  readonly store: GraphStore;
}

/** Folds that are kept at hand, each with all that it knows of its host. */
const folds_max = 64;

export class HostFolds implements BatchConsumer {
  readonly #options: HostFoldsOptions;
  /** Lately used last. */
  readonly #folds = new Map<FoldStore, BatchFold>();
  readonly #inHand = new Map<BatchFold, number>();

  constructor(options: HostFoldsOptions) {
    this.#options = options;
  }

  async fold(batches: readonly QueuedBatch[]): Promise<void> {
    await this.#with(batches[0]!, (fold) => fold.fold(batches));
  }

  async buried(batch: QueuedBatch, reason: string): Promise<void> {
    await this.#with(batch, (fold) => fold.buried(batch, reason));
  }

  failed(batches: readonly QueuedBatch[], error: unknown): void {
    this.#options.onFailure(batches, error);
  }

  /** Resolves when nothing is being folded or stored. */
  async settle(): Promise<void> {
    await Promise.all([...this.#folds.values()].map((fold) => fold.settle()));
  }

  async #with(batch: QueuedBatch, work: (fold: BatchFold) => Promise<void>): Promise<void> {
    const fold = this.#foldOf(batch.stream.host);
    this.#inHand.set(fold, (this.#inHand.get(fold) ?? 0) + 1);
    try {
      await work(fold);
    } finally {
      this.#inHand.set(fold, this.#inHand.get(fold)! - 1);
      if (this.#inHand.get(fold) === 0) this.#inHand.delete(fold);
    }
  }

  #foldOf(host: string): BatchFold {
    const store = this.#options.store.foldOf(host);
    const fold = this.#folds.get(store) ?? new BatchFold({ ...this.#options, store });
    this.#folds.delete(store);
    this.#folds.set(store, fold);
    for (const [other, idle] of this.#folds) {
      if (this.#folds.size <= folds_max) break;
      if (!this.#inHand.has(idle) && idle !== fold) this.#folds.delete(other);
    }
    return fold;
  }
}
