import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Edge, GraphReader } from '../../services/core/graph-store.ts';
import { openStore } from '../../services/store/open-store.ts';
import { crashDelta, EDGES_PER_BATCH } from './store-crash-delta.ts';

const KILLS = process.env.DISPROTRACK_FULL === '1' ? 50 : 10;
const WRITER = join(import.meta.dirname, 'store-crash-writer.ts');
const root = mkdtempSync(join(tmpdir(), 'disprotrack-crash-'));
const dir = join(root, 'store');
afterAll(() => rmSync(root, { recursive: true }));

test(`${KILLS} times killed in mid-batch: no acknowledged batch is lost, none is half there`, {
  timeout: 300_000,
}, async () => {
  let acknowledged = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const run = await writeAndKill((kill * 37) % 160);
    expect(run.opened).toBeGreaterThanOrEqual(acknowledged);
    // A life that wrote nothing would have shown nothing.
    expect(run.acknowledged).toBeGreaterThan(run.opened);
    acknowledged = run.acknowledged;
    const reader = await openStore(dir, { mode: 'read' });
    const kept = await wholeBatches(reader);
    await reader.close();
    // One batch more may be there: committed, and killed before it could say so.
    expect(kept - acknowledged).toBeGreaterThanOrEqual(0);
    expect(kept - acknowledged).toBeLessThanOrEqual(1);
  }
  const store = await openStore(dir, { mode: 'write' });
  const positions = await store.positions();
  expect(Number(positions.get('batches'))).toBe(await wholeBatches(store));
  expect(await store.state()).toEqual(new Map([['batch', String(positions.get('batches'))]]));
  await store.close();
  expect(acknowledged).toBeGreaterThan(KILLS);
});

test('a second writer is refused with a hint while the first lives, readers are not', {
  timeout: 60_000,
}, async () => {
  const writer = startWriter();
  await writer.until('acknowledged');
  await expect(openStore(dir, { mode: 'write' })).rejects.toMatchObject({
    code: 'locked',
    hint: expect.any(String),
  });
  const reader = await openStore(dir, { mode: 'read' });
  const before = await wholeBatches(reader);
  const seen = await writer.until(`acknowledged ${before + 3}`);
  expect(await wholeBatches(reader)).toBeGreaterThanOrEqual(seen);
  await reader.close();
  await writer.kill();
  await (await openStore(dir, { mode: 'write' })).close();
});

interface Damage {
  readonly name: string;
  do(file: string): void;
}

const CUTS = [1, 4096, 100_000, 1_000_000];
const DAMAGES: Damage[] = [
  ...CUTS.map((bytes) => ({
    name: `the last ${bytes} bytes cut off`,
    do: (file: string) => truncateSync(file, Math.max(0, statSync(file).size - bytes)),
  })),
  ...CUTS.map((bytes) => ({
    name: `garbage in the last ${bytes} bytes`,
    do: (file: string) => scribble(file, -bytes, bytes),
  })),
  { name: 'garbage behind the end', do: (file) => scribble(file, 0, 10_000) },
  { name: 'everything cut off', do: (file) => truncateSync(file, 0) },
  { name: 'the second root torn', do: (file) => scribble(file, 4096 - statSync(file).size, 200) },
];

let whole: { batches: number; edges: Map<string, Edge> };

beforeAll(async () => {
  await writeAndKill(300);
  const reader = await openStore(dir, { mode: 'read' });
  whole = { batches: await wholeBatches(reader), edges: new Map() };
  for await (const edge of reader.allEdges()) whole.edges.set(`${edge.first}`, edge);
  await reader.close();
  cpSync(dir, join(root, 'copy'), { recursive: true });
}, 60_000);

