/** The queue on a real Redis: the suite of every queue, and what only a server can do to it. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Batch, QueueBounds, QueuedBatch } from '../../services/core/batch-queue.ts';
import { BullmqQueue } from '../../services/runtime/queue/bullmq/bullmq-queue.ts';
import { batchQueueConformance } from '../conformance/batch-queue.ts';
import { CutProxy } from './redis/cut-proxy.ts';
import { RedisServer } from './redis/redis-server.ts';

const server = new RedisServer();
beforeAll(() => server.start());
afterAll(() => server.destroy());
let prefixes = 0;

interface Reached {
  readonly queue: BullmqQueue;
  readonly proxy: CutProxy;
}

async function open(prefix: string, bounds: Partial<QueueBounds> = {}): Promise<Reached> {
  const proxy = new CutProxy(server.port);
  await proxy.mend();
  const url = `redis://127.0.0.1:${proxy.port}`;
  const queue = await BullmqQueue.open({ url, prefix, takeover_ms: 400, onTrouble: () => {}, ...bounds });
  return { queue, proxy };
}

batchQueueConformance('the queue on BullMQ', async (bounds) => {
  const prefix = `t${prefixes++}`;
  const opened = [await open(prefix, bounds)];
  const again = async (): Promise<BullmqQueue> => {
    const next = await open(prefix, bounds);
    opened.push(next);
    return next.queue;
  };
  return {
    queue: opened[0]!.queue,
    reopen: async () => {
      await opened.at(-1)!.queue.close();
      return again();
    },
    crash: async () => {
      // To Redis, and to whoever takes over, a process that is cut off is a dead one.
      await opened.at(-1)!.proxy.cut();
      return again();
    },
    destroy: async () => {
      for (const { queue, proxy } of opened) {
        await proxy.mend();
        await queue.close();
        await proxy.cut();
      }
    },
  };
});

test('without Redis a batch is refused and the queue says so; with it again, it goes on', async () => {
  const { queue, proxy } = await open(`t${prefixes++}`);
  await proxy.cut();
  await expect(queue.accept(batch(0))).rejects.toMatchObject({ code: 'unavailable' });
  await expect(queue.check()).rejects.toMatchObject({ code: 'unavailable' });
  await proxy.mend();
  await expect.poll(() => queue.check().catch(() => 'not yet'), { timeout: 10_000 }).toBeUndefined();
  expect(await queue.accept(batch(0))).toMatchObject({ isNew: true });
  await queue.close();
  await proxy.cut();
});

test('what was accepted outlives a Redis that is killed', async () => {
  const { queue, proxy } = await open(`t${prefixes++}`);
  for (let n = 0; n < 20; n++) await queue.accept(batch(n));
  await server.kill();
  await server.start();
  await expect.poll(() => queue.check().catch(() => 'not yet'), { timeout: 10_000 }).toBeUndefined();
  expect((await queue.depth()).batches).toBe(20);
  expect(await queue.next(batch(0).stream)).toBe(20n);
  await queue.close();
  await proxy.cut();
});

test('a batch that somebody took out of Redis, whole or its bytes, holds up nothing, and is said', async () => {
  const prefix = `t${prefixes++}`;
  const said: unknown[] = [];
  const queue = await BullmqQueue.open({ url: server.url, prefix, onTrouble: (error) => said.push(error) });
  for (let n = 0; n < 4; n++) await queue.accept(batch(n));
  const redis = new Redis(server.url);
  const ids = await redis.lrange(`{${prefix}}:lane:h`, 0, -1);
  await redis.del(`{${prefix}}:batch:${ids[1]}`);
  await redis.hdel(`{${prefix}}:batch:${ids[2]}`, 'payload');
  const folded: bigint[] = [];
  const buried: bigint[] = [];
  const depths: number[] = [];
  await queue.consume({
    fold: async (batches) => {
      depths.push((await queue.depth()).bytes);
      folded.push(...batches.map(({ first }) => first));
    },
    buried: async ({ first }) => void buried.push(first),
    failed: () => {},
  });
  await expect.poll(() => folded, { timeout: 10_000 }).toEqual([0n, 3n]);
  await expect.poll(() => queue.depth()).toMatchObject({ batches: 0, bytes: 0, deadLetters: 1 });
  expect([buried, depths]).toEqual([[2n], [2, 1]]);
  expect(said).toEqual([expect.objectContaining({ message: expect.stringContaining(ids[1]!) })]);
  const reason = 'its bytes are not in Redis any more';
  expect((await queue.deadLetter(ids[2]!))?.letter).toMatchObject({ reason, size: 0 });
  await queue.close();
  redis.disconnect();
});

test.each([
  ['keeps no append-only file', ['--appendonly', 'no']],
  ['evicts keys', ['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']],
])('a Redis that %s is refused with a hint', async (said, options) => {
  const forgetful = new RedisServer(options);
  await forgetful.start();
  const opening = BullmqQueue.open({ url: forgetful.url, onTrouble: () => {} });
  await expect(opening).rejects.toMatchObject({
    code: 'not-durable',
    message: expect.stringContaining(said),
    hint: expect.any(String),
  });
  await forgetful.destroy();
});

test('two workers share hosts, and each host is folded by one at a time', async () => {
  const prefix = `t${prefixes++}`;
  const [one, two] = [await open(prefix), await open(prefix)];
  const seen: { host: string; first: bigint; by: number }[] = [];
  const busy = new Set<string>();
  let overlaps = 0;
  const consumer = (by: number) => ({
    fold: async (batches: readonly QueuedBatch[]) => {
      const { host } = batches[0]!.stream;
      if (busy.has(host)) overlaps++;
      busy.add(host);
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (const { first } of batches) seen.push({ host, first, by });
      busy.delete(host);
    },
    buried: async () => {},
    failed: () => {},
  });
  await one.queue.consume(consumer(1));
  await two.queue.consume(consumer(2));
  for (let n = 0; n < 200; n++) await one.queue.accept(batch(n, `h${n % 20}`));
  await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(200);
  expect(overlaps).toBe(0);
  expect(new Set(seen.map(({ by }) => by)).size).toBe(2);
  for (let h = 0; h < 20; h++) {
    const firsts = seen.filter(({ host }) => host === `h${h}`).map(({ first }) => Number(first));
    expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
  }
  for (const { queue, proxy } of [one, two]) {
    await queue.close();
    await proxy.cut();
  }
});

function batch(n: number, host = 'h'): Batch {
  const stream = { host, boot: 'b', source: 's' };
  const bytes = Buffer.from(String(n));
  return { stream, first: BigInt(n), last: BigInt(n), contentType: 'text/x', encoding: 'identity', bytes };
}
