/** TLS between agent and ingest, both ways: who has no certificate of the authority is not heard, and renewal needs no restart. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { IngestClient } from '../../../services/agent/send/ingest-client.ts';
import { IngestCredentials } from '../../../services/agent/send/ingest-credentials.ts';
import { hashToken } from '../../../services/runtime/tokens.ts';
import { Certificates } from '../../fixture/certificates.ts';
import { ServiceProcess } from './service-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, name);
const stream = { host: 'node1', boot: 'b', source: 'audit' };

/** SHA-256 of the certificate that the server shows; rejects where it does not talk. */
function shown(url: string, options: { ca: Buffer; cert?: Buffer; key?: Buffer }): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/healthz`, { ...options, agent: false }, (response) => {
      resolve((response.socket as TLSSocket).getPeerX509Certificate()!.fingerprint256);
      response.resume();
    });
    asked.once('error', reject);
    asked.end();
  });
}

test('mTLS: an agent with a certificate is heard, others are not, and both are renewed while they run', {
  timeout: 60_000,
}, async () => {
  const ours = new Certificates(folder, 'ours');
  const theirs = new Certificates(folder, 'theirs');
  const server = ours.issue('server');
  const agent = ours.issue('agent');
  const stranger = theirs.issue('stranger');
  const token = 'dpt_canary-of-a-token-0123456789';
  writeFileSync(file('token'), 'not-known-yet\n');
  const entry = { name: 'node1', scope: 'agent', sha256: hashToken(token), hosts: ['node1'] };
  writeFileSync(file('tokens.json'), JSON.stringify({ tokens: [entry] }));
  const args = ['serve', '--store', file('store'), '--tokens', file('tokens.json'), '--log-level', 'trace'];
  const tls = ['--tls-cert', server.cert, '--tls-key', server.key, '--tls-client-ca', ours.ca];
  const ports = ['--port', '0', '--ingest-port', '0'];
  const service = new ServiceProcess(['services/cli/main.ts', ...args, ...tls, ...ports]);
  try {
    const [query, ingest] = (await service.start(2)) as [string, string];
    expect([query, ingest]).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^https:/)]);
    const client = (files: { cert: string; key: string } | undefined, ca: string) =>
      new IngestClient({
        url: ingest,
        credentials: new IngestCredentials({ token: file('token'), ca, ...files }),
      });
    const ourAgent = client(agent, ours.ca);
    expect(await ourAgent.position(stream)).toMatchObject({
      kind: 'later',
      why: expect.stringContaining('401'),
    });
    writeFileSync(file('token'), `${token}\n`);
    await expect
      .poll(() => ourAgent.position(stream), { timeout: 5_000 })
      .toEqual({ kind: 'kept', next: 0n });
    // A body that says it is zstd and records: the door is open, and what comes in is looked at.
    const sent = await ourAgent.send({
      ...stream,
      first: 0n,
      last: 0n,
      body: zstdCompressSync(Buffer.alloc(8)),
    });
    expect(sent).toMatchObject({ kind: 'refused', why: expect.stringContaining('422') });
    for (const refused of [client(undefined, ours.ca), client(stranger, ours.ca), client(agent, theirs.ca)])
      expect(await refused.position(stream)).toMatchObject({
        kind: 'later',
        why: expect.not.stringMatching(/^\d/),
      });
    await expect(fetch(`${ingest.replace('https', 'http')}/healthz`)).rejects.toThrow();

    const shows = { ca: readFileSync(ours.ca), cert: readFileSync(agent.cert), key: readFileSync(agent.key) };
    const before = await shown(ingest, shows);
    // Whoever asks needs a token, and no certificate.
    expect(await shown(query, { ca: readFileSync(ours.ca) })).toBe(before);
    const renewed = ours.issue('renewed');
    copyFileSync(renewed.key, server.key);
    copyFileSync(renewed.cert, server.cert);
    await expect.poll(() => shown(ingest, shows), { timeout: 10_000 }).not.toBe(before);
    const agentRenewed = ours.issue('agent');
    expect(agentRenewed).toEqual(agent);
    await expect
      .poll(() => ourAgent.position(stream), { timeout: 5_000 })
      .toEqual({ kind: 'kept', next: 0n });
    expect(await service.stop()).toBe(0);
    for (const secret of [token, 'not-known-yet', readFileSync(server.key, 'utf8').split('\n')[1]!])
      expect(service.said).not.toContain(secret);
    expect(service.said).toContain('"reqId"');
  } finally {
    await service.kill();
  }
});

test.each([
  ['a certificate without its key', ['--tls-cert', file('server.crt')]],
  ['a key of another certificate', ['--tls-cert', file('server.crt'), '--tls-key', file('ours.key')]],
  ['a file that is not there', ['--tls-cert', file('none'), '--tls-key', file('none')]],
])('%s is said at start', async (_name, tls) => {
  const service = new ServiceProcess([
    'services/cli/main.ts',
    'serve',
    '--store',
    file('other'),
    '--insecure',
    ...tls,
  ]);
  await expect(service.start(2)).rejects.toThrow(/TLS/);
});
