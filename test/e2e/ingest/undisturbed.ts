/** What a graph must be: that of the same batches, in the same order, with nothing in their way. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../../services/core/batch-queue.ts';
import type { GraphReader } from '../../../services/core/graph-store.ts';
import { InlineQueue } from '../../../services/runtime/queue/inline/inline-queue.ts';
import { openStore } from '../../../services/store/open-store.ts';
import { foldAll, graphText } from '../../fixture/batch-pipeline.ts';
import { wholeGraph } from '../../fixture/graph-rows.ts';

export function undisturbedGraph(batches: readonly Batch[]): Promise<string> {
  return undisturbedStore(batches, graphText);
}

/** What `tell` says of hosts of which each was folded by itself, in one store. */
export async function undisturbedHosts<T>(
  hosts: readonly (readonly Batch[])[],
  tell: (store: GraphReader) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-hosts-'));
  const store = await openStore(folder, { mode: 'write' });
  try {
    for (const batches of hosts) await store.apply(await undisturbedStore(batches, wholeGraph));
    return await tell(store);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `tell` says of the store. */
async function undisturbedStore<T>(
  batches: readonly Batch[],
  tell: (store: GraphReader) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-undisturbed-'));
  try {
    const queue = await InlineQueue.open(join(folder, 'queue'));
    const store = await openStore(join(folder, 'store'), { mode: 'write' });
    for (const batch of batches) await queue.accept(batch);
    await foldAll(queue, store);
    const graph = await tell(store);
    await queue.close();
    await store.close();
    return graph;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** That of the store in `dir`, which nobody writes to. */
export async function storedGraph(dir: string): Promise<string> {
  const reader = await openStore(dir, { mode: 'read' });
  const graph = await graphText(reader);
  await reader.close();
  return graph;
}
