/**
 * The queue of several processes, on Redis. BullMQ hands out hosts: a job says that a host has batches that wait, and
 * there is one job for a host at a time, so that its batches are folded in order while hosts are spread over workers.
 * The batches themselves lie beside, in the host's lane. A job that got lost is made again from the lanes.
 */
import { randomUUID } from 'node:crypto';
import {
  type Accepted,
  type Batch,
  type BatchConsumer,
  type BatchQueue,
  type Consumption,
  type DeadLetter,
  defaultQueueBounds,
  keys_max,
  type QueueBounds,
  type QueueDepth,
  QueueError,
  type StreamName,
  streamKey,
  type UnnumberedBatch,
} from '../../../core/batch-queue.ts';
import { type BatchHeader, batchHeader, deadLetterOf } from '../batch-header.ts';
import { late } from '../late-batch.ts';
import { gaps_max } from '../stream-head.ts';
import { HostJobs } from './host-jobs.ts';
import { RedisClient } from './redis-client.ts';
import { RedisLane } from './redis-lane.ts';

export interface BullmqQueueOptions extends Partial<QueueBounds> {
  readonly url: string;
  /** Of all keys; queues of several stores in one Redis differ in it. */
  readonly prefix?: string | undefined;
  /** A worker that was silent for so long is held to be dead. */
  readonly takeover_ms?: number | undefined;
  /** Told when the connection is lost, of each attempt to have it back, and of batches that are gone. */
  readonly onTrouble: (error: unknown) => void;
}

const takeover_ms_default = 10_000;

export class BullmqQueue implements BatchQueue {
  readonly #bounds: QueueBounds;
  readonly #client: RedisClient;
  readonly #jobs: HostJobs;
  readonly #onTrouble: (error: unknown) => void;
  #closed = false;

  private constructor(options: BullmqQueueOptions) {
    const prefix = `{${options.prefix ?? 'disprotrack'}}`;
    this.#bounds = { ...defaultQueueBounds, ...options };
    this.#client = new RedisClient(options.url, prefix, options.onTrouble);
    this.#onTrouble = options.onTrouble;
    const takeover_ms = options.takeover_ms ?? takeover_ms_default;
    this.#jobs = new HostJobs({ url: options.url, prefix, takeover_ms, onTrouble: options.onTrouble });
  }

  /** Throws QueueError `unavailable` and `not-durable`. */
  static async open(options: BullmqQueueOptions): Promise<BullmqQueue> {
    const queue = new BullmqQueue(options);
    try {
      await queue.#client.mustBeDurable();
    } catch (error) {
      await queue.close();
      throw error;
    }
    return queue;
  }

  async accept(batch: Batch): Promise<Accepted> {
    return (await this.#accept(batch, ''))!;
  }

  async append({ count, key, ...batch }: UnnumberedBatch): Promise<Accepted> {
    for (;;) {
      const first = (await this.next(batch.stream)) ?? 0n;
      const accepted = await this.#accept({ ...batch, first, last: first + BigInt(count) - 1n }, key);
      if (accepted !== undefined) return accepted;
    }
  }

  async next(stream: StreamName): Promise<bigint | undefined> {
    const head = await this.#client.ask(() =>
      this.#client.redis.hget(this.#client.key('heads'), streamKey(stream)),
    );
    return head === null ? undefined : BigInt(head);
  }

  async raise(positions: ReadonlyMap<string, bigint>): Promise<void> {
    if (positions.size === 0) return;
    await this.#client.script('raise', ...[...positions].flatMap(([key, next]) => [key, String(next)]));
  }

