/** A real OpenTelemetry Collector tails a server's log: every line of it is kept, once, though the server is killed. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { hashToken } from '../../../services/runtime/tokens.ts';
import { Certificates } from '../../fixture/certificates.ts';
import { freePort } from '../../fixture/free-port.ts';
import { ServiceProcess } from '../ingest/service-process.ts';
import { collectorProgram, OtelCollector, whyNoCollector } from './otel-collector.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-collector-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recorded = new URL('../../corpus/lamp/recordings/E3/apache-access.log.gz', import.meta.url);
const lines = gunzipSync(readFileSync(recorded)).toString().trimEnd().split('\n');
const parts = 8;
const main = 'services/cli/main.ts';

test.for([
  ['proto', 'zstd', 'http'],
  ['json', 'gzip', 'https'],
] as const)('%s, %s, %s', { timeout: 900_000 }, async ([encoding, compression, scheme], { skip }) => {
  const why = whyNoCollector();
  if (why !== undefined) return skip(why);
  const program = await collectorProgram();
  const at = (name: string): string => join(folder, `${scheme}-${name}`);
  const [tokens, log, store] = [at('tokens.json'), at('access.log'), at('store')];
  const entry = (scope: string) => ({ name: scope, scope, sha256: hashToken(scope), hosts: ['node1'] });
  writeFileSync(tokens, JSON.stringify({ tokens: [entry('agent'), entry('query')] }));
  const certificates = new Certificates(folder, `${scheme}-authority`);
  const { cert, key } = certificates.issue(scheme);
  const tls = scheme === 'https' ? ['--tls-cert', cert, '--tls-key', key] : [];
  const ports = ['--port', String(await freePort()), '--ingest-port', String(await freePort())];
  const server = new ServiceProcess([main, 'serve', '--store', store, '--tokens', tokens, ...ports, ...tls]);
  const ingest = (await server.start(2))[1]!;
  const collector = new OtelCollector({
    program,
    folder: mkdtempSync(join(folder, scheme)),
    logs: log,
    exporter: {
      logs_endpoint: `${ingest}/v1/otlp/v1/logs`,
      headers: { authorization: 'Bearer agent' },
      encoding,
      compression,
      ...(scheme === 'https' ? { tls: { ca_file: certificates.ca } } : {}),
    },
  });
  try {
    for (let part = 0; part < parts; part++) {
      const share = lines.slice((lines.length * part) / parts, (lines.length * (part + 1)) / parts);
      appendFileSync(log, `${share.join('\n')}\n`);
      if (part === 0) collector.start();
      await new Promise((resolve) => setTimeout(resolve, 400));
      if (part % 3 === 1) {
        await server.kill();
        await server.start(2);
      }
      if (part === 4) {
        await collector.stop();
        collector.start();
      }
    }
    const keptLog = () =>
      spawnSync(process.execPath, [main, 'lines', '--store', store, '--log', log, '--raw']).stdout;
    await expect
      .poll(() => keptLog().toString(), { timeout: 60_000, interval: 1_000 })
      .toBe(`${lines.join('\n')}\n`);
    expect(collector.said).not.toMatch(/\tDropping data|dropped_items/);
  } finally {
    await collector.stop();
    await server.stop();
  }
});
