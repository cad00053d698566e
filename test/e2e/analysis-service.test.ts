/** A serve that analyses programs: those that are asked for, and those that are seen logging. With real programs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { RedisServer } from './redis/redis-server.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-analysis-'));
const profiles = join(folder, 'profiles');
const waits = { timeout: 60_000, interval: 100 };
/** What every machine of ours has; it logs by printing. */
const program = '/usr/bin/env';
const buildId = readBuildId(program);

let running: ChildProcess | undefined;
afterEach(() => stop());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The URL that takes batches. */
async function serve(store: string, ...more: string[]): Promise<string> {
  const ports = ['--port', '0', '--ingest-port', '0', '--insecure'];
  const child = spawn(
    command,
    ['serve', '--store', join(folder, store), ...ports, '--profiles', profiles, ...more],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  running = child;
  const [said] = await new Promise<string[]>((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`serve ended with ${code}`)));
    let out = '';
    child.stdout!.on('data', (chunk) => {
      out += chunk;
      if (out.includes('(Ctrl-C stops)')) resolve(out.match(/http:\/\/[\d.:]+(?= \()/)!);
    });
  });
  return said!;
}

async function stop(): Promise<void> {
  const child = running;
  running = undefined;
  if (child === undefined) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function ask(url: string, method = 'GET', body?: object) {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, { method, ...(body === undefined ? {} : json) });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

function made(): string[] {
  return existsSync(profiles) ? readdirSync(profiles).filter((name) => name.endsWith('.json')) : [];
}

test('a program that is asked for gets its profile; poison is a dead letter until it is replayed', async () => {
  const url = await serve('asked', '--analyse', 'asked');
  const poison = join(folder, 'poison');
  writeFileSync(poison, 'no program at all');
  expect(await ask(`${url}/v1/analyses`, 'POST', { paths: [poison] })).toMatchObject({ status: 202 });
  const order = { paths: [program], buildId };
  expect(await ask(`${url}/v1/analyses`, 'POST', order)).toMatchObject({
    status: 202,
    answer: { state: 'new' },
  });
  expect(await ask(`${url}/v1/analyses`, 'POST', { paths: ['env'] })).toMatchObject({ status: 422 });
  await expect.poll(made, waits).toEqual([`${buildId}.json`]);
  expect(JSON.parse(readFileSync(join(profiles, made()[0]!), 'utf8'))).toMatchObject({
    program: 'env',
    buildId,
  });

  const letters = async () => (await ask(`${url}/v1/analyses/dead-letters`)).answer.deadLetters;
  await expect
    .poll(letters, waits)
    .toMatchObject([{ paths: [poison], reason: expect.stringMatching(/poison/) }]);
  const [{ id }] = (await letters()) as [{ id: string }];
  expect(await ask(`${url}/v1/analyses`, 'POST', { paths: [poison] })).toMatchObject({
    status: 409,
    answer: { id, state: 'dead' },
  });
  const listed = spawn(command, ['dead-letters', 'list', '--analyses', '--url', url]);
  let out = '';
  for await (const chunk of listed.stdout) out += chunk;
  expect(out).toContain(`${id}  ${poison}`);
  rmSync(poison);
  writeFileSync(poison, readFileSync(program));
  expect(await ask(`${url}/v1/analyses/dead-letters/${id}/replay`, 'POST')).toMatchObject({ status: 202 });
  await expect.poll(letters, waits).toEqual([]);
  await expect.poll(async () => (await ask(`${url}/v1/analyses`)).answer.analyses, waits).toEqual([]);
});

test('a program of another build than ordered is refused; orders on Redis outlive the process', async () => {
  const redis = new RedisServer();
  await redis.start();
  try {
    const url = await serve('redis', '--analyse', 'asked', '--redis', redis.url);
    await ask(`${url}/v1/analyses`, 'POST', { paths: [program], buildId: '00ff' });
    const letters = async (at: string) => (await ask(`${at}/v1/analyses/dead-letters`)).answer.deadLetters;
    const expected = [{ buildId: '00ff', reason: expect.stringContaining(`build ${buildId} now`) }];
    await expect.poll(() => letters(url), waits).toMatchObject(expected);
    await stop();
    expect(await letters(await serve('redis', '--analyse', 'asked', '--redis', redis.url))).toMatchObject(
      expected,
    );
    await stop();
  } finally {
    await redis.destroy();
  }
});

test('a program of this host that logs gets a profile; one of another host does not', async () => {
  rmSync(profiles, { recursive: true, force: true });
  const url = await serve('seen', '--analyse', 'seen');
  const line = '2026-11-27T00:00:01.500000+00:00 it env[4321]: hello there\n';
  for (const host of ['elsewhere', hostname()]) {
    await send(url, host, 'audit', 'text/vnd.disprotrack.audit', 0, auditOf(host, 0));
    await send(url, host, 'log', 'text/vnd.disprotrack.log; format=syslog-3164', 0, line + line);
    // A line waits for its write until the host's time has gone on.
    await send(url, host, 'audit', 'text/vnd.disprotrack.audit', events, auditOf(host, 60));
  }
  await expect.poll(made, waits).toEqual([`${buildId}.json`]);
});

const events = 400;

/** A process that executes the program, over and over: the last events of a stream wait for what may belong to them. */
function auditOf(host: string, second: number): string {
  // The other one's is a path that is here, too, and must not be looked at.
  const exe = host === hostname() ? program : '/usr/bin/cat';
  const event = (serial: number): string =>
    `type=SYSCALL msg=audit(${1_795_737_600 + second}.500:${serial}): arch=c000003e syscall=59 success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=0 ppid=1 pid=4321 comm="x" exe="${exe}"\n`;
  return Array.from({ length: events }, (_, i) => event(10 * second + i)).join('');
}

async function send(
  url: string,
  host: string,
  source: string,
  type: string,
  first: number,
  body: string,
): Promise<void> {
  const headers = {
    'content-type': type,
    'x-disprotrack-host': host,
    'x-disprotrack-boot': 'b',
    'x-disprotrack-source': source,
    'x-disprotrack-first': String(first),
    'x-disprotrack-last': String(first + body.split('\n').length - 2),
  };
  const response = await fetch(`${url}/v1/batches`, { method: 'POST', body, headers });
  expect(response.status, await response.text()).toBe(202);
}

function readBuildId(path: string): string {
  const bytes = readFileSync(path);
  const name = bytes.indexOf(Buffer.from('GNU\0'), bytes.indexOf(Buffer.from([20, 0, 0, 0, 3, 0, 0, 0])));
  return bytes.subarray(name + 4, name + 24).toString('hex');
}
