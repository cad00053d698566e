/**
 * A fold over a store: what was folded is committed delta by delta, in order, while the next one is being folded. After
 * a failure the fold is ahead of the store and of no use; whoever goes on opens another session. It must not know
 * where items come from.
 */
import type { FoldStore, GraphDelta } from '../core/graph-store.ts';
import { templateOf } from '../core/lms/template.ts';
import { Fold, type FoldItem, type FoldOptions } from '../core/upg/fold.ts';

/** Items of one commit. */
export const commit_items = 16_384;

/** Bytes of lines that count as one item more. */
const item_bytes = 4_096;

/** Of an item among those of a commit, so that a commit of long lines is no larger than others. */
export function weightOf(item: FoldItem): number {
  return item.kind === 'line' ? 1 + Math.floor(item.text.length / item_bytes) : 1;
}

/** What a store keeps for whoever goes on. */
export type Kept = Pick<FoldOptions, 'state' | 'positions'>;

/** Throws StoreError. */
export async function keptBy(store: FoldStore): Promise<Kept> {
  return { state: await store.state(), positions: await store.positions() };
}

export class FoldSession {
  readonly fold: Fold;
  readonly #store: FoldStore;
  readonly #onStored: (ms: number) => void;
  #stored: Promise<void> = Promise.resolve();
  /** Spent on making deltas, and on waiting for the store. */
  readonly ms = { take: 0, store: 0 };

  /** `onStored`: told how long the store took for each delta. */
  constructor(
    store: FoldStore,
    kept: Kept,
    profileOf: FoldOptions['profileOf'],
    onStored: (ms: number) => void = () => {},
  ) {
    this.#store = store;
    this.#onStored = onStored;
    this.fold = new Fold({ ...kept, templateOf, profileOf });
  }

  /**
   * Begins to store what was folded since the last call, once what was taken before is stored; `amend` adds to it.
   * Throws StoreError of what was taken before.
   */
  async commit(amend: (delta: GraphDelta) => GraphDelta = (delta) => delta): Promise<void> {
    const began = performance.now();
    const delta = amend(this.fold.take());
    this.ms.take += performance.now() - began;
    await this.settle();
    const taken = performance.now();
    this.#stored = this.#store.apply(delta).then(() => this.#onStored(performance.now() - taken));
    // Whoever awaits it next sees the failure; until then it is not unhandled.
    this.#stored.catch(() => {});
  }

  /** Resolves when all that was taken is stored. Throws StoreError. */
  async settle(): Promise<void> {
    const began = performance.now();
    await this.#stored;
    this.ms.store += performance.now() - began;
  }
}
