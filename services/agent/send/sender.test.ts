import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { ScriptedIngest } from '../../../test/fixture/scripted-ingest.ts';
import { recordKind } from '../../core/record/record-kind.ts';
import { RecordView } from '../../core/record/record-view.ts';
import { writeRecord } from '../../core/record/record-writer.ts';
import { Spool } from '../spool/spool.ts';
import { Backoff } from './backoff.ts';
import { IngestClient } from './ingest-client.ts';
import { IngestCredentials } from './ingest-credentials.ts';
import { Sender } from './sender.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-sender-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const stream = { host: 'h1', boot: 'b1', source: 'ebpf' };
let ingest: ScriptedIngest;
let runs = 0;
beforeEach(async () => {
  ingest = await ScriptedIngest.listen();
  runs++;
});
afterEach(() => ingest.close());

async function openSpool(of = stream): Promise<Spool> {
  return await Spool.open({
    folder: join(folder, String(runs)),
    stream: of,
    spool_bytes_max: 1 << 20,
    onDropped: () => {},
  });
}

async function put(spool: Spool, ...tgids: number[]): Promise<void> {
  const records = tgids.map((tgid) => writeRecord({ kind: recordKind.syscall, u32: { tgid } }));
  const body = zstdCompressSync(Buffer.concat(records));
  await spool.append({ count: tgids.length, from: 1n, until: 2n, memo: '', body });
}

async function deliver(spool: Spool, until: () => boolean) {
  const notes: string[] = [];
  const refused: string[] = [];
  const sender = new Sender({
    spool,
    client: new IngestClient({
      url: ingest.url,
      credentials: new IngestCredentials({}),
      request_ms_max: 2_000,
    }),
    backoff: new Backoff({ first_ms: 1 }),
    onNote: (note) => notes.push(note),
    onRefused: (_frame, why) => refused.push(why),
  });
  const running = sender.run();
  for (let i = 0; i < 400 && !until(); i++) await sleep(25);
  sender.stop();
  await running;
  return { notes, refused, state: sender.state };
}

function kept(key = 'h1/b1/ebpf'): number[] {
  return (ingest.streams.get(key)?.records ?? []).map((bytes) => RecordView.of(bytes).tgid);
}

test('whatever goes wrong on the way, each record is kept once and in order', async () => {
  const spool = await openSpool();
  await put(spool, 1, 2);
  await put(spool, 3);
  await put(spool, 4, 5);
  ingest.behaviours.push('cut-before', { status: 503 }, 'cut-after', { status: 500 }, 'garbage', 'cut-after');
  const { notes, state } = await deliver(spool, () => kept().length === 5 && spool.first() === undefined);
  expect(kept()).toEqual([1, 2, 3, 4, 5]);
  expect(spool.waiting_records).toBe(0);
  expect(state.failures).toBe(6);
  expect(notes[0]).toContain('ingest does not take batches');
  expect(notes.at(-1)).toBe('ingest takes batches again');
  await spool.close();
});

test('waits as long as it is told to', async () => {
  const spool = await openSpool();
  await put(spool, 1);
  ingest.behaviours.push({ status: 429, retryAfter: '1' });
  const began = performance.now();
  await deliver(spool, () => kept().length === 1);
  // A timer may be early by the part of a millisecond that it does not count.
  expect(performance.now() - began).toBeGreaterThan(998);
  await spool.close();
});

test('goes on where ingest is, after a restart of either', async () => {
  const spool = await openSpool();
  await put(spool, 1, 2);
  await put(spool, 3);
  ingest.behaviours.push('cut-after');
  await deliver(spool, () => kept().length >= 2);
  await spool.close();
  const again = await openSpool();
  expect(again.next).toBe(4n);
  await put(again, 4);
  await deliver(again, () => kept().length === 4);
  expect(kept()).toEqual([1, 2, 3, 4]);
  expect(ingest.streams.get('h1/b1/ebpf')!.gaps).toEqual([]);
  await again.close();
});

test('a spool that was lost numbers on from where ingest is', async () => {
  const spool = await openSpool();
  await put(spool, 1, 2);
  await deliver(spool, () => kept().length === 2);
  await spool.close();
  runs++;
  const fresh = await openSpool();
  await put(fresh, 3);
  await deliver(fresh, () => kept().length === 3);
  await fresh.close();
  const reopened = await openSpool();
  await put(reopened, 4);
  await deliver(reopened, () => kept().length === 4);
  expect(kept()).toEqual([1, 2, 3, 4]);
  await reopened.close();
});

test('what is refused for good is passed over and said; another boot is another stream', async () => {
  const spool = await openSpool();
  await put(spool, 1);
  await put(spool, 2);
  ingest.behaviours.push({ status: 422 });
  const { refused, state } = await deliver(spool, () => kept().length === 1);
  expect(refused).toEqual([expect.stringContaining('422')]);
  expect(state.refused_records).toBe(1);
  expect(kept()).toEqual([2]);
  expect(ingest.streams.get('h1/b1/ebpf')!.gaps).toEqual(['1 to 1']);
  await put(spool, 3);
  await spool.close();
  const rebooted = await openSpool({ ...stream, boot: 'b2' });
  expect(rebooted.next).toBe(1n);
  await put(rebooted, 7);
  await deliver(rebooted, () => kept('h1/b2/ebpf').length === 1);
  expect([kept(), kept('h1/b2/ebpf')]).toEqual([[2, 3], [7]]);
  await rebooted.close();
});

test('waits longer each time, spread, and no longer than an hour for a date far away', () => {
  const backoff = new Backoff({ random: () => 1 });
  expect([1, 2, 3].map(() => backoff.next(undefined))).toEqual([250, 500, 1_000]);
  expect(backoff.next('Thu, 01 Jan 2099 00:00:00 GMT', 0)).toBeLessThanOrEqual(302_000);
  backoff.reset();
  expect(backoff.next(undefined)).toBe(250);
});
