/** A connection to Redis that fails soon rather than waits, with the queue's scripts. */

import { QueueError } from '../../../core/batch-queue.ts';
import { Redis } from './redis.ts';
import { scripts } from './scripts.ts';

export type ScriptName = keyof typeof scripts;
type Argument = string | number | Uint8Array;

const command_ms_max = 10_000;
const version_min = 7;

export class RedisClient {
  readonly redis: Redis;
  readonly #prefix: string;

  constructor(url: string, prefix: string, onTrouble: (error: unknown) => void) {
    this.#prefix = prefix;
    this.redis = new Redis(url, {
      lazyConnect: true,
      // A request is answered with what is so now; whoever asked asks again.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: command_ms_max,
      connectTimeout: command_ms_max,
      retryStrategy: (times) => Math.min(1_000, 50 * times),
    });
    this.redis.on('error', onTrouble);
    for (const [name, lua] of Object.entries(scripts))
      this.redis.defineCommand(name, { numberOfKeys: 1, lua });
  }

  key(...parts: string[]): string {
    return [this.#prefix, ...parts].join(':');
  }

  /** Throws QueueError. */
  async script(name: ScriptName, ...args: Argument[]): Promise<unknown> {
    const commands = this.redis as unknown as Record<string, (...given: Argument[]) => Promise<unknown>>;
    return this.ask(() =>
      commands[name]!(
        this.#prefix,
        ...args.map((a) => (a instanceof Uint8Array ? Buffer.from(a.buffer, a.byteOffset, a.length) : a)),
      ),
    );
  }

  /** Throws QueueError. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (cause) {
      const message = (cause as Error).message;
      if (message.startsWith('OOM'))
        throw new QueueError('full', 'the queue is full: Redis has no memory left', { cause });
      // In place of the client's own words, which are about its options.
      const why = message.includes('enableOfflineQueue') ? 'there is no connection to it' : message;
      throw new QueueError('unavailable', `Redis can not be used: ${why}`, { cause });
    }
  }

  /** Throws QueueError where Redis is not there, too old, or would forget what it was told. */
  async mustBeDurable(): Promise<void> {
    if (this.redis.status === 'wait') await this.ask(() => this.redis.connect());
    // While it loads, a Redis answers this and nothing else.
    const info = await this.ask(() => this.redis.info());
    if (this.redis.status !== 'ready') throw new QueueError('unavailable', 'Redis is not ready');
    const version = /^redis_version:(\d+)/m.exec(info)?.[1];
    if (version !== undefined && Number(version) < version_min)
      throw new QueueError(
        'unavailable',
        `this Redis has version ${version}; it must be ${version_min} or newer`,
      );
    if (!/^aof_enabled:1/m.test(info))
      throw new QueueError(
        'not-durable',
        'this Redis keeps no append-only file, and would lose accepted batches',
        {
          hint: 'start it with appendonly yes',
        },
      );
    if (/^maxmemory_policy:(?!noeviction)/m.test(info))
      throw new QueueError('not-durable', 'this Redis evicts keys, and would lose accepted batches', {
        hint: 'set maxmemory-policy noeviction',
      });
    if (!/^aof_last_write_status:ok/m.test(info))
      throw new QueueError('unavailable', 'this Redis can not write its append-only file');
  }
}
