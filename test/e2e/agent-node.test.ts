/**
 * A node as it is meant to be: an agent on this machine's own kernel brings what happens to a server, which is asked
 * over HTTP while both run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WhyAnswer } from '../../services/contract/why.ts';
import { eventually } from '../fixture/agent-process.ts';
import { freePort } from '../fixture/free-port.ts';
import { buildCapture, skipped } from './capture/capture-build.ts';
import { makeCgroup } from './capture/test-cgroup.ts';
import { ServiceProcess } from './ingest/service-process.ts';

const command = fileURLToPath(new URL('../../scripts/disprotrack', import.meta.url));
const theft = fileURLToPath(new URL('../fixture/theft.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disprotrack-node-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  if (skipped === '') buildCapture();
}, 300_000);

async function ask(url: string, symptom: string): Promise<WhyAnswer | undefined> {
  const response = await fetch(new URL('/v1/root-causes', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ symptom }),
  });
  return response.ok ? ((await response.json()) as WhyAnswer) : undefined;
}

test.skipIf(skipped !== '')(
  `what led to the loot is answered while agent and server run${skipped}`,
  async () => {
    mkdirSync(join(folder, 'log'));
    writeFileSync(join(folder, 'secret'), 'the secret of this test\n');
    const [port, ingestPort] = [await freePort(), await freePort()];
    const server = new ServiceProcess([
      'services/cli/main.ts',
      ...['serve', '--store', join(folder, 'store'), '--insecure'],
      ...['--port', String(port), '--ingest-port', String(ingestPort)],
    ]);
    await server.start(2);
    // Of the calls of everything else on this machine there may be more than can be sent.
    const cgroup = makeCgroup('node');
    const settings = {
      DISPROTRACK_AGENT_ONLY_CGROUPS: cgroup.path,
      DISPROTRACK_AGENT_INGEST: `http://127.0.0.1:${ingestPort}`,
      DISPROTRACK_AGENT_SPOOL: join(folder, 'spool'),
      DISPROTRACK_AGENT_PREFIXES: join(folder, 'log'),
      DISPROTRACK_AGENT_STATUS_PORT: '0',
    };
    writeFileSync(
      join(folder, 'agent.env'),
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const agent = spawn(command, ['agent', '--config', join(folder, 'agent.env')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    agent.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const metric = async (name: string): Promise<number> => {
      const status = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (status === undefined) return 0;
      const text = await (await fetch(`${status}/metrics`)).text();
      return Number(new RegExp(`^disprotrack_agent_${name} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    try {
      // Counters come every second once the source follows what happens.
      await eventually(`records come: ${said}`, async () => (await metric('records_total')) > 2_000);
      const inside = `echo $$ > ${cgroup.path}/cgroup.procs; exec "$@"`;
      const words = ['python3', theft, folder, String(await freePort())];
      const { status } = spawnSync('sh', ['-c', inside, 'sh', ...words]);
      expect(status).toBe(0);
      const url = `http://127.0.0.1:${port}`;
      let answer: WhyAnswer | undefined;
      await eventually('the answer has the secret', async () => {
        answer = await ask(url, 'received loot number 17');
        return answer?.graph.vertices.some(({ label }) => label === join(folder, 'secret')) ?? false;
      });
      expect(answer!.graph.vertices.some(({ label }) => label.includes('theft.py'))).toBe(true);
      expect(await metric('skipped_bytes_total')).toBe(0);
      expect(await metric('refused_records_total')).toBe(0);
    } finally {
      const ended = new Promise((resolve) => agent.once('exit', resolve));
      agent.kill('SIGTERM');
      expect(await ended).toBe(0);
      await server.stop();
      cgroup.remove();
    }
  },
  180_000,
);
