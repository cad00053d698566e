/** All of `serve` but for its questions, over a store that takes its time: `slow-store-server.ts STORE MS`. */
import { join } from 'node:path';
import type { GraphDelta, GraphStore } from '../../../services/core/graph-store.ts';
import { buildIngestApp } from '../../../services/ingest/app.ts';
import { Access } from '../../../services/runtime/access.ts';
import { Metrics } from '../../../services/runtime/metrics.ts';
import { InlineQueue } from '../../../services/runtime/queue/inline/inline-queue.ts';
import { openStore } from '../../../services/store/open-store.ts';
import { startFoldService } from '../../../services/worker/fold-service.ts';

const [dir, delay] = process.argv.slice(2) as [string, string];
const fast = await openStore(dir, { mode: 'write' });
const apply = async (delta: GraphDelta): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, Number(delay)));
  await fast.apply(delta);
};
const store: GraphStore = new Proxy(fast, {
  get(target, name) {
    if (name === 'apply') return apply;
    if (name === 'foldOf') return () => store;
    const member = Reflect.get(target, name, target) as unknown;
    return typeof member === 'function' ? member.bind(target) : member;
  },
});
const queue = await InlineQueue.open(join(dir, 'queue'), { bytes_max: 256 << 10, handed_batches_max: 8 });
const metrics = new Metrics();
const log = { info: () => {}, warn: () => {}, error: () => {} };
const service = await startFoldService({ queue, store, profileOf: () => undefined, metrics, log });
const rate = { perSecond: 1e6, burst: 1e6 };
const app = await buildIngestApp({ queue, access: new Access(undefined), metrics, rate });
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
process.once('SIGTERM', async () => {
  await app.close();
  await service.stop();
  await queue.close();
  await fast.close();
});
