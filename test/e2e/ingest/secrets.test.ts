/** Canaries: what a service is told in confidence is in nothing that it says, whatever goes wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { RedisServer } from '../redis/redis-server.ts';
import { ServiceProcess } from './service-process.ts';

const canary = 'dpt_c4nary-of-a-secret';
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, canary);

/** All that the service says until it ends by itself. */
async function said(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const service = new ServiceProcess(args, { DISPROTRACK_LOG_LEVEL: 'trace', ...env });
  await expect(service.start()).rejects.toThrow('ended before');
  return service.said;
}

test.each([
  [
    'a token in place of the file of tokens',
    ['services/cli/main.ts', 'serve', '--store', join(folder, 's'), '--tokens', tokenFile],
    {},
  ],
  ['the same of a service', ['services/query/server.ts', '--store', folder, '--tokens', tokenFile], {}],
  [
    'a Redis of another protocol',
    ['services/ingest/server.ts', '--redis', `http://u:${canary}@127.0.0.1:1`],
    {},
  ],
  [
    'a Redis that is not there',
    ['services/ingest/server.ts', '--redis', `redis://u:${canary}@127.0.0.1:1`],
    {},
  ],
  [
    'an ingest of another protocol',
    ['services/cli/main.ts', 'agent'],
    { DISPROTRACK_AGENT_INGEST: `ftp://u:${canary}@h` },
  ],
])('%s', async (_name, args, env) => {
  const text = await said(args, env);
  expect(text.length).toBeGreaterThan(10);
  expect(text).not.toContain(canary);
});

test('a Redis that knows another password', { timeout: 60_000 }, async () => {
  const redis = new RedisServer();
  await redis.start();
  try {
    const client = new Redis(redis.url);
    await client.config('SET', 'requirepass', 'right');
    client.disconnect();
    const url = redis.url.replace('redis://', `redis://:${canary}@`);
    for (const service of ['services/ingest/server.ts', 'services/worker/server.ts']) {
      const text = await said([service, '--port', '0'], {
        DISPROTRACK_REDIS_URL: url,
        DISPROTRACK_STORE: join(folder, 'worker'),
      });
      expect(text).not.toContain(canary);
    }
  } finally {
    await redis.destroy();
  }
});
