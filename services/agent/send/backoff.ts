/** How long to wait before the next try: longer each time, with jitter, unless the other side says it. */

const first_ms = 250;
const wait_ms_max = 30_000;
/** No answer may silence an agent for longer. */
const told_ms_max = 300_000;

export class Backoff {
  readonly #random: () => number;
  readonly #first_ms: number;
  #tries = 0;

  constructor(options: { readonly random?: () => number; readonly first_ms?: number } = {}) {
    this.#random = options.random ?? Math.random;
    this.#first_ms = options.first_ms ?? first_ms;
  }

  reset(): void {
    this.#tries = 0;
  }

  /** ms; `told` is the value of a Retry-After. */
  next(told: string | undefined, now_ms: number = Date.now()): number {
    const wait = Math.min(wait_ms_max, this.#first_ms * 2 ** this.#tries);
    this.#tries = Math.min(this.#tries + 1, 16);
    // All agents of a site were refused at once: half of the wait is theirs to spread.
    const spread = wait / 2 + (this.#random() * wait) / 2;
    const asked = retryAfter(told, now_ms);
    return asked === undefined ? spread : Math.min(told_ms_max, asked) + (this.#random() * wait) / 2;
  }
}

/** Seconds, or a date, as ms from now; undefined for anything else. */
function retryAfter(told: string | undefined, now_ms: number): number | undefined {
  if (told === undefined) return undefined;
  if (/^\d{1,9}$/.test(told)) return Number(told) * 1_000;
  const date = Date.parse(told);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now_ms);
}
