/** A store for the length of one question. */
import type { GraphReader } from '../core/graph-store.ts';
import { openStore } from '../store/open-store.ts';

/** Rejects with StoreError where there is no store that can be read, or with what `work` rejects with. */
export async function withReader<T>(dir: string, work: (reader: GraphReader) => Promise<T>): Promise<T> {
  const reader = await openStore(dir, { mode: 'read' });
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
