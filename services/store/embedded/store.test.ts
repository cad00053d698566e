import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphStoreConformance } from '../../../test/conformance/graph-store.ts';
import { openStore, type StoreOptions } from '../open-store.ts';

/** `bounds` small enough make the background work through every path on small data. */
function opener(bounds: Partial<StoreOptions>) {
  return async () => {
    const dir = mkdtempSync(join(tmpdir(), 'disprotrack-store-'));
    let store = await openStore(dir, { ...bounds, mode: 'write' });
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openStore(dir, { ...bounds, mode: 'write' });
        return store;
      },
      destroy: async () => {
        await store.close();
        rmSync(dir, { recursive: true });
      },
    };
  };
}

graphStoreConformance('the embedded store', opener({}));
graphStoreConformance(
  'the embedded store with a background that never rests',
  opener({ tailEdgesMax: 4, tailBatchesMax: 1, cacheBytesMax: 1, idsMax: 2 }),
);
