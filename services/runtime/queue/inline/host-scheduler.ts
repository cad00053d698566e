/** Runs the lanes of hosts side by side, one hand-over at a time for each, with pauses after failures. */
import type { BatchConsumer, Consumption, QueueBounds } from '../../../core/batch-queue.ts';
import { handOver, type Lane, type LaneState } from '../hand-over.ts';
import { retryPause } from '../retry-pause.ts';

export class HostScheduler implements Consumption {
  readonly #laneOf: (host: string) => Lane;
  readonly #consumer: BatchConsumer;
  readonly #bounds: QueueBounds;
  /** In turn. */
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #pauses = new Map<string, NodeJS.Timeout>();
  /** In a row. */
  readonly #failures = new Map<string, number>();
  #stopped = false;

  constructor(laneOf: (host: string) => Lane, consumer: BatchConsumer, bounds: QueueBounds) {
    this.#laneOf = laneOf;
    this.#consumer = consumer;
    this.#bounds = bounds;
  }

  /** The host has something that waits. */
  wake(host: string): void {
    this.#waiting.add(host);
    this.#start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#pauses.values()) clearTimeout(timer);
    await Promise.all(this.#running.values());
  }

  #start(): void {
    for (const host of this.#waiting) {
      if (this.#stopped || this.#running.size >= this.#bounds.hosts_max) return;
      if (this.#running.has(host) || this.#pauses.has(host)) continue;
      this.#waiting.delete(host);
      this.#running.set(host, this.#turn(host));
    }
  }

  async #turn(host: string): Promise<void> {
    const state = await this.#handOver(host);
    this.#running.delete(host);
    if (state === 'later') this.#pause(host);
    else this.#failures.delete(host);
    if (state === 'more') this.#waiting.add(host);
    this.#start();
  }

  async #handOver(host: string): Promise<LaneState> {
    try {
      return await handOver(this.#laneOf(host), this.#consumer, this.#bounds);
    } catch (error) {
      // The queue itself could not be read or written.
      this.#consumer.failed([], error);
      return 'later';
    }
  }

  #pause(host: string): void {
    if (this.#stopped) return;
    const failures = (this.#failures.get(host) ?? 0) + 1;
    this.#failures.set(host, failures);
    const end = (): void => {
      this.#pauses.delete(host);
      this.wake(host);
    };
    this.#pauses.set(host, setTimeout(end, retryPause(this.#bounds.retry_ms_min, failures)));
  }
}
