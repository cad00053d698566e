/**
 * What an agent costs the node that it watches: memory at 20,000 records a second, processor time when little happens,
 * and that of a real capture with its keeper where nothing happens.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { recordKind } from '../../services/core/record/record-kind.ts';
import { RecordView } from '../../services/core/record/record-view.ts';
import { AgentProcess, eventually } from '../fixture/agent-process.ts';
import { ScriptedIngest } from '../fixture/scripted-ingest.ts';
import { buildCapture, helper, skipped } from './capture/capture-build.ts';
import { makeCgroup } from './capture/test-cgroup.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-resources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const resident_bytes_max = 120 * 2 ** 20;
const load_ms = 15_000;
const idle_ms = 10_000;
/** Of a second, for /proc/PID/stat. */
const tick_ms = 10;

function processor_ms(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tick_ms;
}

function peak_bytes(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1_024;
}

test('under 120 MB at 20,000 records a second, under 1 % of a processor when idle', async () => {
  const ingest = await ScriptedIngest.listen();
  try {
    const busy = new AgentProcess({ folder, ingest: ingest.url, perSecond: 20_000 });
    await eventually('it has a second’s records', async () => (await busy.metric('records_total')) > 20_000);
    const [records, cpu] = [await busy.metric('records_total'), processor_ms(busy.pid)];
    const began = performance.now();
    await sleep(load_ms);
    const elapsed_ms = performance.now() - began;
    const rate = ((await busy.metric('records_total')) - records) / (elapsed_ms / 1_000);
    const share = (processor_ms(busy.pid) - cpu) / elapsed_ms;
    const resident = peak_bytes(busy.pid);
    expect(await busy.metric('dropped_records_total')).toBe(0);
    await busy.stop();

    const calm = new AgentProcess({ folder, ingest: ingest.url, perSecond: 1 });
    await calm.port();
    await sleep(3_000);
    const [before, since] = [processor_ms(calm.pid), performance.now()];
    await sleep(idle_ms);
    const idle = (processor_ms(calm.pid) - before) / (performance.now() - since);
    await calm.stop();
    console.log(
      `${Math.round(rate)} records/s: at most ${(resident / 2 ** 20).toFixed(0)} MiB resident, ` +
        `${(share * 100).toFixed(1)} % of a processor; idle: ${(idle * 100).toFixed(2)} %`,
    );
    expect(rate).toBeGreaterThan(15_000);
    expect(resident).toBeLessThan(resident_bytes_max);
    expect(idle).toBeLessThan(0.01);
  } finally {
    await ingest.close();
  }
}, 120_000);

/** The agent's own notes can come before them. */
function hasCounters(ingest: ScriptedIngest): boolean {
  const records = [...ingest.streams.values()].flatMap((stream) => stream.records);
  return records.some((bytes) => RecordView.of(bytes).kind === recordKind.counters);
}

/** A process and all below it. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return [pid, ...children.filter((child) => child !== '').flatMap((child) => family(Number(child)))];
}

// A machine that runs tests is never idle: what is watched is a cgroup in which nothing runs.
test.skipIf(skipped !== '')(
  `agent, keeper and eBPF capture of an idle cgroup: under 1 % of a processor${skipped}`,
  async () => {
    buildCapture();
    const cgroup = makeCgroup('idle');
    const ingest = await ScriptedIngest.listen();
    const settings = { DISPROTRACK_AGENT_HELPER: helper, DISPROTRACK_AGENT_ONLY_CGROUPS: cgroup.path };
    const home = mkdtempSync(join(folder, 'idle-'));
    const agent = new AgentProcess({ folder: home, ingest: ingest.url, perSecond: 0, settings });
    try {
      await eventually('it captures', () => hasCounters(ingest));
      await sleep(3_000);
      const pids = family(agent.pid);
      const [before, since] = [pids.map(processor_ms), performance.now()];
      await sleep(idle_ms);
      const elapsed_ms = performance.now() - since;
      const shares = pids.map((pid, i) => (processor_ms(pid) - before[i]!) / elapsed_ms);
      const share = shares.reduce((sum, one) => sum + one, 0);
      const parts = shares.map((one) => `${(one * 100).toFixed(2)} %`).join(', ');
      console.log(`idle agent, keeper, helper: ${parts}`);
      expect(pids).toHaveLength(3);
      expect(share).toBeLessThan(0.01);
    } finally {
      await agent.stop();
      await ingest.close();
      cgroup.remove();
    }
  },
  60_000,
);