  async consume(consumer: BatchConsumer): Promise<Consumption> {
    this.#mustBeOpen();
    const lane = (host: string) => new RedisLane(this.#client, host, this.#bounds, this.#onTrouble);
    return this.#jobs.consume(consumer, this.#bounds, lane, () => this.#waitingHosts());
  }

  async depth(): Promise<QueueDepth> {
    const { redis } = this.#client;
    const [batches, bytes, deadLetters, oldest] = await this.#client.ask(() =>
      Promise.all([
        redis.zcard(this.#client.key('ages')),
        redis.hget(this.#client.key('sizes'), 'bytes'),
        redis.zcard(this.#client.key('dead')),
        redis.zrange(this.#client.key('ages'), '0', '0', 'WITHSCORES'),
      ]),
    );
    const age = oldest[1] === undefined ? undefined : Number(oldest[1]);
    return { batches, bytes: Number(bytes ?? 0), deadLetters, oldest: age };
  }

  async deadLetters(): Promise<DeadLetter[]> {
    const ids = await this.#client.ask(() => this.#client.redis.zrange(this.#client.key('dead'), '0', '-1'));
    const letters = await Promise.all(ids.map((id) => this.#letter(id)));
    return letters.flatMap((letter) => letter ?? []);
  }

  async deadLetter(id: string): Promise<{ letter: DeadLetter; bytes: Uint8Array } | undefined> {
    const letter = await this.#letter(id);
    if (letter === undefined) return undefined;
    const bytes = await this.#client.ask(() =>
      this.#client.redis.hgetBuffer(this.#client.key('batch', id), 'payload'),
    );
    return { letter, bytes: bytes ?? new Uint8Array() };
  }

  async replay(id: string): Promise<boolean> {
    const letter = await this.#letter(id);
    if (letter === undefined) return false;
    const { host } = letter.stream;
    if ((await this.#client.script('replay', id, host, letter.acceptedAt)) !== 1) return false;
    this.#jobs.wake(host);
    return true;
  }

  async discard(id: string): Promise<boolean> {
    return (await this.#client.script('discard', id)) === 1;
  }

  async check(): Promise<void> {
    this.#mustBeOpen();
    await this.#client.mustBeDurable();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#jobs.close();
    this.#client.redis.disconnect();
  }

  /** Undefined where another batch with a key was quicker: its numbers are taken. */
  async #accept(batch: Batch, contentKey: string): Promise<Accepted | undefined> {
    this.#mustBeOpen();
    const { stream, first, last, bytes } = batch;
    const id = randomUUID();
    const acceptedAt = Date.now();
    const header = JSON.stringify(batchHeader(batch, id, acceptedAt, false));
    const { bytes_max, batches_max } = this.#bounds;
    const [state, number, length] = (await this.#client.script(
      'accept',
      ...[streamKey(stream), stream.host, String(last), String(last + 1n), id, header, bytes, acceptedAt],
      ...[bytes_max, batches_max, String(first), String(first - 1n), gaps_max, contentKey, keys_max],
    )) as [number, string, number];
    if (state === -3) return undefined;
    if (state === -2) throw late(batch);
    if (state === -1)
      throw new QueueError(
        'full',
        `the queue is full: ${number} batches of ${length} bytes wait to be folded`,
        {
          hint: 'try again later',
        },
      );
    // A lane that was not empty has its job.
    if (length === 1) this.#jobs.wake(stream.host);
    return { isNew: state === 1, next: BigInt(number) };
  }

  async #letter(id: string): Promise<DeadLetter | undefined> {
    const key = this.#client.key('batch', id);
    const [fields, size] = await this.#client.ask(() =>
      Promise.all([
        this.#client.redis.hmget(key, 'header', 'reason', 'failedAt'),
        this.#client.redis.hstrlen(key, 'payload'),
      ]),
    );
    const [header, reason, failedAt] = fields;
    if (header == null || reason == null) return undefined;
    return deadLetterOf({ ...(JSON.parse(header) as BatchHeader), reason, failedAt: Number(failedAt), size });
  }

  #waitingHosts(): Promise<string[]> {
    return this.#client.ask(() => this.#client.redis.smembers(this.#client.key('hosts')));
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new QueueError('closed', 'the queue has been closed');
  }
}