for (const damage of DAMAGES)
  test(`a torn tail, ${damage.name}: recovers or refuses, and never gives wrong data`, {
    timeout: 60_000,
  }, async () => {
    const torn = mkdtempSync(join(root, 'torn-'));
    for (const name of ['FORMAT.json', 'data.mdb']) copyFileSync(join(root, 'copy', name), join(torn, name));
    damage.do(join(torn, 'data.mdb'));
    // In a process of its own: were the store to crash on the file, this test must say so and not die of it.
    const result = await inspect(torn);
    if (result.refused !== undefined) expect(result.refused).toBe('corrupt');
    else {
      for (const [first, ...rest] of result.edges!) {
        const edge = whole.edges.get(first)!;
        expect([edge.from, edge.to, String(edge.last), edge.count, edge.bytes]).toEqual(rest);
      }
      expect(result.edges!.length % EDGES_PER_BATCH).toBe(0);
      expect(whole.batches * EDGES_PER_BATCH - result.edges!.length).toBeLessThanOrEqual(EDGES_PER_BATCH);
    }
  });

/** Number of the last batch, after checking that each up to it is wholly there and nothing else is. */
async function wholeBatches(reader: GraphReader): Promise<number> {
  const { vertices, edges, uses } = await reader.counts();
  const batches = Math.max(0, vertices - 2);
  expect([edges, uses]).toEqual([batches * EDGES_PER_BATCH, batches]);
  for (const batch of [1, Math.ceil(batches / 2), batches].filter((n) => n > 0)) {
    const range = { since: BigInt(batch * 1000) - 1n, until: BigInt(batch * 1000 + 999) };
    const found = await reader.edgesInto([{ vertex: 'hub', ...range }], 10_000);
    const wanted = crashDelta(batch).edges.filter(({ first }) => first > range.since);
    expect(found.edges.filter(({ count }) => count === batch).reverse()).toEqual(wanted);
  }
  return batches;
}

/** Kills `ms` after the first batch was acknowledged. */
async function writeAndKill(ms: number): Promise<{ opened: number; acknowledged: number }> {
  const writer = startWriter();
  const opened = await writer.until('opened');
  await writer.until('acknowledged');
  await new Promise((resolve) => setTimeout(resolve, ms));
  const acknowledged = await writer.kill();
  return { opened, acknowledged: Math.max(opened, acknowledged) };
}

function startWriter() {
  const child = spawn(process.execPath, [WRITER, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let number = 0;
  const waiting: { wanted: string; resolve: (number: number) => void; reject: (error: Error) => void }[] = [];
  createInterface(child.stdout).on('line', (line) => {
    number = Number(line.split(' ')[1]);
    for (const wait of waiting.splice(0)) {
      const reached = line.startsWith(wait.wanted) || number >= Number(wait.wanted.split(' ')[1]);
      if (reached) wait.resolve(number);
      else waiting.push(wait);
    }
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void ended.then(() => {
    for (const wait of waiting) wait.reject(new Error(`the writer ended before it ${wait.wanted}`));
  });
  return {
    until: (wanted: string) =>
      new Promise<number>((resolve, reject) => waiting.push({ wanted, resolve, reject })),
    /** Kills at once; gives the last number that was said. */
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
      return number;
    },
  };
}

type Inspected = { refused?: string; edges?: [string, string, string, string, number, number][] };

async function inspect(store: string): Promise<Inspected> {
  const script = join(import.meta.dirname, 'store-crash-inspect.ts');
  const child = spawn(process.execPath, [script, store], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part) => {
    text += part;
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...end) => resolve(end)),
  );
  expect([code, signal]).toEqual([0, null]);
  return JSON.parse(text) as Inspected;
}

/** Overwrites `bytes` bytes from `from` (relative to the end) with noise that is the same each time. */
function scribble(file: string, from: number, bytes: number): void {
  const noise = Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 2654435761) >>> 13));
  const handle = openSync(file, 'r+');
  writeSync(handle, noise, 0, bytes, Math.max(0, statSync(file).size + from));
  closeSync(handle);
}
