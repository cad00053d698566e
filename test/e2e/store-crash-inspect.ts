/** Opens a store for writing and prints all of its edges, or the code with which it was refused. `argv`: folder. */
import { StoreError } from '../../services/core/graph-store.ts';
import { openStore } from '../../services/store/open-store.ts';

const edges: unknown[] = [];
try {
  const store = await openStore(process.argv[2]!, { mode: 'write' });
  for await (const { from, to, first, last, count, bytes } of store.allEdges())
    edges.push([String(first), from, to, String(last), count, bytes]);
  await store.counts();
  await store.lookup('name:*', 10);
  await store.close();
  process.stdout.write(JSON.stringify({ edges }));
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  process.stdout.write(JSON.stringify({ refused: error.code }));
}
