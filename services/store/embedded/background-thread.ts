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
/** Without a request for so long, the thread takes time for the larger merges. */
const IDLE_MS = 1000;
let idle: NodeJS.Timeout | undefined;

port.on('message', (request: WorkRequest) => {
  wanted.add(request.kind);
  clearTimeout(idle);
  begin(false);
});

function begin(isIdle: boolean): void {
  if (busy) return;
  busy = true;
  work(isIdle)
    .catch((cause) => {
      const error = storeErrorFrom(data.dir, cause);
      const code = error instanceof StoreError ? error.code : undefined;
      port.postMessage({ kind: 'failed', message: error.message, code } satisfies WorkReport);
    })
    .finally(() => {
      busy = false;
    });
}

async function work(isIdle: boolean): Promise<void> {
  while (wanted.size > 0 || mergeOnce(isIdle)) {
    // Lets requests in between steps.
    await new Promise((resolve) => setImmediate(resolve));
    if (wanted.delete('flush')) flushOnce();
    if (wanted.has('stop') || wanted.has('settle')) while (flushOnce());
    if (wanted.delete('stop')) {
      const { flushed } = readManifest(database);
      // The owner may end the process at the report: nothing native may be under way by then.
      await database.root.close();
      port.postMessage({ kind: 'stopped', flushed } satisfies WorkReport);
      port.close();
      return;
    }
    if (wanted.has('settle') && !mergeOnce(true)) {
      wanted.delete('settle');
      report('settled');
    }
  }
  if (!isIdle) idle = setTimeout(() => begin(true), IDLE_MS);
}

/** A step that reads what the last one has left keeps nothing of before it: those pages are free for it to use. */
function flushOnce(): boolean {
  database.root.resetReadTxn();
  const done = flush(database, data) > 0;
  if (done) report('flushed');
  return done;
}

function mergeOnce(isIdle: boolean): boolean {
  database.root.resetReadTxn();
  return mergeStep(database, isIdle);
}

function report(kind: 'flushed' | 'settled'): void {
  port.postMessage({ kind, flushed: readManifest(database).flushed } satisfies WorkReport);
}
