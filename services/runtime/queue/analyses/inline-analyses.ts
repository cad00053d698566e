/**
 * The queue of analyses without a server: a file for each order beside the store, for one process. It must not know what
 * an analysis is.
 */
import { join } from 'node:path';
import {
  type AnalysisBounds,
  type AnalysisConsumer,
  type AnalysisLetter,
  type AnalysisOrder,
  type AnalysisQueue,
  defaultAnalysisBounds,
  type OrderState,
  type QueuedAnalysis,
  Unanalysable,
} from '../../../core/analysis-queue.ts';
import { type Consumption, QueueError } from '../../../core/batch-queue.ts';
import { retryPause } from '../retry-pause.ts';
import { type KeptOrder, OrderFolder } from './order-folder.ts';
import { orderId } from './order-id.ts';

export class InlineAnalyses implements AnalysisQueue {
  readonly #bounds: AnalysisBounds;
  readonly #waiting: OrderFolder<KeptOrder>;
  readonly #dead: OrderFolder<AnalysisLetter>;
  /** Not before then, by order: after a failure. */
  readonly #notBefore = new Map<string, number>();
  #stopping = false;
  #wake: (() => void) | undefined;
  #stop: (() => Promise<void>) | undefined;

  private constructor(folder: string, bounds: AnalysisBounds) {
    this.#bounds = bounds;
    this.#waiting = new OrderFolder(join(folder, 'waiting'));
    this.#dead = new OrderFolder(join(folder, 'dead'));
  }

  /** Throws QueueError. */
  static async open(folder: string, bounds: Partial<AnalysisBounds> = {}): Promise<InlineAnalyses> {
    const queue = new InlineAnalyses(folder, { ...defaultAnalysisBounds, ...bounds });
    try {
      await queue.#waiting.open();
      await queue.#dead.open();
    } catch (cause) {
      throw new QueueError('unavailable', `${folder} can not be used: ${(cause as Error).message}`, {
        cause,
      });
    }
    return queue;
  }

  async order({ paths, buildId }: AnalysisOrder): Promise<{ id: string; state: OrderState }> {
    const id = orderId({ paths, buildId });
    if (this.#waiting.get(id) !== undefined) return { id, state: 'waits' };
    if (this.#dead.get(id) !== undefined) return { id, state: 'dead' };
    await this.#add({ id, paths, buildId, orderedAt: Date.now() });
    return { id, state: 'new' };
  }

  async consume(consumer: AnalysisConsumer): Promise<Consumption> {
    const work = this.#work(consumer);
    this.#stop = async () => {
      this.#stopping = true;
      consumer.stop();
      this.#wake?.();
      await work;
    };
    return { stop: this.#stop };
  }

  async waiting(): Promise<QueuedAnalysis[]> {
    return this.#waiting.all().sort(byAge).map(plain);
  }

  async deadLetters(): Promise<AnalysisLetter[]> {
    return this.#dead.all().sort((a, b) => a.failedAt - b.failedAt);
  }

  async replay(id: string): Promise<boolean> {
    const letter = this.#dead.get(id);
    if (letter === undefined) return false;
    await this.#add({ ...plain(letter), orderedAt: Date.now() });
    return this.#dead.remove(id);
  }

  discard(id: string): Promise<boolean> {
    return this.#dead.remove(id);
  }

  async close(): Promise<void> {
    await this.#stop?.();
  }

  async #add(order: QueuedAnalysis): Promise<void> {
    if (Math.max(this.#waiting.count, this.#dead.count) >= this.#bounds.orders_max)
      throw new QueueError('full', `${this.#bounds.orders_max} analyses wait, or are dead letters`);
    await this.#waiting.put({ ...order, failures: 0, taken: 0 });
    this.#wake?.();
  }

  /** Never rejects. */
  async #work(consumer: AnalysisConsumer): Promise<void> {
    while (!this.#stopping) {
      const next = this.#next();
      try {
        if (next !== undefined) await this.#handOver(next, consumer);
        else await this.#changed();
      } catch (error) {
        consumer.failed(undefined, error);
        await this.#changed(this.#bounds.retry_ms_min);
      }
    }
  }

  /** The oldest whose pause is over. */
  #next(): KeptOrder | undefined {
    const now = Date.now();
    return this.#waiting
      .all()
      .sort(byAge)
      .find(({ id }) => (this.#notBefore.get(id) ?? 0) <= now);
  }

  /** Resolves when something is ordered, or the next pause is over. */
  #changed(ms_max?: number): Promise<void> {
    const soonest = Math.min(
      ms_max ?? Infinity,
      ...[...this.#notBefore.values()].map((at) => at - Date.now()),
    );
    return new Promise((resolve) => {
      const timer = Number.isFinite(soonest) ? setTimeout(resolve, Math.max(0, soonest)) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #handOver(order: KeptOrder, consumer: AnalysisConsumer): Promise<void> {
    const { deaths_max } = this.#bounds;
    if (order.taken >= deaths_max)
      return this.#bury(order, consumer, `${order.taken} workers died while they had it in hand`);
    // Before it is begun: whoever comes after a death finds it.
    await this.#waiting.put({ ...order, taken: order.taken + 1 });
    try {
      await consumer.analyse(plain(order));
    } catch (error) {
      if (this.#stopping) await this.#waiting.put(order);
      else await this.#fail(order, consumer, error);
      return;
    }
    await this.#done(order.id);
  }

  async #fail(order: KeptOrder, consumer: AnalysisConsumer, error: unknown): Promise<void> {
    const failures = order.failures + 1;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof Unanalysable || failures >= this.#bounds.attempts_max)
      return this.#bury(order, consumer, reason);
    this.#notBefore.set(order.id, Date.now() + retryPause(this.#bounds.retry_ms_min, failures));
    await this.#waiting.put({ ...order, failures });
    consumer.failed(plain(order), error);
  }

  async #bury(order: KeptOrder, consumer: AnalysisConsumer, reason: string): Promise<void> {
    await this.#dead.put({ ...plain(order), reason, failedAt: Date.now() });
    await this.#done(order.id);
    consumer.buried(plain(order), reason);
  }

  async #done(id: string): Promise<void> {
    this.#notBefore.delete(id);
    await this.#waiting.remove(id);
  }
}

function byAge(a: QueuedAnalysis, b: QueuedAnalysis): number {
  return a.orderedAt - b.orderedAt || (a.id < b.id ? -1 : 1);
}

function plain({ id, paths, buildId, orderedAt }: QueuedAnalysis): QueuedAnalysis {
  return { id, paths, buildId, orderedAt };
}
