import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Spool } from './spool.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-spool-'));
const opened: Spool[] = [];
afterAll(async () => {
  for (const spool of opened) await spool.close();
  rmSync(folder, { recursive: true, force: true });
});
let spools = 0;

async function open(at: string, spool_bytes_max = 1 << 20) {
  const dropped: { records: number; from: bigint; until: bigint }[] = [];
  const stream = { host: 'h1', boot: 'b1', source: 'ebpf' };
  const spool = await Spool.open({ folder: at, stream, spool_bytes_max, onDropped: (d) => dropped.push(d) });
  opened.push(spool);
  return { spool, dropped };
}

const fresh = (): string => join(folder, String(spools++));
/** The folder as a kill at this moment leaves it. */
const killed = (at: string): string => {
  const copy = fresh();
  cpSync(at, copy, { recursive: true });
  return copy;
};
const batch = (n: bigint, bytes = 1_000) => ({
  count: 10,
  from: n,
  until: n + 1n,
  memo: `memo ${n}`,
  body: new Uint8Array(bytes).fill(Number(n)),
});
const newest = (at: string): string => {
  const names = readdirSync(at).filter((name) => name.endsWith('.spool'));
  return join(at, names.sort().at(-1)!);
};

async function everything(spool: Spool): Promise<bigint[]> {
  const found: bigint[] = [];
  for (let frame = spool.first(); frame !== undefined; frame = spool.first()) {
    expect((await frame.segment.read(frame.place))!.body[0]).toBe(Number(frame.place.from));
    found.push(frame.place.first);
    await spool.sent(frame);
  }
  return found;
}

test('what was kept is there after a restart, with its numbers and what is to be remembered', async () => {
  const at = fresh();
  const { spool } = await open(at);
  await spool.append(batch(1n));
  await spool.append(batch(2n));
  await spool.sent(spool.first()!);
  const after = killed(at);
  const { spool: again } = await open(after);
  expect([again.next, again.memo, again.until]).toEqual([21n, 'memo 2', 3n]);
  expect(await everything(again)).toEqual([1n, 11n]);
  const { spool: emptied } = await open(killed(after));
  expect(emptied.next).toBe(21n);
});

test.each([1, 30, 60, 500, 1_050])('a tail that is torn %i bytes before its end is cut off', async (torn) => {
  const at = fresh();
  const { spool } = await open(at);
  await spool.append(batch(1n));
  await spool.append(batch(2n));
  truncateSync(newest(at), statSync(newest(at)).size - torn);
  const { spool: again } = await open(killed(at));
  expect(again.torn_bytes).toBeGreaterThan(0);
  expect([again.next, again.memo]).toEqual([11n, 'memo 1']);
  await again.append(batch(3n));
  expect(await everything(again)).toEqual([1n, 11n]);
});

test('garbage behind the last batch, a file without a head and other files do no harm', async () => {
  const at = fresh();
  const { spool } = await open(at);
  await spool.append(batch(1n));
  appendFileSync(newest(at), Buffer.alloc(500, 7));
  writeFileSync(join(at, '000000009999.spool'), '{"host"');
  writeFileSync(join(at, 'notes.txt'), 'mine');
  const { spool: again } = await open(killed(at));
  expect(await everything(again)).toEqual([1n]);
});

test('beyond the bound the oldest go, and are counted with their time', async () => {
  const at = fresh();
  const { spool, dropped } = await open(at, 300_000);
  for (let n = 1n; n <= 60n; n++) await spool.append(batch(n, 10_000));
  expect(spool.bytes).toBeLessThanOrEqual(300_000);
  const kept = await everything(spool);
  const lost = dropped.reduce((sum, { records }) => sum + records, 0);
  expect(lost + kept.length * 10).toBe(600);
  expect(dropped[0]!.from).toBe(1n);
  expect(kept.at(-1)).toBe(591n);
  expect(kept[0]).toBe(BigInt(lost) + 1n);
});

test('sent segments leave the disk', async () => {
  const at = fresh();
  const { spool } = await open(at);
  for (let n = 1n; n <= 50n; n++) await spool.append(batch(n, 20_000));
  await everything(spool);
  expect(readdirSync(at).filter((name) => name.endsWith('.spool'))).toHaveLength(1);
});

test('a second agent is refused, and what the first has is left alone', async () => {
  const at = fresh();
  const { spool } = await open(at);
  await spool.append(batch(1n));
  await expect(open(at)).rejects.toMatchObject({
    name: 'AgentError',
    code: 'spool',
    message: `the spool ${at} is used by another agent`,
    hint: expect.stringContaining('DISPROTRACK_AGENT_SPOOL') as string,
  });
  await spool.append(batch(2n));
  await opened.pop()!.close();
  const { spool: next } = await open(at);
  expect(await everything(next)).toEqual([1n, 11n]);
});

test('it holds between processes, and a killed one leaves no lock', async () => {
  const at = fresh();
  const script = `
    const { Spool } = await import(${JSON.stringify(new URL('./spool.ts', import.meta.url).href)});
    const stream = { host: 'h1', boot: 'b1', source: 'ebpf' };
    await Spool.open({ folder: ${JSON.stringify(at)}, stream, spool_bytes_max: 1 << 20, onDropped() {} });
    process.stdout.write('opened');
    process.kill(process.pid, 'SIGKILL');`;
  const other = () =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(other()).toMatchObject({ signal: 'SIGKILL', stdout: 'opened' });
  const { spool } = await open(at);
  const refused = other();
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toContain('is used by another agent');
  await spool.append(batch(1n));
});

test('a folder that could not be opened is not kept locked', async () => {
  const at = fresh();
  mkdirSync(join(at, '000000000001.spool'), { recursive: true });
  await expect(open(at)).rejects.toMatchObject({ code: 'spool' });
  rmSync(join(at, '000000000001.spool'), { recursive: true });
  await open(at);
});
