import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../../../test/fixture/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-serve-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = join(folder, 'store');

/** Runs `serve` while `work` asks it, told of both its addresses. */
function serving(argv: string[], work: (query: string, ingest: string) => Promise<void>) {
  const ports = ['--port', '0', '--ingest-port', '0'];
  return runCommand(['serve', '--store', store, ...ports, ...argv], (out) => {
    const [query, ingest] = out.match(/http:\/\/[\d.:]+/g) ?? [];
    return query === undefined || ingest === undefined ? undefined : work(query, ingest);
  });
}

const batch = {
  method: 'POST',
  body: '10.0.0.9 - - [24/Nov/2026:22:01:49 +0000] "GET /a HTTP/1.1" 200 4 "-" "curl"\n',
  headers: {
    'content-type': 'text/vnd.disprotrack.log; format=http-access; name=access.log',
    'x-disprotrack-host': 'node1',
    'x-disprotrack-boot': 'b',
    'x-disprotrack-source': 'access',
    'x-disprotrack-first': '0',
    'x-disprotrack-last': '0',
  },
};

async function vertices(query: string): Promise<number> {
  return ((await (await fetch(`${query}/healthz`)).json()) as { vertices: number }).vertices;
}

test('takes a batch with a token, and answers with what came of it', async () => {
  const tokens = join(folder, 'tokens.json');
  const made = await runCommand(['token', '--file', tokens, '--name', 'n', '--host', 'node1']);
  const authorization = `Bearer ${made.out.trim()}`;
  const { code } = await serving(['--tokens', tokens], async (query, ingest) => {
    expect((await fetch(`${ingest}/v1/batches`, batch)).status).toBe(401);
    const headers = { ...batch.headers, authorization };
    expect((await fetch(`${ingest}/v1/batches`, { ...batch, headers })).status).toBe(202);
    await expect.poll(() => vertices(query), { timeout: 10_000 }).toBeGreaterThan(0);
    const next = await fetch(`${ingest}/v1/streams/node1/b/access`, { headers: { authorization } });
    expect(await next.json()).toEqual({ next: '1' });
  });
  expect(code).toBe(0);
});

test('without tokens it says that no batch is taken, and takes none', async () => {
  const { code, err } = await serving([], async (_query, ingest) => {
    expect((await fetch(`${ingest}/v1/batches`, batch)).status).toBe(401);
  });
  expect([code, err]).toEqual([0, expect.stringContaining('nobody has a token')]);
});

test('what was folded before is known after a restart; dead letters are shown, replayed and dropped', async () => {
  const { code } = await serving(['--insecure'], async (_query, ingest) => {
    expect((await fetch(`${ingest}/v1/batches`, batch)).status).toBe(200);
    const letters = (...argv: string[]) => runCommand(['dead-letters', ...argv, '--url', ingest]);
    expect(await letters('list')).toMatchObject({ code: 1, out: '' });
    expect(await letters('show', 'nobody')).toMatchObject({ code: 3, err: expect.stringContaining('404') });
    expect((await letters('replay')).code).toBe(2);
    expect((await letters('bury')).code).toBe(2);
  });
  expect(code).toBe(0);
});

test('a profile that analyse brings is kept by its build id, once, with a token for profiles', async () => {
  const frontEnds = new URL('../../../test/fixture/log-program-front-end.ts', import.meta.url);
  const program = join(folder, 'up.logprogram');
  writeFileSync(program, 'main: Up -> 1; wait() Hello Bye !close -> 1\nwait: !epoll_wait -> ret\n');
  const tokens = join(folder, 'profile-tokens.json');
  for (const scope of ['profiles', 'query']) {
    const made = await runCommand(['token', '--file', tokens, '--name', scope, '--scope', scope]);
    writeFileSync(join(folder, `${scope}.token`), made.out);
  }
  const { code } = await serving(['--tokens', tokens], async (_query, ingest) => {
    const bring = (scope: string) => {
      const given = ['--server', ingest, '--token-file', join(folder, `${scope}.token`)];
      return runCommand(['analyse', ...given, program], undefined, frontEnds);
    };
    expect(await bring('profiles')).toMatchObject({ code: 0, err: expect.stringContaining('kept at') });
    expect(await bring('profiles')).toMatchObject({ code: 0, err: expect.stringContaining('known already') });
    expect(await bring('query')).toMatchObject({ code: 3, err: expect.stringContaining('403') });
    expect(readdirSync(join(store, 'profiles'))).toEqual(['ab12.json']);
  });
  expect(code).toBe(0);
});

test('--insecure is for the loopback alone', async () => {
  const { code, err } = await runCommand(['serve', '--store', store, '--insecure', '--host', '0.0.0.0']);
  expect([code, err]).toEqual([2, expect.stringContaining('loopback')]);
});

test.each([
  [['--analyse', 'seen'], '--profiles'],
  [['--analyse', 'all', '--profiles', folder], 'asked, seen'],
  [['--redis', 'redis://127.0.0.1'], '--analyse'],
  [['--analyse', 'seen', '--profiles', folder, '--redis', '127.0.0.1'], 'redis://'],
  [['--analyse', 'seen', '--profiles', folder, '--query-only'], '--query-only'],
])('an analysis that is half said is a usage error: %s', async (argv, said) => {
  const { code, err } = await runCommand(['serve', '--store', store, ...argv]);
  expect([code, err]).toEqual([2, expect.stringContaining(said)]);
});

test('dead-letters says that nobody answers', async () => {
  writeFileSync(join(folder, 'token'), 'x\n');
  const { code, err } = await runCommand(['dead-letters', 'list', '--url', 'http://127.0.0.1:1']);
  expect([code, err]).toEqual([3, expect.stringContaining('does not answer')]);
  const missing = await runCommand(['dead-letters', 'list', '--token-file', join(folder, 'none')]);
  expect(missing.code).toBe(3);
});
