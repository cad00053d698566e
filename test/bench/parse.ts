/**
 * How fast audit logs become events, against what else reads them: Debian's aureport and laurel (where installed) and
 * the parser that one writes first, all in this run and on the same file. Run alone: node test/bench/parse.ts
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { AuditReader } from '../../services/core/event/audit-reader.ts';
import { generateAudit } from './audit-generator.ts';
import type { BenchRow } from './bench-row.ts';
import { parseNaively } from './naive-audit-parser.ts';

const fileBytes = 48 * 2 ** 20;
const seed = 1;
const rounds = 7;

/** Rates of one core, in processor time, since others may run on the machine. */
export async function parseBench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-parse-'));
  try {
    const raw = writeLog(folder, false);
    const enriched = writeLog(folder, true);
    const reader = fastest(rounds, () => readLog(raw.path));
    const mbs = raw.bytes / 1e6 / reader;
    const others = [aureport(raw), laurel(raw, folder), naive(raw)];
    const note = `seed ${seed}, ${(raw.bytes / raw.events).toFixed(0)} bytes an event, CPU time`;
    return [
      { name: 'audit parse + coalesce', value: mbs, unit: 'MB/s', note },
      { name: 'audit parse + coalesce', value: raw.events / reader, unit: 'events/s', note },
      {
        name: 'audit parse + coalesce, enriched log',
        value: enriched.bytes / 1e6 / fastest(3, () => readLog(enriched.path)),
        unit: 'MB/s',
        note: 'CPU time',
      },
      recorded(),
      ...others.map((other) => against(other, mbs)),
      memory(raw),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Log {
  readonly path: string;
  readonly bytes: number;
  readonly events: number;
}

function writeLog(folder: string, enriched: boolean): Log {
  const path = join(folder, enriched ? 'enriched.log' : 'raw.log');
  const file = openSync(path, 'w');
  let bytes = 0;
  let events = 0;
  for (const chunk of generateAudit({ seed, bytes: fileBytes, enriched })) {
    writeSync(file, chunk.bytes);
    bytes += chunk.bytes.length;
    events += chunk.events;
  }
  closeSync(file);
  return { path, bytes, events };
}

/** Reads the log in chunks of 1 MiB, `times` times over; uses what it gives, so that none of it can be left out. */
function readLog(path: string, times = 1): number {
  const chunk = new Uint8Array(2 ** 20);
  let sum = 0;
  const reader = new AuditReader({
    host: 'bench',
    file: path,
    emit: (event) => {
      sum += event.pid + event.paths.length + event.comm.length + event.argv.length;
    },
    diagnose: (diagnostic) => {
      // That its copies begin again with the first serial is noticed, and no fault.
      if (diagnostic.severity === 'note') return;
      throw new Error(`${diagnostic.file}:${diagnostic.line}: ${diagnostic.message}`);
    },
  });
  for (let time = 0; time < times; time++) {
    const file = openSync(path, 'r');
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      reader.write(chunk.subarray(0, size));
    }
    closeSync(file);
    if (time + 1 < times) reader.flush();
  }
  reader.end();
  return sum;
}

/** Seconds of processor time of the fastest of `times` runs. */
function fastest(times: number, run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

/** A log that a kernel wrote: what E1 of the login application recorded. */
function recorded(): BenchRow {
  const path = new URL('../corpus/lamp/recordings/E1/audit.log.gz', import.meta.url);
  const name = 'audit parse + coalesce, recorded log';
  if (!existsSync(path)) {
    return { name, value: Number.NaN, unit: 'MB/s', note: 'test/corpus/lamp has no recording E1' };
  }
  const bytes = gunzipSync(readFileSync(path));
  const seconds = fastest(rounds, () => readBytes(bytes));
  return { name, value: bytes.length / 1e6 / seconds, unit: 'MB/s', note: 'CPU time' };
}

function readBytes(bytes: Uint8Array): number {
  let sum = 0;
  const reader = new AuditReader({
    host: 'bench',
    file: 'recorded',
    emit: (event) => {
      sum += event.pid + event.paths.length;
    },
    diagnose: () => {},
  });
  for (let from = 0; from < bytes.length; from += 2 ** 20) reader.write(bytes.subarray(from, from + 2 ** 20));
  reader.end();
  return sum;
}

function naive(log: Log): BenchRow {
  const seconds = fastest(3, () => parseNaively(readFileSync(log.path, 'latin1')));
  return { name: 'regular expressions and split', value: log.bytes / 1e6 / seconds, unit: 'MB/s' };
}

/** The login report: it reads and puts together every event and keeps almost none. */
function aureport(log: Log): BenchRow {
  return tool('aureport -l', log, 'aureport', ['-l', '-if', log.path], undefined);
}

function laurel(log: Log, folder: string): BenchRow {
  const config = join(folder, 'laurel.toml');
  const file = openSync(config, 'w');
  writeSync(file, `directory = "${folder}"\n[auditlog]\nfile = "-"\n`);
  closeSync(file);
  return tool('laurel, writing JSON to /dev/null', log, 'laurel', ['-c', config], log.path);
}

function tool(
  name: string,
  log: Log,
  command: string,
  args: readonly string[],
  input: string | undefined,
): BenchRow {
  const quoted = [command, ...args].map((word) => `'${word}'`).join(' ');
  const redirect = `${input === undefined ? '' : `< '${input}'`} > /dev/null 2> /dev/null`;
  // The shell's own `times` gives its children's processor time.
  const script = `PATH=$PATH:/usr/sbin:/sbin; command -v ${command} > /dev/null || exit 127; ${quoted} ${redirect}; echo $?; times`;
  const { status, stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  if (status === 127) return { name, value: Number.NaN, unit: 'MB/s', note: `${command} is not installed` };
  const lines = stdout.trim().split('\n');
  if (lines[0] !== '0') {
    return { name, value: Number.NaN, unit: 'MB/s', note: `${command} ended with ${lines[0]}` };
  }
  const seconds = (lines.at(-1) ?? '').split(' ').reduce((sum, time) => sum + secondsOf(time), 0);
  return { name, value: log.bytes / 1e6 / seconds, unit: 'MB/s' };
}

/** `1m2.345000s` */
function secondsOf(time: string): number {
  const [minutes = '0', seconds = '0'] = time.split('m');
  return Number(minutes) * 60 + Number.parseFloat(seconds);
}

/** The reader's rate beside another's. */
function against(other: BenchRow, mbs: number): BenchRow {
  if (Number.isNaN(other.value)) return other;
  const baseline = `${other.name}, ${other.value.toFixed(0)} MB/s`;
  return { name: 'audit parse + coalesce', value: mbs, unit: 'MB/s', baseline, ratio: mbs / other.value };
}

/** Peak memory of a process of its own that reads the log again and again. */
function memory(log: Log): BenchRow {
  const times = 6;
  const peak = (n: number): number => {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), log.path, String(n)]);
    if (child.status !== 0) throw new Error(child.stderr.toString());
    return Number(child.stdout.toString());
  };
  const once = peak(1);
  const note = `${once.toFixed(0)} MB for one of its ${times} copies; the bare runtime takes ${peak(0).toFixed(0)} MB`;
  const name = `peak memory, ${((times * log.bytes) / 1e6).toFixed(0)} MB read`;
  return { name, value: peak(times), unit: 'MB', note };
}

if (import.meta.main) {
  const [path, times] = process.argv.slice(2);
  if (path !== undefined) {
    if (Number(times) > 0) readLog(path, Number(times));
    // Not getrusage's: that begins with the size of the process that started this one.
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    process.stdout.write(String(Number(peak?.[1]) / 1000));
  } else {
    for (const row of await parseBench()) process.stdout.write(`${JSON.stringify(row)}\n`);
  }
}
