import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { InlineQueue } from '../../services/runtime/queue/inline/inline-queue.ts';
import { openStore } from '../../services/store/open-store.ts';
import { importFiles } from '../../services/worker/import-files.ts';
import { type BatchText, batchesOf, foldAll, graphText } from '../fixture/batch-pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-batches-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let names = 0;

const recording = new URL('../corpus/lamp/recordings/E1/', import.meta.url);
const lines = (file: string, count: number): string => {
  const text = gunzipSync(readFileSync(new URL(file, recording))).toString('utf8');
  return `${text.split('\n').slice(0, count).join('\n')}\n`;
};

const audit: BatchText = {
  source: 'audit',
  contentType: 'text/vnd.disprotrack.audit',
  text: lines('audit.log.gz', 1_500),
};
const access: BatchText = {
  source: 'access',
  contentType: 'text/vnd.disprotrack.log; format=http-access; container=web; name=access.log',
  text: gunzipSync(readFileSync(new URL('apache-access.log.gz', recording))).toString('utf8'),
};
const traces: BatchText = {
  source: 'app',
  contentType: 'text/vnd.disprotrack.log; format=python-logging; name=app.log',
  text: Array.from({ length: 30 }, (_, i) =>
    [
      `2026-11-24 22:00:${String(i).padStart(2, '0')},123 ERROR app number ${i}`,
      'Traceback (most recent call last):',
      `  ValueError: ${i}`,
      '',
    ].join('\n'),
  ).join(''),
};
const journal: BatchText = {
  source: 'journal',
  contentType: 'text/vnd.disprotrack.log; format=journald-export; name=journal',
  text: Array.from({ length: 20 }, (_, i) =>
    [`__REALTIME_TIMESTAMP=17955577090${i + 10}000`, '_PID=77', `MESSAGE=session ${i} opened`, '', ''].join(
      '\n',
    ),
  ).join(''),
};

async function imported({ contentType, text }: BatchText): Promise<string> {
  const name = /name=([\w.]+)/.exec(contentType)?.[1] ?? 'audit.log';
  const path = join(folder, `${names++}`);
  writeFileSync(path, text);
  const file = {
    name,
    path,
    format: /format=([\w-]+)/.exec(contentType)?.[1],
    container: /container=(\w+)/.exec(contentType)?.[1],
  };
  const isAudit = contentType.includes('audit');
  const store = await openStore(join(folder, `${names++}`), { mode: 'write' });
  await importFiles({
    store,
    host: 'h',
    audit: isAudit ? [file] : [],
    logs: isAudit ? [] : [file],
    identity: [],
    profiles: [],
    growing: true,
    onProgress: () => {},
    onDiagnostic: () => {},
  });
  const graph = await graphText(store);
  await store.close();
  return graph;
}

/** Through a queue; worker and queue begin anew after every batch named in `restarts`. */
async function queued(
  input: BatchText,
  cuts: readonly number[],
  restarts: ReadonlySet<number>,
): Promise<string> {
  const [stored, kept] = [join(folder, `${names++}`), join(folder, `${names++}`)];
  let queue = await InlineQueue.open(kept);
  let store = await openStore(stored, { mode: 'write' });
  for (const [i, batch] of batchesOf(input, cuts).entries()) {
    await queue.accept(batch);
    if (!restarts.has(i)) continue;
    await foldAll(queue, store);
    await queue.close();
    await store.close();
    queue = await InlineQueue.open(kept);
    store = await openStore(stored, { mode: 'write' });
  }
  await foldAll(queue, store);
  const graph = await graphText(store);
  await queue.close();
  await store.close();
  return graph;
}

test.each([
  ['an audit log', audit, 12],
  ['an access log', access, 8],
  ['entries of several lines', traces, 12],
  ['a journal', journal, 12],
])(
  '%s in any batches, through a queue and past restarts, gives the graph of one import',
  async (_name, input, runs) => {
    const whole = await imported(input);
    expect(whole.length).toBeGreaterThan(1_500);
    const count = input.text.split('\n').length;
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: count }), { maxLength: 12 });
    const restarts = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(cuts, restarts, async (unsorted, after) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        expect(await queued(input, sorted, new Set(after))).toBe(whole);
      }),
      { numRuns: runs },
    );
  },
);

test('every line a batch of its own, and a restart within an event', async () => {
  const few = { ...audit, text: `${audit.text.split('\n').slice(0, 120).join('\n')}\n` };
  const all = Array.from({ length: 120 }, (_, i) => i + 1);
  expect(await queued(few, all, new Set([1, 7, 8, 33, 64, 65, 66]))).toBe(await imported(few));
});
