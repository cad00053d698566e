/** One host's batches in Redis. Nobody else takes from it while its job is in hand. */
import type { QueueBounds } from '../../../core/batch-queue.ts';
import { type BatchHeader, queuedBatch } from '../batch-header.ts';
import { type HandedBatch, type Lane, togetherCount } from '../hand-over.ts';
import type { RedisClient } from './redis-client.ts';

type Looked = readonly [id: string, header: string | null, attempts: string, deaths: string, size: number];

export class RedisLane implements Lane {
  readonly #client: RedisClient;
  readonly #host: string;
  readonly #bounds: QueueBounds;
  readonly #onTrouble: (error: unknown) => void;

  constructor(client: RedisClient, host: string, bounds: QueueBounds, onTrouble: (error: unknown) => void) {
    this.#client = client;
    this.#host = host;
    this.#bounds = bounds;
    this.#onTrouble = onTrouble;
  }

  async take(): Promise<HandedBatch[]> {
    const waiting = await this.#waiting();
    const taken = waiting.slice(0, togetherCount(waiting, this.#bounds));
    if (taken.length === 0) return [];
    await this.#count('deaths', 1, taken);
    return Promise.all(
      taken.map(async ({ id, header, attempts, deaths }) => {
        const key = this.#client.key('batch', id);
        const [bytes, replay] = await this.#client.ask(() =>
          Promise.all([
            this.#client.redis.hgetBuffer(key, 'payload'),
            this.#client.redis.hget(key, 'replay'),
          ]),
        );
        const damage = bytes === null ? 'its bytes are not in Redis any more' : undefined;
        const batch = queuedBatch({ ...header, isReplay: replay === '1' }, bytes ?? new Uint8Array());
        return { ...batch, attempts, deaths, damage };
      }),
    );
  }

  async isEmpty(): Promise<boolean> {
    return (
      (await this.#client.ask(() => this.#client.redis.llen(this.#client.key('lane', this.#host)))) === 0
    );
  }

  async done(batches: readonly HandedBatch[]): Promise<void> {
    await this.#client.script('done', this.#host, ...batches.map(({ id }) => id));
  }

  async giveBack(batches: readonly HandedBatch[], blamed: boolean): Promise<void> {
    await this.#count('deaths', -1, batches);
    if (blamed) await this.#count('attempts', 1, batches);
  }

  async bury({ id }: HandedBatch, reason: string): Promise<void> {
    await this.#client.script('bury', this.#host, id, reason, Date.now());
  }

  /** The first that wait. One that somebody took out of Redis would hold up its host for ever: it is left out, and said. */
  async #waiting() {
    for (;;) {
      const host = this.#host;
      const looked = (await this.#client.script('look', host, this.#bounds.handed_batches_max)) as Looked[];
      const lost = looked.filter(([, header]) => header === null).map(([id]) => id);
      if (lost.length === 0) return looked.map(waitingBatch);
      await this.#client.script('forget', host, ...lost);
      this.#onTrouble(new Error(`batches of ${host} are not in Redis any more: ${lost.join(', ')}`));
    }
  }

  async #count(
    what: 'attempts' | 'deaths',
    by: number,
    batches: readonly { readonly id: string }[],
  ): Promise<void> {
    await this.#client.script('count', what, by, ...batches.map(({ id }) => id));
  }
}

function waitingBatch([id, header, attempts, deaths, size]: Looked) {
  return {
    id,
    header: JSON.parse(header!) as BatchHeader,
    attempts: Number(attempts),
    deaths: Number(deaths),
    size,
    suspect: attempts !== '0' || deaths !== '0' || size === 0,
  };
}
