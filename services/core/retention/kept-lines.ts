/**
 * From which line on a log stays: lines have no time of their own, but what they print has. A log of which nothing is
 * known to be old stays whole. It must not know a store.
 */
import type { LinePlace } from '../graph-store.ts';

export class KeptLines {
  /** Stream → number of the first line of what stays. */
  readonly #kept = new Map<string, number>();
  /** Stream → number after the last line of what goes. */
  readonly #gone = new Map<string, number>();

  /** What was printed there stays, or goes. */
  printed({ stream, number, count }: LinePlace, stays: boolean): void {
    if (stays) this.#kept.set(stream, Math.min(number, this.#kept.get(stream) ?? number));
    else this.#gone.set(stream, Math.max(number + count, this.#gone.get(stream) ?? 0));
  }

  /** Number of the first line of the log that stays. */
  firstOf(stream: string): number {
    const gone = this.#gone.get(stream) ?? 0;
    return Math.min(gone, this.#kept.get(stream) ?? gone);
  }

  /** Those of which something goes. */
  streams(): IterableIterator<string> {
    return this.#gone.keys();
  }
}
