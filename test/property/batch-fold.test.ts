import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { writeFileHeader } from '../../services/core/record/file-header.ts';
import { InlineQueue } from '../../services/runtime/queue/inline/inline-queue.ts';
import { openStore } from '../../services/store/open-store.ts';
import { importFiles } from '../../services/worker/import-files.ts';
import { type BatchInput, batchesOf, foldAll, graphText, linesOf } from '../fixture/batch-pipeline.ts';
import { onFile, onTcp, RecordScript } from '../fixture/record-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-batches-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let names = 0;

const recording = new URL('../corpus/lamp/recordings/E1/', import.meta.url);
const lines = (file: string, count?: number): Uint8Array[] =>
  linesOf(gunzipSync(readFileSync(new URL(file, recording))).toString('utf8')).slice(0, count);

const audit: BatchInput = {
  source: 'audit',
  contentType: 'text/vnd.disprotrack.audit',
  units: lines('audit.log.gz', 1_500),
};
const access: BatchInput = {
  source: 'access',
  contentType: 'text/vnd.disprotrack.log; format=http-access; container=web; name=access.log',
  units: lines('apache-access.log.gz'),
};
const traces: BatchInput = {
  source: 'app',
  contentType: 'text/vnd.disprotrack.log; format=python-logging; name=app.log',
  units: Array.from({ length: 30 }, (_, i) =>
    [
      `2026-11-24 22:00:${String(i).padStart(2, '0')},123 ERROR app number ${i}`,
      'Traceback (most recent call last):',
      `  ValueError: ${i}`,
      '',
    ].join('\n'),
  ).flatMap(linesOf),
};
const journal: BatchInput = {
  source: 'journal',
  contentType: 'text/vnd.disprotrack.log; format=journald-export; name=journal',
  units: Array.from({ length: 20 }, (_, i) =>
    [`__REALTIME_TIMESTAMP=17955577090${i + 10}000`, '_PID=77', `MESSAGE=session ${i} opened`, '', ''].join(
      '\n',
    ),
  ).flatMap(linesOf),
};

/** A server that logs in pieces, its children, and a kernel that loses records now and then. */
const script = new RecordScript();
for (let i = 0; i < 40; i++) {
  const client = onTcp(50 + i, '10.0.0.1:80', `10.0.0.9:${4000 + i}`);
  script
    .call(10, 'accept4', { args: [3], result: 7, ...client })
    .call(10, 'read', { args: [7], result: 30, ...client });
  script.call(10, 'openat', { ...onFile(`/srv/page${i % 5}`), args: [-100, 0, 0], result: 8 });
  const log = { ...onFile('/var/log/app.log'), args: [5] };
  const line = `2026-11-24 22:00:00,123 INFO app request ${i} was answered\n`;
  if (i % 3 === 0) script.log(10, line.slice(0, 30), log).log(10, line.slice(30), log);
  else script.log(10, line, log);
  if (i % 4 === 0)
    script
      .fork(10, 100 + i)
      .exec(100 + i, '/bin/sh', ['sh', '-c', `x${i}`])
      .exit(100 + i);
  if (i % 7 === 0) script.lose(3);
  script.call(10, 'close', { args: [7], ...client }).wait(20);
}
const records: BatchInput = {
  source: 'ebpf',
  contentType: 'application/vnd.disprotrack.records',
  units: script.records,
};
const header = writeFileHeader({
  arch: 0xc000003e,
  source: 'ebpf',
  real_ns: 0n,
  monotonic_ns: 0n,
  bootId: 'b',
  host: 'h',
});

async function imported({ contentType, units }: BatchInput): Promise<string> {
  const isRecords = contentType.includes('records');
  const name = /name=([\w.]+)/.exec(contentType)?.[1] ?? 'audit.log';
  const path = join(folder, `${names++}`);
  writeFileSync(path, Buffer.concat(isRecords ? [header, ...units] : units));
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
    logs: isAudit || isRecords ? [] : [file],
    recordings: isRecords ? [file] : [],
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
  input: BatchInput,
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
  ['records of a capture source', records, 12],
])(
  '%s in any batches, through a queue and past restarts, gives the graph of one import',
  async (_name, input, runs) => {
    const whole = await imported(input);
    expect(whole.length).toBeGreaterThan(1_500);
    const count = input.units.length;
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
  const few = { ...audit, units: audit.units.slice(0, 120) };
  const all = Array.from({ length: 120 }, (_, i) => i + 1);
  expect(await queued(few, all, new Set([1, 7, 8, 33, 64, 65, 66]))).toBe(await imported(few));
});
