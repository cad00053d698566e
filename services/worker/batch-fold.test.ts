import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { NotNow, type QueuedBatch } from '../core/batch-queue.ts';
import { type GraphDelta, type GraphStore, StoreError } from '../core/graph-store.ts';
import { endOfTime } from '../core/trace/traversal.ts';
import { openStore } from '../store/open-store.ts';
import { BatchFold } from './batch-fold.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-fold-'));
const opened: GraphStore[] = [];
afterAll(async () => {
  for (const store of opened) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function newStore(): Promise<GraphStore> {
  const store = await openStore(join(folder, String(opened.length)), { mode: 'write' });
  opened.push(store);
  return store;
}

const line = (n: number): string =>
  `10.0.0.9 - - [24/Nov/2026:22:01:${String(n).padStart(2, '0')} +0000] "GET /${n} HTTP/1.1" 200 4 "-" "curl"\n`;

interface Given {
  readonly boot?: string;
  readonly text?: string;
  readonly contentType?: string;
  readonly isReplay?: boolean;
  readonly id?: string;
}

let ids = 0;

/** Lines `first` to `last` of an access log. */
function batch(first: number, last: number, given: Given = {}): QueuedBatch {
  const lines = Array.from({ length: last - first + 1 }, (_, i) => line(first + i)).join('');
  return {
    id: given.id ?? `id${ids++}`,
    stream: { host: 'h', boot: given.boot ?? 'b', source: 'access' },
    first: BigInt(first),
    last: BigInt(last),
    contentType: given.contentType ?? 'text/vnd.disprotrack.log; format=http-access; name=access.log',
    encoding: 'identity',
    bytes: Buffer.from(given.text ?? lines),
    acceptedAt: Date.UTC(2026, 10, 24),
    isReplay: given.isReplay ?? false,
  };
}

function folding(store: GraphStore) {
  return new BatchFold({
    store,
    profileOf: () => undefined,
    onDiagnostic: () => {},
    onFolded: () => {},
    onBuried: () => {},
    onFailure: () => {},
  });
}

async function count(store: GraphStore): Promise<number> {
  return (await store.counts()).uses;
}

const position = async (store: GraphStore) => (await store.positions()).get('batches h/b/access');

test('a batch again, and what of one was there before, change nothing', async () => {
  const store = await newStore();
  const fold = folding(store);
  await fold.fold([batch(0, 9)]);
  await fold.fold([batch(0, 9), batch(5, 14), batch(3, 4)]);
  expect([await count(store), await position(store)]).toEqual([15, 15n]);
  await folding(store).fold([batch(10, 15)]);
  expect([await count(store), await position(store)]).toEqual([16, 16n]);
});

test('a gap between batches is a gap of the graph, and so is one before the first', async () => {
  const store = await newStore();
  const fold = folding(store);
  await fold.fold([batch(1, 4)]);
  await fold.fold([batch(8, 9), batch(10, 10)]);
  const gaps = await store.gaps(0n, endOfTime);
  expect(gaps).toMatchObject([
    { stream: 'h/b/access', host: 'h', missing: 3, reason: 'records 5 to 7 did not come' },
  ]);
  const late = await newStore();
  await folding(late).fold([batch(20, 21)]);
  expect(await late.gaps(0n, endOfTime)).toMatchObject([{ missing: 20 }]);
});

test('a burial moves the stream on and leaves a gap, with what was missing before it; a replay brings it back once', async () => {
  const store = await newStore();
  const fold = folding(store);
  const poison = batch(3, 3);
  await fold.fold([batch(0, 1)]);
  for (let i = 0; i < 2; i++) await fold.buried(poison, 'it is poison');
  await fold.fold([batch(4, 5)]);
  expect(await position(store)).toBe(6n);
  expect(await store.gaps(0n, endOfTime)).toMatchObject([
    { missing: 2, reason: expect.stringContaining('poison') },
  ]);
  await fold.fold([{ ...poison, isReplay: true }]);
  await folding(store).fold([{ ...poison, isReplay: true }]);
  expect([await count(store), await position(store)]).toEqual([5, 6n]);
});

test('a burial before any time of its host is known is a gap until the batch was accepted', async () => {
  const store = await newStore();
  const poison = batch(0, 3);
  await folding(store).buried(poison, 'it is poison');
  const accepted = BigInt(poison.acceptedAt) * 1_000_000n;
  expect(await store.gaps(accepted - 1n, endOfTime)).toMatchObject([
    { from: 0n, until: accepted, missing: 4 },
  ]);
});

test('what a store refuses is folded again from what it has, and nobody is blamed', async () => {
  const store = await newStore();
  let refusals = 2;
  const apply = store.apply.bind(store);
  store.apply = async (delta: GraphDelta) => {
    if (refusals-- > 0) throw new StoreError('io', 'the disk is full');
    await apply(delta);
  };
  const fold = folding(store);
  const [first, second] = [batch(0, 4), batch(5, 9)];
  // The second is folded while the first is being stored, and must not be stored without it.
  const both = await Promise.allSettled([fold.fold([first]), fold.fold([second])]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  for (const one of both) expect((one as PromiseRejectedResult).reason).toBeInstanceOf(NotNow);
  expect(await count(store)).toBe(0);
  await expect(fold.fold([first])).rejects.toBeInstanceOf(NotNow);
  await fold.fold([first]);
  await fold.fold([second]);
  expect([await count(store), await position(store)]).toEqual([10, 10n]);
});

test('what can’t be read is blamed, and leaves nothing half done', async () => {
  const store = await newStore();
  const fold = folding(store);
  await expect(fold.fold([batch(0, 1), { ...batch(2, 3), encoding: 'zstd' }])).rejects.toThrow('no zstd');
  await expect(fold.fold([batch(0, 1, { contentType: 'application/x-later' })])).rejects.toThrow();
  expect([await count(store), await position(store)]).toEqual([0, undefined]);
  await fold.fold([batch(0, 1)]);
  expect(await count(store)).toBe(2);
});

test('after a boot, what waited of the boot before is in the graph', async () => {
  const store = await newStore();
  const contentType = 'text/vnd.disprotrack.log; format=python-logging; name=app.log';
  const entry = (n: number) => `2026-11-24 22:00:0${n},123 INFO app number ${n}\n`;
  await folding(store).fold([batch(0, 1, { contentType, text: entry(0) + entry(1) })]);
  // The last entry may go on.
  expect(await count(store)).toBe(1);
  await folding(store).fold([batch(0, 0, { boot: 'next', contentType, text: entry(2) })]);
  expect(await count(store)).toBe(2);
  expect([...(await store.state()).keys()].filter((key) => key.startsWith('stream h/b/'))).toEqual([]);
});

test('the lines of entries are kept, of each log by itself and over batches, with all bytes and as many as they are', async () => {
  const store = await newStore();
  const contentType = 'text/vnd.disprotrack.entries';
  const long = 'ü'.repeat(1 << 19).concat('x');
  const entries = [
    { source: '/var/log/a.log', text: 'one' },
    { source: '/var/log/b.log', text: 'a failure\n  at here\n' },
    { source: '/var/log/a.log', text: 'two größer' },
    { source: '/var/log/a.log', text: long },
  ].map((entry) => `${JSON.stringify({ ...entry, time: '2026-11-24T22:00:00Z' })}\n`);
  await folding(store).fold([batch(0, 1, { contentType, text: entries.slice(0, 2).join('') })]);
  await folding(store).fold([batch(2, 3, { contentType, text: entries.slice(2).join('') })]);
  const logs = await store.logStreams();
  expect(logs.map(({ name, lines }) => [name, lines])).toEqual([
    ['/var/log/a.log', 3],
    ['/var/log/b.log', 2],
  ]);
  const kept: string[] = [];
  for (const { stream } of logs) {
    let text = '';
    const all = { stream, from: 0, until: Number.MAX_SAFE_INTEGER, where: [] };
    for await (const line of store.lines(all)) text += line.text;
    kept.push(Buffer.from(text, 'latin1').toString());
  }
  expect(kept).toEqual([`one\ntwo größer\n${long}\n`, 'a failure\n  at here\n']);
});

test('a line that names another host is of a host of the sender’s, never of that one', async () => {
  const store = await newStore();
  const record = (serial: number): string =>
    `node=victim type=SYSCALL msg=audit(1700000000.001:${serial}): arch=c000003e syscall=59 success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=0 ppid=1 pid=77 comm="x" exe="/bin/x"\n`;
  const text = Array.from({ length: 400 }, (_, i) => record(i)).join('');
  await folding(store).fold([batch(0, 399, { contentType: 'text/vnd.disprotrack.audit', text })]);
  const hosts = new Set<string>();
  for await (const { host } of store.allVertices()) hosts.add(host);
  expect([...hosts]).toEqual(['victim@h']);
});
