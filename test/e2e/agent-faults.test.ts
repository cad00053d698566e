/**
 * Agents that are killed at any moment, ingests that cut connections, disks that are full: what was kept is delivered
 * once, and what was not is said. `npm run faults` kills fifty times.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { readNote } from '../../services/core/record/note.ts';
import { recordKind } from '../../services/core/record/record-kind.ts';
import { RecordView } from '../../services/core/record/record-view.ts';
import { openStore } from '../../services/store/open-store.ts';
import { AgentProcess, eventually } from '../fixture/agent-process.ts';
import { freePort } from '../fixture/free-port.ts';
import { type Behaviour, ScriptedIngest } from '../fixture/scripted-ingest.ts';
import { ServiceProcess } from './ingest/service-process.ts';

const rounds = Number(process.env.DISPROTRACK_FAULT_ROUNDS ?? 5);
const round_ms_max = 20_000;
/** The more often it was killed, the more there is to be caught up with. */
const caught_ms_max = 60_000 + rounds * 5_000;
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function delivered(ingest: ScriptedIngest) {
  const streams = [...ingest.streams.values()];
  expect(streams).toHaveLength(1);
  const records = streams[0]!.records.map((bytes) => RecordView.of(bytes));
  const runs = new Map<number, number[]>();
  for (const record of records.filter(({ kind }) => kind === recordKind.syscall)) {
    const [run, number] = record.args as [number, number];
    const numbers = runs.get(run) ?? [];
    numbers.push(number);
    runs.set(run, numbers);
  }
  const notes = records
    .filter(({ kind }) => kind === recordKind.note)
    .map((record) => readNote(record.text('payload')))
    .flatMap((note) => ('value' in note ? [note.value] : []));
  return {
    runs: [...runs.values()],
    notes,
    gaps: streams[0]!.gaps,
    next: streams[0]!.next,
    count: records.length,
  };
}

test(
  `killed ${rounds} times under load, in front of an ingest that cuts connections`,
  async () => {
    const ingest = await ScriptedIngest.listen();
    const troubles: Behaviour[] = [
      'cut-before',
      'cut-after',
      { status: 503 },
      { status: 429, retryAfter: '0' },
    ];
    for (let round = 0; round < rounds; round++) {
      const agent = new AgentProcess({ folder, ingest: ingest.url, perSecond: 2_000 });
      await agent.port();
      for (let i = 0; i < 4; i++) {
        ingest.behaviours.push('ok', troubles[Math.floor(Math.random() * troubles.length)]!);
      }
      await sleep(200 + Math.random() * 1_300);
      await agent.kill();
    }
    // The source outlived them all; this one ends it in order.
    const finder = new AgentProcess({ folder, ingest: ingest.url, perSecond: 2_000 });
    await eventually('it has found it', async () => (await finder.metric('records_total')) > 0);
    expect(await finder.stop()).toBe(0);
    const last = new AgentProcess({ folder, ingest: ingest.url, perSecond: 2_000, records_max: 1_000 });
    await eventually(
      'all is sent',
      async () => {
        const waiting = await last.metric('spool_waiting_records');
        // Notes and counters count among the agent's records, so that their number does not tell.
        return waiting === 0 && delivered(ingest).runs.some(({ length }) => length === 1_000);
      },
      caught_ms_max,
    );
    expect(await last.stop()).toBe(0);
    const { runs, gaps, next, count } = delivered(ingest);
    await ingest.close();
    // Every number of the stream came once, and all that the source gave: its first run went on through every kill.
    expect(gaps).toEqual([]);
    expect(BigInt(count)).toBe(next - 1n);
    for (const numbers of runs) expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(runs[0]!.length).toBeGreaterThan(rounds * 500);
  },
  60_000 + caught_ms_max + rounds * round_ms_max,
);

/** Numbers of the lines of each run of the source, out of the templates' uses; and how often a line was logged. */
async function linesInStore(folder: string): Promise<{ runs: number[][]; logged: number }> {
  const reader = await openStore(folder, { mode: 'read' });
  try {
    const runs = new Map<string, number[]>();
    let logged = 0;
    for await (const edge of reader.allEdges()) if (edge.op === 'log') logged += edge.count;
    for await (const { id, kind } of reader.allVertices()) {
      if (kind !== 'template' || !id.includes('request')) continue;
      for (const { variables } of await reader.usesOf(id, 2n ** 62n, 10_000_000)) {
        const [number, run] = variables as [string, string];
        const numbers = runs.get(run) ?? [];
        numbers.push(Number(number));
        runs.set(run, numbers);
      }
    }
    return { runs: [...runs.values()].map((numbers) => numbers.sort((a, b) => a - b)), logged };
  } finally {
    await reader.close();
  }
}

