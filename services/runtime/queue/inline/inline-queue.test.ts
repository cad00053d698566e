import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { batchQueueConformance } from '../../../../test/conformance/batch-queue.ts';
import type { Batch, QueuedBatch } from '../../../core/batch-queue.ts';
import { InlineQueue } from './inline-queue.ts';

const root = mkdtempSync(join(tmpdir(), 'disprotrack-queue-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

batchQueueConformance('the inline queue', async (bounds) => {
  let folder = join(root, String(folders++));
  const queues: InlineQueue[] = [];
  const open = async (): Promise<InlineQueue> => {
    const queue = await InlineQueue.open(folder, bounds);
    queues.push(queue);
    return queue;
  };
  return {
    queue: await open(),
    reopen: async () => {
      await queues.at(-1)!.close();
      return open();
    },
    crash: () => {
      // What the files hold at this moment is what a killed process leaves.
      const left = folder;
      folder = join(root, String(folders++));
      cpSync(left, folder, { recursive: true });
      return open();
    },
    destroy: async () => {
      for (const queue of queues) await queue.close();
    },
  };
});

function batch(n: number, bytes = Buffer.alloc(100, n)): Batch {
  const stream = { host: 'h', boot: 'b', source: 's' };
  return { stream, first: BigInt(n), last: BigInt(n), contentType: 'text/x', encoding: 'identity', bytes };
}

async function folded(queue: InlineQueue): Promise<QueuedBatch[]> {
  const batches: QueuedBatch[] = [];
  const consumption = await queue.consume({
    fold: async (given) => {
      batches.push(...given);
    },
    buried: async () => {},
    failed: () => {},
  });
  while ((await queue.depth()).batches > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await consumption.stop();
  return batches;
}

async function filled(count: number): Promise<{ folder: string; file: string }> {
  const folder = join(root, String(folders++));
  const queue = await InlineQueue.open(folder);
  for (let n = 0; n < count; n++) await queue.accept(batch(n));
  await queue.close();
  return { folder, file: join(folder, readdirSync(folder).find((name) => name.endsWith('.segment'))!) };
}

test.each([
  ['cut within the last payload', (file: string) => truncateSync(file, statSync(file).size - 7), 4],
  ['cut within the last header', (file: string) => truncateSync(file, statSync(file).size - 130), 4],
  ['with noise behind its end', (file: string) => appendFileSync(file, Buffer.alloc(5_000, 0x5a)), 5],
  [
    'with the beginning of a frame behind its end',
    (file: string) => appendFileSync(file, readFileSync(file).subarray(0, 30)),
    5,
  ],
])('a torn tail, %s: all before it is there, and the queue goes on', async (_name, tear, kept) => {
  const { folder, file } = await filled(5);
  tear(file);
  const queue = await InlineQueue.open(folder);
  expect(await queue.next({ host: 'h', boot: 'b', source: 's' })).toBe(BigInt(kept));
  await queue.accept(batch(5));
  await queue.close();
  const again = await InlineQueue.open(folder);
  expect((await folded(again)).map(({ first }) => Number(first))).toEqual(
    kept === 5 ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3, 5],
  );
  await again.close();
});

test('a payload that was damaged on disk becomes a dead letter, and the others are folded', async () => {
  const { folder, file } = await filled(5);
  const bytes = readFileSync(file);
  bytes[bytes.indexOf(Buffer.alloc(100, 2)) + 50]! ^= 1;
  writeFileSync(file, bytes);
  const queue = await InlineQueue.open(folder);
  expect((await folded(queue)).map(({ first }) => Number(first))).toEqual([0, 1, 3, 4]);
  expect((await queue.deadLetters())[0]).toMatchObject({
    first: 2n,
    reason: 'its bytes on disk are damaged',
  });
  await queue.close();
});

test('files of what was folded go, and how far streams were accepted stays', async () => {
  const folder = join(root, String(folders++));
  const queue = await InlineQueue.open(folder, { bytes_max: 4_000 });
  for (let n = 0; n < 200; n++) {
    await queue.accept(batch(n, Buffer.alloc(900, n)));
    if (n % 4 === 3) await folded(queue);
  }
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(bytes).toBeLessThan(20_000);
  await queue.close();
  const again = await InlineQueue.open(folder);
  expect(await again.next({ host: 'h', boot: 'b', source: 's' })).toBe(200n);
  await again.close();
});
