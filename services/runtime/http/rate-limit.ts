/** A bucket of tokens for each client: a steady rate with bursts. It must not know what a client is. */
export interface RateLimitOptions {
  /** For each client. */
  readonly perSecond: number;
  readonly burst: number;
  /** ms; the process's by default. */
  readonly now?: () => number;
}

interface Bucket {
  level: number;
  at: number;
}

/** Clients that are remembered; the one that was silent longest is forgotten first. */
const clients_max = 10_000;

export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** 0 where the client may go on, and otherwise in how many seconds it may. */
  take(client: string): number {
    const { perSecond, burst } = this.#options;
    const now = this.#now();
    const bucket = this.#buckets.get(client) ?? { level: burst, at: now };
    bucket.level = Math.min(burst, bucket.level + ((now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    this.#buckets.delete(client);
    this.#buckets.set(client, bucket);
    if (this.#buckets.size > clients_max) this.#buckets.delete(this.#buckets.keys().next().value!);
    if (bucket.level < 1) return Math.max(1, Math.ceil((1 - bucket.level) / perSecond));
    bucket.level--;
    return 0;
  }
}
