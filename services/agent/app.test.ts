import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../test/fixture/free-port.ts';
import { startAgent } from './app.ts';
import { readAgentConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-agent-app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (spool: string, port: number) =>
  startAgent(
    readAgentConfig(undefined, {
      DISPROTRACK_AGENT_SOURCE: 'audit-file',
      DISPROTRACK_AGENT_AUDIT_LOG: join(folder, 'audit.log'),
      // Nobody is there.
      DISPROTRACK_AGENT_INGEST: 'http://127.0.0.1:1',
      DISPROTRACK_AGENT_SPOOL: spool,
      DISPROTRACK_AGENT_STATUS_PORT: String(port),
    }),
    () => {},
  );

test('a status port that is taken is told before anything has begun', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const spool = join(folder, 'unused');
  await expect(start(spool, port)).rejects.toMatchObject({
    name: 'AgentError',
    code: 'port',
    message: `port ${port} on 127.0.0.1 is taken by another program`,
    hint: expect.stringContaining('DISPROTRACK_AGENT_STATUS_PORT') as string,
  });
  expect(existsSync(spool)).toBe(false);
  await new Promise((resolve) => other.close(resolve));
});

test('an agent that is refused its spool leaves no port taken', async () => {
  const spool = join(folder, 'spool');
  const first = await start(spool, 0);
  const port = await freePort();
  await expect(start(spool, port)).rejects.toMatchObject({ code: 'spool' });
  const second = await start(join(folder, 'another'), port);
  const answer = await fetch(`http://127.0.0.1:${port}/health/live`);
  expect([answer.status, await answer.text()]).toEqual([200, 'ok\n']);
  await Promise.all([first.stop(), second.stop()]);
}, 20_000);