test(
  `agent, ingest, or both killed ${rounds} times: each line that was kept is in the store, once`,
  async () => {
    const home = join(folder, 'real');
    mkdirSync(home);
    const store = join(home, 'store');
    const port = String(await freePort());
    const ingest = new ServiceProcess([
      'services/cli/main.ts',
      ...['serve', '--store', store, '--insecure', '--port', '0', '--ingest-port', port],
    ]);
    const url = `http://127.0.0.1:${port}`;
    const start = () => new AgentProcess({ folder: home, ingest: url, perSecond: 200 });
    let agent: AgentProcess | undefined;
    try {
      await ingest.start(2);
      agent = start();
      for (let round = 0; round < rounds; round++) {
        await agent.port();
        await sleep(200 + Math.random() * 1_300);
        const what = round % 3;
        if (what !== 1) await agent.kill();
        if (what !== 0) await ingest.kill();
        await sleep(Math.random() * 500);
        if (what !== 0) await ingest.start(2);
        if (what !== 1) agent = start();
      }
      const finder = agent;
      await eventually('it has its source', async () => (await finder.metric('records_total')) > 0);
      expect(await finder.stop()).toBe(0);
      const last = new AgentProcess({ folder: home, ingest: url, perSecond: 200, records_max: 500 });
      agent = last;
      await eventually(
        'all is folded',
        async () => (await linesInStore(store)).runs.some(({ length }) => length === 500),
        caught_ms_max,
      );
      expect(await last.stop()).toBe(0);
      expect(await ingest.stop()).toBe(0);
    } finally {
      await agent?.kill();
      await ingest.kill();
    }
    const { runs, logged } = await linesInStore(store);
    for (const numbers of runs) expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    const lines = runs.reduce((sum, { length }) => sum + length, 0);
    expect(logged).toBe(lines);
    expect(lines).toBeGreaterThan(rounds * 100);
  },
  120_000 + caught_ms_max + rounds * round_ms_max,
);

test('a full disk costs the oldest records, which are counted, and nothing else', async () => {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
  const ingest = await ScriptedIngest.listen();
  try {
    const away = 'http://127.0.0.1:9';
    const settings = {
      DISPROTRACK_AGENT_SPOOL: join(disk, 'spool'),
      DISPROTRACK_AGENT_SPOOL_BYTES_MAX: '4194304',
    };
    const first = new AgentProcess({ folder, ingest: away, perSecond: 20_000, settings });
    await eventually('the spool has something', async () => (await first.metric('spool_bytes')) > 600_000);
    writeFileSync(join(disk, 'filler'), '');
    execFileSync('sh', ['-c', `cat /dev/zero > ${join(disk, 'filler')} 2>/dev/null || true`]);
    await eventually('records are dropped', async () => (await first.metric('dropped_records_total')) > 0);
    rmSync(join(disk, 'filler'));
    await sleep(2_000);
    expect(await first.stop()).toBe(0);
    const second = new AgentProcess({ folder, ingest: ingest.url, perSecond: 1, settings });
    await eventually('all is sent', async () => (await second.metric('spool_waiting_records')) === 0);
    await second.stop();
    const { runs, notes } = delivered(ingest);
    const dropped = notes.reduce((sum, note) => sum + (note.note === 'spool-dropped' ? note.records : 0), 0);
    expect(dropped).toBeGreaterThan(0);
    // The first run's records are all there, or counted; the agent's own notes can be among those that are counted.
    const [numbers] = runs;
    const missing = numbers!.at(-1)! - numbers!.length;
    expect(new Set(numbers).size).toBe(numbers!.length);
    expect(dropped).toBeGreaterThanOrEqual(missing);
    expect(dropped).toBeLessThanOrEqual(missing + 20);
  } finally {
    await ingest.close();
    execFileSync('umount', ['-l', disk]);
  }
}, 120_000);
