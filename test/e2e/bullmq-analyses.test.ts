/** The queue of analyses on a real Redis: the suite of every such queue. */
import { afterAll, beforeAll } from 'vitest';
import { BullmqAnalyses } from '../../services/runtime/queue/analyses/bullmq-analyses.ts';
import { analysisQueueConformance } from '../conformance/analysis-queue.ts';
import { CutProxy } from './redis/cut-proxy.ts';
import { RedisServer } from './redis/redis-server.ts';

const server = new RedisServer();
beforeAll(() => server.start());
afterAll(() => server.destroy());
let prefixes = 0;

analysisQueueConformance('the queue of analyses on BullMQ', async (bounds) => {
  const prefix = `a${prefixes++}`;
  const opened: { queue: BullmqAnalyses; proxy: CutProxy }[] = [];
  const open = async (): Promise<BullmqAnalyses> => {
    const proxy = new CutProxy(server.port);
    await proxy.mend();
    const url = `redis://127.0.0.1:${proxy.port}`;
    const options = { url, prefix, host: 'h1', takeover_ms: 400, onTrouble: () => {}, ...bounds };
    const queue = await BullmqAnalyses.open(options);
    opened.push({ queue, proxy });
    return queue;
  };
  return {
    queue: await open(),
    reopen: async () => {
      await opened.at(-1)!.queue.close();
      return open();
    },
    crash: async () => {
      // To Redis, and to whoever takes over, a process that is cut off is a dead one.
      await opened.at(-1)!.proxy.cut();
      return open();
    },
    destroy: async () => {
      await Promise.all(
        opened.map(async ({ queue, proxy }) => {
          await proxy.mend();
          await queue.close();
          await proxy.cut();
        }),
      );
    },
  };
});
