/** The thread of `Background`: one step at a time, batches before merges. */
import { parentPort, workerData } from 'node:worker_threads';
import { StoreError } from '../../core/graph-store.ts';
import type { WorkerData, WorkReport, WorkRequest } from './background.ts';
import { openDatabase, storeErrorFrom } from './database.ts';
import { flush } from './flush.ts';
import { readManifest } from './manifest.ts';
import { mergeStep } from './merge.ts';

const data = workerData as WorkerData;
const port = parentPort!;
const database = openDatabase(data.dir, data.database);
const wanted = new Set<WorkRequest['kind']>();
let busy = false;

port.on('message', (request: WorkRequest) => {
  wanted.add(request.kind);
  if (busy) return;
  busy = true;
  work()
    .catch((cause) => {
      const error = storeErrorFrom(data.dir, cause);
      const code = error instanceof StoreError ? error.code : undefined;
      port.postMessage({ kind: 'failed', message: error.message, code } satisfies WorkReport);
    })
    .finally(() => {
      busy = false;
    });
});

async function work(): Promise<void> {
  while (wanted.size > 0 || mergeStep(database)) {
    // Lets requests in between steps.
    await new Promise((resolve) => setImmediate(resolve));
    database.root.resetReadTxn();
    if (wanted.delete('flush') && flush(database, data) > 0) report('flushed');
    if (wanted.has('stop') || wanted.has('settle')) while (flush(database, data) > 0) report('flushed');
    if (wanted.delete('stop')) {
      const { flushed } = readManifest(database);
      // The owner may end the process at the report: nothing native may be under way by then.
      await database.root.close();
      port.postMessage({ kind: 'stopped', flushed } satisfies WorkReport);
      port.close();
      return;
    }
    if (wanted.has('settle') && !mergeStep(database)) {
      wanted.delete('settle');
      report('settled');
    }
  }
}

function report(kind: 'flushed' | 'settled'): void {
  port.postMessage({ kind, flushed: readManifest(database).flushed } satisfies WorkReport);
}
