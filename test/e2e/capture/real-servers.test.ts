/** Every line that real servers in containers wrote into their own logs was captured, as what it is. */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../analyser/tool/command.ts';
import { installPackages } from '../analyser/tool/install.ts';
import { buildCapture, skipped } from './capture-build.ts';
import { CaptureRun, flags, losses } from './capture-run.ts';
import type { CapturedRecord } from './captured-record.ts';
import { type RealServer, realServers, type ServerLog } from './real-servers.ts';
import { ServerContainer } from './server-container.ts';
import { makeCgroup, type TestCgroup } from './test-cgroup.ts';

const requests = 200;
/** A line's time is taken before it is written, and often in whole seconds. */
const age_s_max = 5;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'disprotrack-servers-')));
chmodSync(folder, 0o755);

interface Line {
  readonly text: string;
  readonly write: CapturedRecord;
}

/** How well one log was captured. */
interface Verdict {
  readonly server: string;
  readonly log: string;
  readonly lines: number;
  readonly captured: number;
  readonly pids: number;
  readonly containers: number;
  readonly times: number;
  readonly ageSecondsMax: number;
}

const containers = new Map<RealServer, ServerContainer>();
const ended = new Map<RealServer, string>();
let parent: TestCgroup | undefined;
let records: readonly CapturedRecord[] = [];

async function installMissing(): Promise<void> {
  const wanted = [...realServers.flatMap((server) => server.packages), 'iproute2', 'python3', 'util-linux'];
  await installPackages(wanted);
}

async function load(server: RealServer, container: ServerContainer): Promise<void> {
  await container.listening(server.port);
  const script = fileURLToPath(new URL('./load.py', import.meta.url));
  const clients = [
    ['python3', script, String(server.port), String(requests), server.request.toString('hex')],
  ];
  if (server.client !== undefined) clients.push([...server.client]);
  await Promise.all(
    clients.map((words) => run('no load', 'nsenter', [`--net=/proc/${container.pid}/ns/net`, ...words])),
  );
}

async function serve(): Promise<void> {
  parent = makeCgroup('servers');
  for (const server of realServers) {
    const container = new ServerContainer(folder, parent.path, server.name);
    containers.set(server, container);
    await server.prepare(container);
  }
  // However late this process is to read on a busy machine.
  const ring = ['--ring-bytes', String(32 << 20)];
  const capture = await CaptureRun.start('ebpf', '--cgroup', parent.path, ...ring);
  for (const [server, container] of containers) container.start(server.command());
  await Promise.all([...containers].map(([server, container]) => load(server, container)));
  await Promise.all([...containers].map(([, container]) => container.stop()));
  for (const [server, container] of containers) ended.set(server, container.printed);
  records = await capture.stop();
}

