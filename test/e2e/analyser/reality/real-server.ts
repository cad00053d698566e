/** Runs a server under strace on loopback while clients use it, and gives its log by thread. It knows no analyser. */
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../debian/package-store.ts';
import { TruthError } from '../tool/command.ts';
import { installTools } from '../tool/install.ts';
import { type LogLine, logLines } from './trace-log.ts';

const start_ms_max = 20_000;
const end_ms_max = 20_000;

export interface Place {
  /** Its own, empty at the start. The log is `log` in it: a file that it opens, or its standard error. */
  readonly folder: string;
  /** Free; the next nine are too. */
  readonly port: number;
}

export interface RealServer {
  readonly name: string;
  /** The labels that name its package and binary. */
  readonly labels: string;
  /** For the libraries that it needs, and its user. */
  readonly packages: readonly string[];
  /** Where a program goes by the name that it was called by. */
  readonly calledAs?: string;
  /** Lays out what it needs and gives its arguments. */
  prepare(place: Place, files: string): Promise<readonly string[]>;
  /** Resolves when it answers. */
  ready(place: Place): Promise<boolean>;
  /** Real clients, some of which do what they should not. */
  use(place: Place, binary: string): Promise<void>;
  /** Splits a line that one thread wrote for another, by a mark. */
  readonly otherThread?: RegExp;
}

/** The log file's path, for a server's configuration. */
export function logPath(place: Place): string {
  return join(place.folder, 'log');
}

export async function record(
  server: RealServer,
  binary: string,
  files: string,
  port: number,
): Promise<readonly LogLine[]> {
  await installTools('strace');
  const place = { folder: join(cacheFolder, 'runs', server.name), port };
  rmSync(place.folder, { recursive: true, force: true });
  mkdirSync(place.folder, { recursive: true, mode: 0o755 });
  const args = await server.prepare(place, files);
  const trace = join(place.folder, 'trace');
  const watched = [
    '-f',
    '--seccomp-bpf',
    '-y',
    '-qq',
    '-s',
    '8192',
    '-e',
    'trace=write,writev',
    '-e',
    'signal=none',
    '-o',
    trace,
  ];
  const line = 'exec 2>>"$1"; name=$2; shift 2; exec -a "$name" "$@"';
  const shell = ['-c', line, 'bash', logPath(place), server.calledAs ?? binary, binary, ...args];
  const child = spawn('strace', [...watched, 'bash', ...shell], { cwd: place.folder, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    await until(server, place, () => child.exitCode === null);
    await server.use(place, binary);
  } finally {
    await stop(trace, child.pid!, ended);
  }
  return logLines(createReadStream(trace), logPath(place), server.otherThread);
}

export async function until(server: RealServer, place: Place, runs: () => boolean): Promise<void> {
  const end = Date.now() + start_ms_max;
  while (!(await server.ready(place).catch(() => false))) {
    if (!runs() || Date.now() > end) {
      const log = existsSync(logPath(place)) ? readFileSync(logPath(place), 'utf8').trim() : '';
      throw new TruthError(`${server.name} did not start: ${log.split('\n').at(-1)}`);
    }
    await sleep(100);
  }
}

/** The server's own process is strace's first child. */
async function stop(trace: string, strace: number, ended: Promise<void>): Promise<void> {
  const children = `/proc/${strace}/task/${strace}/children`;
  const pid = existsSync(children) ? Number(readFileSync(children, 'utf8').split(' ')[0]) : 0;
  if (pid > 0) process.kill(pid, 'SIGTERM');
  const timer = setTimeout(() => {
    if (pid > 0) process.kill(pid, 'SIGKILL');
    process.kill(strace, 'SIGTERM');
  }, end_ms_max);
  await ended;
  clearTimeout(timer);
  if (!existsSync(trace)) throw new TruthError('strace left no trace');
}
