/** The official exporters of OpenTelemetry against a server that is killed under them: each line is in the graph once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { afterAll, expect, test } from 'vitest';
import { hashToken } from '../../../services/runtime/tokens.ts';
import { freePort } from '../../fixture/free-port.ts';
import { ServiceProcess } from './service-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'disprotrack-otlp-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const exporters = { proto: ProtobufExporter, json: JsonExporter } as const;
const lines_count = 40;

test.each([
  ['proto', CompressionAlgorithm.GZIP],
  ['json', CompressionAlgorithm.NONE],
] as const)(
  '%s, %s: through a kill of the server, nothing is lost and nothing is there twice',
  {
    timeout: 60_000,
  },
  async (form, compression) => {
    const tokens = join(folder, `${form}.json`);
    const entry = (scope: string) => ({ name: scope, scope, sha256: hashToken(scope), hosts: ['node1'] });
    writeFileSync(tokens, JSON.stringify({ tokens: [entry('agent'), entry('query')] }));
    const ports = ['--port', String(await freePort()), '--ingest-port', String(await freePort())];
    const server = new ServiceProcess([
      ...['services/cli/main.ts', 'serve', '--store', join(folder, form), '--tokens', tokens, ...ports],
    ]);
    const [query, ingest] = (await server.start(2)) as [string, string];
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop', 'host.name': 'node1', 'process.pid': 77 }),
      processors: [
        new BatchLogRecordProcessor({
          exporter: new exporters[form]({
            url: `${ingest}/v1/otlp/v1/logs`,
            headers: { authorization: 'Bearer agent' },
            compression,
          }),
          maxExportBatchSize: 5,
          scheduledDelayMillis: 20,
        }),
      ],
    });
    const logger = provider.getLogger('orders');
    try {
      for (let i = 0; i < lines_count; i++) {
        logger.emit({ body: `order ${i} was paid`, severityText: 'INFO' });
        await new Promise((resolve) => setTimeout(resolve, 15));
        if (i === lines_count / 2) {
          await server.kill();
          void server.start(2);
        }
      }
      await provider.shutdown();
      const graph = async () => {
        const answer = await fetch(`${query}/v1/export`, { headers: { authorization: 'Bearer query' } });
        const { edges } = (await answer.json()) as { edges: { op: string; count: number }[] };
        return edges.filter(({ op }) => op === 'log').reduce((sum, { count }) => sum + count, 0);
      };
      await expect.poll(graph, { timeout: 15_000 }).toBe(lines_count);
    } finally {
      await server.kill();
    }
  },
);
