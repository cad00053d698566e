/**
 * What is captured: two servers under load and two loops. Each is told in work for a second, which is what a user feels
 * where nobody else uses the machine, and in work for a second of its own processor time, user's and kernel's, which
 * leaves out the load's maker and whoever else there is. They must not know who captures.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../e2e/analyser/tool/command.ts';

export interface CaptureWorkload {
  readonly name: string;
  /** What the work is made of. */
  readonly unit: string;
  run(loginUid: string): Promise<Pace>;
}

/** More is better. */
export interface Pace {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

const httpPort = 18080;
const redisPort = 16379;
const writes = 400_000;
const forks = 300;
const sets = 60_000;
const start_ms_max = 10_000;

export function captureWorkloads(folder: string): CaptureWorkload[] {
  const loop = join(folder, 'write-loop');
  const source = fileURLToPath(new URL('../e2e/capture/write-loop.c', import.meta.url));
  execFileSync('gcc', ['-O2', '-o', loop, source]);
  prepareNginx(folder);
  const log = join(folder, 'loop.log');
  return [
    { name: 'nginx and wrk', unit: 'requests', run: (uid) => benchNginx(folder, uid) },
    { name: 'redis SET', unit: 'requests', run: (uid) => benchRedis(folder, uid) },
    {
      name: 'loop of 100-byte writes',
      unit: 'writes',
      run: (uid) => benchLoop(uid, writes, `rm -f ${log}; ${loop} ${writes} 100 ${log}`),
    },
    {
      name: 'loop of fork and exec',
      unit: 'processes',
      run: (uid) => benchLoop(uid, forks, `for ((i = 0; i < ${forks}; i++)); do /bin/true; done`),
    },
  ];
}

function prepareNginx(folder: string): void {
  mkdirSync(join(folder, 'www'));
  writeFileSync(join(folder, 'www/index.html'), 'x'.repeat(600));
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1;
daemon off;
user root;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log ${folder}/access.log;
  keepalive_requests 1000000;
  server { listen 127.0.0.1:${httpPort}; root ${folder}/www; }
}
`,
  );
}

/** A login uid is inherited, and audit looks at it when a task is made: hence the process in between. */
function under(loginUid: string, command: string): string[] {
  return ['-c', `echo ${loginUid} >/proc/self/loginuid; ( ${command} )`];
}

/** With the time of the command and of all its children. */
async function benchLoop(loginUid: string, work: number, command: string): Promise<Pace> {
  const timed = `TIMEFORMAT='%R %U %S'; { time { ${command}; } >/dev/null; } 2>&1`;
  const said = await run('no loop', 'bash', under(loginUid, timed));
  const [wall, user, system] = said.trim().split(' ').map(Number);
  return { perSecond: work / wall!, perCpuSecond: work / (user! + system!) };
}

/** `use` makes requests, and says how many and how fast. */
async function benchServer(
  loginUid: string,
  command: string,
  port: number,
  use: () => Promise<{ requests: number; perSecond: number }>,
): Promise<Pace> {
  const server = spawn('bash', under(loginUid, `exec ${command}`), { stdio: 'ignore', detached: true });
  const closed = once(server, 'close');
  try {
    await listening(port);
    const before = groupSeconds(server.pid!);
    const { requests, perSecond } = await use();
    return { perSecond, perCpuSecond: requests / (groupSeconds(server.pid!) - before) };
  } finally {
    process.kill(-server.pid!, 'SIGTERM');
    await closed;
  }
}

/** What the processes of a group have used so far, by the scheduler's own nanoseconds. */
function groupSeconds(group: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const own = pids.filter((pid) =>
    read(`/proc/${pid}/stat`)
      .replace(/^.*\) \S+ \d+ /, '')
      .startsWith(`${group} `),
  );
  return own.reduce((sum, pid) => sum + Number(read(`/proc/${pid}/schedstat`).split(' ')[0]) / 1e9, 0);
}

/** Nothing where the process is gone. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + start_ms_max;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    if (Date.now() > deadline) throw new Error(`nothing listens on ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function benchNginx(folder: string, loginUid: string): Promise<Pace> {
  return benchServer(loginUid, `nginx -c ${folder}/nginx.conf`, httpPort, async () => {
    const words = ['-t1', '-c16', '-d1s', `http://127.0.0.1:${httpPort}/`];
    const said = await run('no load', 'wrk', words);
    const [, requests] = /(\d+) requests in/.exec(said)!;
    const [, perSecond] = /Requests\/sec: +([\d.]+)/.exec(said)!;
    return { requests: Number(requests), perSecond: Number(perSecond) };
  });
}

function benchRedis(folder: string, loginUid: string): Promise<Pace> {
  const server = `redis-server --port ${redisPort} --bind 127.0.0.1 --save '' --dir ${folder}`;
  return benchServer(loginUid, server, redisPort, async () => {
    const words = ['-p', String(redisPort), '-t', 'set', '-n', String(sets), '-c', '16', '--csv'];
    const said = await run('no load', 'redis-benchmark', words);
    return { requests: sets, perSecond: Number(/"SET","([\d.]+)"/.exec(said)![1]) };
  });
}
