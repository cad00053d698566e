/** The ingest service's OpenAPI document, as it is kept in the repository. */
import type { BatchQueue } from '../core/batch-queue.ts';
import { Access } from '../runtime/access.ts';
import { Metrics } from '../runtime/metrics.ts';
import { buildIngestApp } from './app.ts';

export async function ingestOpenApiText(): Promise<string> {
  // The routes are described, never called.
  const queue = {} as BatchQueue;
  const app = await buildIngestApp({ queue, access: new Access(undefined), metrics: new Metrics() });
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}
