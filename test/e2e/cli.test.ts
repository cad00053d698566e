/** The command as a user starts it: real processes, real files, real sockets. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WhyAnswer } from '../../services/contract/why.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const repository = fileURLToPath(new URL('../../', import.meta.url));
const recording = fileURLToPath(new URL('../corpus/lamp/recordings/E3/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-cli-'));
const truth = JSON.parse(readFileSync(join(recording, 'ground-truth.json'), 'utf8')) as {
  symptom: string;
  rootCause: { address: string; port: number };
};
const client = `${truth.rootCause.address}:${truth.rootCause.port}`;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], options: { input?: Buffer } = {}) {
  // From elsewhere than the checkout, as a user would.
  return spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 << 20,
    ...options,
  });
}

beforeAll(() => {
  const logs = (...names: string[]): string[] => [
    '--log',
    ...names.map((name) => join(recording, `${name}.log.gz`)),
  ];
  const { status, stderr, stdout } = run([
    'import',
    ...['--store', 'store', '--host', 'lamp', '--audit', join(recording, 'audit.log.gz')],
    ...['--identity', join(recording, 'identity.jsonl')],
    ...['--container', 'web', ...logs('apache-access', 'apache-error')],
    ...['--container', 'app', ...logs('php-fpm-access', 'php-fpm-error')],
    ...['--container', 'db', ...logs('mariadb-error', 'mariadb-general')],
  ]);
  expect({ status, stderr: stderr.replace(/^.*: note: .*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/\d+,\d+ records/);
});

describe('why', () => {
  test('names the client that the recording itself blames, as text and as JSON', () => {
    const text = run(['why', '--store', 'store', truth.symptom]);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(new RegExp(`^ +1 .*${client.replaceAll('.', '\\.')}`, 'm'));
    // From the request over page and script to the secret and out.
    const order = [client, 'link.php', 'mal.sh', '/etc/os-release', `→ → ${truth.symptom}`];
    const tree = text.stdout.slice(text.stdout.indexOf('Cause 1'), text.stdout.indexOf('Cause 2'));
    const places = order.map((part) => tree.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));

    const json = run(['why', '--store', 'store', '--json', truth.symptom]);
    const answer = WhyAnswer.parse(JSON.parse(json.stdout));
    expect(answer.rootCauses[0]?.vertex.label).toContain(client);
  });

  test('of the access line of the same request names the same client', () => {
    const log = gunzipSync(readFileSync(join(recording, 'apache-access.log.gz'))).toString();
    const line = log
      .split('\n')
      .find((l) => l.startsWith(truth.rootCause.address) && l.includes('link.php'))!;
    const { stdout, status } = run(['why', '--store', 'store', line]);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^ +1 .*${client.replaceAll('.', '\\.')}`, 'm'));
  });

  test('writes no escape where nobody sees colours', () => {
    expect(run(['why', '--store', 'store', truth.symptom]).stdout).not.toContain('\x1b');
  });
});

test('a reader that closes early ends an export without a complaint', () => {
  const line = `"${command}" export --store store --format json | head -n 1; echo \${PIPESTATUS[0]}`;
  const { stdout, stderr } = spawnSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe('{"vertices":[\n0\n');
});

test('standard input is read, compressed as it is', () => {
  const input = readFileSync(join(recording, 'apache-access.log.gz'));
  const { status, stdout } = run(['import', '--store', 'stdin-store', '--log', '-'], { input });
  expect(status).toBe(0);
  expect(stdout).toContain('standard input: http-access');
});

describe('serve', () => {
  test('gives over HTTP what the command prints, and ends in order', async () => {
    const server = start(['serve', '--store', 'store', '--insecure', '--port', '0', '--ingest-port', '0']);
    try {
      const address = await firstMatch(server.stdout, /http:\/\/127\.0\.0\.1:\d+/);
      const response = await fetch(`${address}/v1/root-causes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ symptom: truth.symptom }),
      });
      const printed = run(['why', '--store', 'store', '--json', truth.symptom]);
      const { elapsedMs: _a, ...served } = WhyAnswer.parse(await response.json());
      const { elapsedMs: _b, ...said } = WhyAnswer.parse(JSON.parse(printed.stdout));
      expect(served).toEqual(said);
    } finally {
      server.kill('SIGTERM');
    }
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  test('says that a port is taken', async () => {
    const server = start(['serve', '--store', 'store', '--insecure', '--port', '0', '--ingest-port', '0']);
    try {
      const port = /\d+$/.exec(await firstMatch(server.stdout, /http:\/\/127\.0\.0\.1:\d+/))![0];
      const { status, stderr } = run([
        'serve',
        '--store',
        'store',
        '--query-only',
        '--insecure',
        '--port',
        port,
      ]);
      expect(status).toBe(3);
      expect(stderr).toBe(
        `disprotrack: port ${port} on 127.0.0.1 is taken by another program; choose another with --port (0 takes any)\n`,
      );
    } finally {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
  });
});

test('a store that another process writes is refused to a second writer, in a sentence', async () => {
  // It waits for its input, and holds the store meanwhile.
  const writer = spawn(command, ['import', '--store', 'locked', '--audit', '-'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  try {
    await until(() => existsSync(join(folder, 'locked', 'FORMAT.json')));
    const { status, stderr } = run([
      'import',
      '--store',
      'locked',
      '--log',
      join(recording, 'apache-access.log.gz'),
    ]);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^disprotrack: .*\n$/);
    expect(stderr).toContain('locked');
  } finally {
    writer.stdin.end();
    await once(writer, 'exit');
  }
});

test('the demo finds the root cause, shows its way there, and ends', () => {
  const { status, stdout, stderr } = run(['demo', '--exit']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const part of ['records', 'units', 'edges', 'Cause 1', 'The first root cause is that client.']) {
    expect(stdout).toContain(part);
  }
});

test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  '%s to npm itself ends the demo that it runs',
  async (signal) => {
    const npm = spawn('npm', ['run', 'demo'], { cwd: repository, stdio: ['ignore', 'pipe', 'ignore'] });
    await endsWith(npm, signal);
  },
);

test('SIGKILL to npx, and to the script that runs scripts, ends what they run', async () => {
  const ports = ['--port', '0', '--ingest-port', '0'];
  const argv = (store: string) => ['serve', '--store', join(folder, store), '--insecure', ...ports];
  const run = (program: string, args: readonly string[]) =>
    spawn(program, args, { cwd: repository, stdio: ['ignore', 'pipe', 'ignore'] });
  await endsWith(run('npx', ['disprotrack', ...argv('npx')]), 'SIGKILL');
  const script = ['scripts/run.js', 'services/cli/main.ts', ...argv('run')];
  await endsWith(run(process.execPath, script), 'SIGKILL');
});

async function endsWith(
  wrapper: ChildProcessByStdio<null, Readable, null>,
  signal: NodeJS.Signals,
): Promise<void> {
  const address = (await firstMatch(wrapper.stdout, /http:\/\/127\.0\.0\.1:\d+/)).concat('/healthz');
  expect((await fetch(address)).status).toBe(200);
  wrapper.kill(signal);
  await once(wrapper, 'exit');
  await expect
    .poll(() => fetch(address).catch((e: Error) => e.message), { timeout: 10_000 })
    .toBe('fetch failed');
}

function start(args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstMatch(stream: Readable, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const match = pattern.exec(text);
    if (match !== null) return match[0];
  }
  throw new Error(`ended without ${pattern}: ${text}`);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
