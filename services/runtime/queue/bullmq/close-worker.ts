/** Ends a worker of BullMQ within a bound. It must not know what it works on. */
import type { Worker } from 'bullmq';

/** A worker whose job was given to another while it was cut off never says that it is done. */
const closing_ms_max = 5_000;

export async function closeWorker(worker: Pick<Worker, 'close' | 'disconnect'>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closing_ms_max);
  });
  const closed = worker.close().then(() => true);
  if ((await Promise.race([closed, over])) !== true) worker.disconnect().catch(() => {});
  clearTimeout(timer);
}
