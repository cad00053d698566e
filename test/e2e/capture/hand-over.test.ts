/**
 * A real capture goes on while its agent is killed again and again: every line that was written is with ingest, once,
 * and the kernel's own numbers have no hole. `npm run faults` kills fifty times.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { recordFlag, recordKind } from '../../../services/core/record/record-kind.ts';
import { RecordView } from '../../../services/core/record/record-view.ts';
import { AgentProcess, eventually } from '../../fixture/agent-process.ts';
import { ScriptedIngest } from '../../fixture/scripted-ingest.ts';
import { buildCapture, helper, skipped } from './capture-build.ts';
import { makeCgroup } from './test-cgroup.ts';

const rounds = Number(process.env.DISPROTRACK_FAULT_ROUNDS ?? 3);
const round_ms_max = 20_000;
const caught_ms_max = 180_000;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-hand-over-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = join(folder, 'log');
const spool = join(folder, 'spool');

/** Some 200 lines a second, by a process of the cgroup. */
const writer = (cgroup: string): string => `echo $$ >${cgroup}/cgroup.procs
for ((i = 1; ; i++)); do echo "line $i"; ((i % 20)) || sleep 0.1; done >${log}`;

test.skipIf(skipped !== '')(
  `an agent that is killed ${rounds} times loses nothing of a real capture${skipped}`,
  async () => {
    buildCapture();
    const cgroup = makeCgroup('hand-over');
    const ingest = await ScriptedIngest.listen();
    const settings = {
      DISPROTRACK_AGENT_HELPER: helper,
      DISPROTRACK_AGENT_PREFIXES: folder,
      DISPROTRACK_AGENT_ONLY_CGROUPS: cgroup.path,
    };
    const start = () => new AgentProcess({ folder, ingest: ingest.url, perSecond: 0, settings });
    let agent = start();
    const records = (): RecordView[] =>
      [...ingest.streams.values()].flatMap((stream) => stream.records.map((bytes) => RecordView.of(bytes)));
    const lines = (): string[] =>
      records()
        .filter(({ kind, flags }) => kind === recordKind.syscall && (flags & recordFlag.log) !== 0)
        .map((record) => record.text('payload'));
    try {
      // The agent's own notes, and containers of others, can come before it: only the source has counters.
      await eventually('it captures', () => records().some(({ kind }) => kind === recordKind.counters));
      const child = spawn('bash', ['-c', writer(cgroup.path)], { stdio: 'inherit' });
      for (let round = 0; round < rounds; round++) {
        await sleep(200 + Math.random() * 800);
        await agent.kill();
        await sleep(Math.random() * 500);
        agent = start();
        await agent.port();
      }
      child.kill('SIGTERM');
      await once(child, 'exit');
      const written = readFileSync(log, 'utf8');
      const last = written.slice(written.lastIndexOf('\n', written.length - 2) + 1);
      await eventually('the last line is there', () => lines().at(-1) === last, caught_ms_max);
      await eventually('counters are there', async () => (await agent.metric('spool_waiting_records')) === 0);
      expect(await agent.stop()).toBe(0);
      const numbers = [0, ...lines().map((line) => Number(line.slice('line '.length)))];
      const jumps = numbers.slice(1).map((number, i) => [numbers[i]!, number] as const);
      expect(jumps.filter(([before, number]) => number !== before + 1)).toEqual([]);
      expect(lines().join('')).toBe(written);
      expect(written.length).toBeGreaterThan(rounds * 1_000);
      expect(holes(records())).toBe(0);
      expect(readdirSync(spool).filter((name) => name.endsWith('.sock'))).toEqual([]);
    } finally {
      await agent.kill();
      await ingest.close();
      cgroup.remove();
    }
  },
  60_000 + caught_ms_max + rounds * round_ms_max,
);

/** Numbers of a processor's records that are missing between one and what its last counter says. */
function holes(records: readonly RecordView[]): number {
  let missing = 0;
  for (const cpu of new Set(records.map((record) => record.cpu))) {
    const own = records.filter((record) => record.cpu === cpu);
    const counters = own.filter(({ kind }) => kind === recordKind.counters);
    const seen = own.filter(({ kind }) => kind < recordKind.counters).length;
    missing += (counters.at(-1)?.sequence ?? 0) - seen;
  }
  return missing;
}
