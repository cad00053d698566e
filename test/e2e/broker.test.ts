/** Messages through a real broker, on this machine's own kernel: who sent each ranks first, and the hop is marked. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../fixture/free-port.ts';
import { installTools } from './analyser/tool/install.ts';
import { buildCapture, skipped } from './capture/capture-build.ts';
import { recordRun, why } from './capture/recorded-run.ts';

const messages = fileURLToPath(new URL('../fixture/broker.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-broker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  if (skipped !== '') return;
  buildCapture();
  await installTools('redis-server', 'nats-server');
}, 300_000);

/** By the name of each producer: at which place of the root causes of what the consumer got from it the producer is. */
async function places(way: string, order: string): Promise<Record<string, number>> {
  const place = join(folder, `${way}-${order}`);
  mkdirSync(place);
  const port = String(await freePort());
  const broker =
    way === 'nats'
      ? ['nats-server', '-a', '127.0.0.1', '-p', port]
      : ['redis-server', '--bind', '127.0.0.1', '--port', port, '--save', '', '--dir', place];
  const words = ['python3', messages, way, order, place, port, ...broker];
  const recording = recordRun(place, `broker-${way}-${order}`, words);
  const ends = readFileSync(join(place, 'ends'), 'utf8').trim().split('\n');
  const found = ends.map((line): [string, number] => {
    const [name, end] = line.split(' ') as [string, string];
    const { rootCauses, completeness } = why(recording, join(place, `got-${name}`), '--top', '20');
    expect(completeness.marks.map(({ kind }) => kind)).toContain('broker');
    return [name, rootCauses.findIndex(({ vertex }) => vertex.label.startsWith(`${end} → `))];
  });
  return Object.fromEntries(found);
}

const first = { anne: 0, bert: 0, cleo: 0, dora: 0, emil: 0 };

test.skipIf(skipped !== '').each(['list', 'waiting-list', 'channel', 'nats'])(
  `who sent a message is its cause, of five that send in turn: %s${skipped}`,
  async (way) => {
    expect(await places(way, 'in-turn')).toEqual(first);
  },
  120_000,
);

test.skipIf(skipped !== '').each(['list', 'waiting-list'])(
  `and of five that send at once: %s${skipped}`,
  async (way) => {
    const { dora, emil, ...apart } = await places(way, 'at-once');
    expect(apart).toEqual({ anne: 0, bert: 0, cleo: 0 });
    // Of one length and one moment they are told apart by order alone.
    expect(Math.max(dora!, emil!)).toBeLessThanOrEqual(1);
    expect(Math.min(dora!, emil!)).toBeGreaterThanOrEqual(0);
  },
  120_000,
);

test.skipIf(skipped !== '').each(['channel', 'nats'])(
  `messages that come together in one read keep every sender among their causes: %s${skipped}`,
  async (way) => {
    for (const place of Object.values(await places(way, 'at-once'))) expect(place).toBeGreaterThanOrEqual(0);
  },
  120_000,
);
