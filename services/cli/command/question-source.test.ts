/** The commands that ask, put to a store, a recording of the same, and a server over that store. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCommand } from '../../../test/fixture/run-command.ts';

const recording = fileURLToPath(
  new URL('../../../test/corpus/lamp/recordings/E3/recording.dpt.zst', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-source-'));
const store = join(folder, 'store');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  expect((await runCommand(['import', '--store', store, '--recording', recording])).code).toBe(0);
}, 60_000);

const questions = [
  ['why', '--json', '203.0.113.66:4444'],
  ['why', '203.0.113.66:4444'],
  ['trace', '--json', '--forward', '--depth', '3', '/srv/app/bin/mal.sh'],
  ['export', '--format', 'dot', '--symptom', '203.0.113.66:4444'],
];

/** Without what differs from run to run. */
function timeless(text: string): string {
  return text.replace(/"elapsedMs": [\d.]+|in [\d.]+ m?s/g, '');
}

test.each(questions)(
  '%s %s %s: the same from a store, a recording and a server',
  async (...words) => {
    const local = await runCommand([...words, '--store', store]);
    expect(local.code, local.err).toBe(0);
    const recorded = await runCommand([...words, '--recording', recording]);
    expect(timeless(recorded.out)).toBe(timeless(local.out));
    await runCommand(['serve', '--query-only', '--insecure', '--store', store, '--port', '0'], (out) => {
      const url = /http:\/\/[\d.:]+/.exec(out)?.[0];
      return url === undefined
        ? undefined
        : runCommand([...words, '--server', url]).then((served) => {
            expect([served.code, timeless(served.out)]).toEqual([0, timeless(local.out)]);
          });
    });
  },
  60_000,
);

test('the graph of an answer as DOT has its path', async () => {
  const { code, out } = await runCommand(['why', '--dot', '--store', store, '203.0.113.66:4444']);
  expect(code).toBe(0);
  expect(out).toMatch(/^digraph upg \{/);
  expect(out).toContain('/srv/app/bin/mal.sh');
  expect(out.match(/shape=/g)!.length).toBeLessThanOrEqual(60);
});

test('a server that is none, or that does not answer, is said in a sentence', async () => {
  const none = await runCommand(['why', '--server', 'localhost', 'x']);
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('--server takes an address')]);
  const silent = await runCommand(['why', '--server', 'http://127.0.0.1:1', 'x']);
  expect([silent.code, silent.err]).toEqual([3, expect.stringContaining('does not answer')]);
  const refused = await runCommand(['why', 'x']);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--store')]);
});

test('a symptom that nothing matches has no graph, and an expression that is none is a usage error', async () => {
  const none = await runCommand(['export', '--store', store, '--format', 'dot', '--symptom', 'nope']);
  expect(none.code).toBe(1);
  const broken = await runCommand(['why', '--store', store, '/(/']);
  expect([broken.code, broken.err]).toEqual([
    2,
    'disprotrack: ( is no regular expression: Unterminated group\n',
  ]);
});

test('--open writes a page that is whole in itself, and says where it is', async () => {
  vi.stubEnv('DISPLAY', '').stubEnv('WAYLAND_DISPLAY', '');
  const { code, out, err } = await runCommand(['why', '--open', '--store', store, '203.0.113.66:4444']);
  expect([code, err]).toEqual([0, expect.stringContaining('no display')]);
  const path = out.trim();
  const page = readFileSync(path, 'utf8');
  rmSync(dirname(path), { recursive: true });
  expect(page).toContain('/srv/app/bin/mal.sh');
  expect(page.match(/<rect /g)!.length).toBeLessThanOrEqual(60);
  expect(page).not.toMatch(/<script|src=|href=/);
  expect(page).not.toContain('NaN');
  vi.unstubAllEnvs();
});

test('what is no query service, or does not speak TLS, is said', async () => {
  const server = createServer((_, response) => response.setHeader('connection', 'close').end('{}')).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = async (scheme: string) =>
    (await runCommand(['why', '--server', `${scheme}://127.0.0.1:${port}`, 'x'])).err;
  expect(await asked('http')).toContain('is no query service');
  expect(await asked('https')).toContain('does not speak TLS there');
  server.close();
  expect(await asked('http')).toContain('nobody listens there');
});

test('a recording that is empty is said to be', async () => {
  const path = join(folder, 'empty.dpt');
  writeFileSync(path, '');
  const { code, err } = await runCommand(['why', '--recording', path, 'x']);
  expect([code, err]).toEqual([3, expect.stringContaining('is empty')]);
});