afterAll(async () => {
  for (const container of containers.values()) await container.stop();
  parent?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Lines of writes; one that was written in parts ends with the write that ended it. */
function linesOf(writes: readonly CapturedRecord[]): Line[] {
  const lines: Line[] = [];
  const begun = new Map<number, string>();
  for (const write of writes) {
    const parts = ((begun.get(write.tid) ?? '') + write.payload).split('\n');
    begun.set(write.tid, parts.pop()!);
    for (const text of parts) lines.push({ text, write });
  }
  for (const [tid, text] of begun)
    if (text !== '') lines.push({ text, write: writes.findLast((write) => write.tid === tid)! });
  return lines;
}

/** Pieces of one write, put together. */
function whole(writes: readonly CapturedRecord[]): CapturedRecord[] {
  const joined: CapturedRecord[] = [];
  for (const write of writes) {
    if (write.piece === 0) joined.push(write);
    else joined[joined.length - 1] = { ...joined.at(-1)!, payload: joined.at(-1)!.payload + write.payload };
  }
  return joined;
}

function secondsOf(text: string): number {
  return /^[\d.]+$/.test(text)
    ? Number(text)
    : Date.parse(`${text.replace(/^(\d+-\d+-\d+) +(\d:)/, '$1 0$2')} UTC`) / 1000;
}

function judge(
  server: RealServer,
  log: string,
  onDisk: string,
  lines: readonly Line[],
  known: ServerLog,
): Verdict {
  const disk = new Map<string, number>();
  const texts = onDisk.split('\n');
  if (texts.at(-1) === '') texts.pop();
  for (const text of texts) disk.set(text, (disk.get(text) ?? 0) + 1);
  const verdict = { captured: 0, pids: 0, containers: 0, times: 0, ageSecondsMax: 0 };
  const { cgroupId } = containers.get(server)!;
  for (const { text, write } of lines) {
    const left = disk.get(text) ?? 0;
    if (left === 0) continue;
    disk.set(text, left - 1);
    const said = known.pid?.exec(text)?.[1];
    const time = known.time?.exec(text)?.[1];
    const age = time === undefined ? 0 : Number(write.realNs) / 1e9 - secondsOf(time);
    verdict.captured++;
    verdict.pids += said === undefined || Number(said) === write.namespaceTgid ? 1 : 0;
    verdict.containers += write.cgroupV2 === cgroupId ? 1 : 0;
    verdict.times += age > -0.01 && age < age_s_max ? 1 : 0;
    verdict.ageSecondsMax = Math.max(verdict.ageSecondsMax, age);
  }
  return { server: server.name, log, lines: texts.length, ...verdict };
}

/** Of the container's own writes to a log: it may have another name where it was opened. */
function writesTo(container: ServerContainer, path: string): CapturedRecord[] {
  const own = records.filter(
    (record) => (record.flags & flags.log) !== 0 && record.cgroupV2 === container.cgroupId,
  );
  const inodes = new Set(own.filter((record) => record.path === path).map((record) => record.object.inode));
  return whole(own.filter((record) => inodes.has(record.object.inode)));
}

function verdicts(): Verdict[] {
  return [...containers].flatMap(([server, container]) => {
    const files = server.logs.map((log) =>
      judge(server, log.path, container.read(log.path), linesOf(writesTo(container, log.path)), log),
    );
    const printed = whole(
      records.filter(
        (record) => record.cgroupV2 === container.cgroupId && (record.flags & flags.containerStdio) !== 0,
      ),
    );
    const output = server.prints
      ? [judge(server, 'stdout, stderr', ended.get(server)!, linesOf(printed), { path: '' })]
      : [];
    return [...files, ...output];
  });
}

function table(rows: readonly Verdict[]): string {
  const lines = rows.map(
    (row) =>
      `${row.server.padEnd(10)}${row.log.padEnd(32)}${String(row.lines).padStart(7)}${String(row.captured).padStart(10)}${String(row.pids).padStart(7)}${String(row.containers).padStart(12)}${String(row.times).padStart(7)}${row.ageSecondsMax.toFixed(3).padStart(9)}`,
  );
  return [
    'server    log                               lines  captured    pid   container   time  age max',
    ...lines,
  ].join('\n');
}

describe.skipIf(skipped !== '')(`real servers in containers${skipped}`, () => {
  beforeAll(async () => {
    buildCapture();
    await installMissing();
    await serve();
  }, 900_000);

  test('every line on disk is one captured line with the right process, container and time', () => {
    const rows = verdicts();
    process.stdout.write(`\n${table(rows)}\n`);
    expect(losses(records)).toEqual({ missing: 0, counted: 0 });
    expect(new Set(rows.map((row) => row.server)).size).toBe(realServers.length);
    for (const { server, log, lines, captured, pids, containers: right, times } of rows) {
      expect(lines, `lines of ${server} in ${log}`).toBeGreaterThan(0);
      expect({ log, captured, pids, right, times }).toEqual({
        log,
        captured: lines,
        pids: lines,
        right: lines,
        times: lines,
      });
    }
  });
});
