/**
 * The process that test/e2e/store-crash.test.ts kills. Applies batch after batch, each with its number as position,
 * and says a number only when `apply` has resolved. `argv`: folder.
 */
import { openStore } from '../../services/store/open-store.ts';
import { crashDelta } from './store-crash-delta.ts';

const store = await openStore(process.argv[2]!, { mode: 'write', tailEdgesMax: 2000, tailBatchesMax: 8 });
let batch = Number((await store.positions()).get('batches') ?? 0n);
process.stdout.write(`opened ${batch}\n`);
for (;;) {
  batch++;
  await store.apply(crashDelta(batch));
  process.stdout.write(`acknowledged ${batch}\n`);
}
