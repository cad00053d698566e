/** Composes the worker's HTTP side: whether it lives, whether it folds, and what it counted. */
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import { problem } from '../contract/problem.ts';
import type { BatchQueue } from '../core/batch-queue.ts';
import type { GraphStore } from '../core/graph-store.ts';
import { type Access, isRefused } from '../runtime/access.ts';
import { type MakeServer, plainServer } from '../runtime/http-server.ts';
import type { Metrics } from '../runtime/metrics.ts';

export interface WorkerAppOptions {
  readonly queue: BatchQueue;
  readonly store: GraphStore;
  readonly access: Access;
  readonly metrics: Metrics;
  readonly logger?: FastifyServerOptions['logger'];
  readonly makeServer?: MakeServer | undefined;
}

const limits = {
  request_ms_max: 10_000,
  headers_ms_max: 10_000,
  header_bytes_max: 16 << 10,
  connections_max: 256,
};

export function buildWorkerApp(options: WorkerAppOptions): FastifyInstance {
  const { queue, store, access, metrics, logger, makeServer = plainServer } = options;
  const app: FastifyInstance = Fastify({
    logger: logger ?? false,
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory: (handler) => makeServer(handler, limits),
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await Promise.all([queue.check(), store.sizes()]);
      return { status: 'ok' };
    } catch (error) {
      return reply
        .status(503)
        .type('application/problem+json')
        .send(problem(503, (error as Error).message));
    }
  });
  app.get('/metrics', async (request, reply) => {
    const answer = await access.grant(request.headers.authorization, 'operator');
    if (isRefused(answer))
      return reply
        .status(answer.status)
        .type('application/problem+json')
        .send(problem(answer.status, answer.detail));
    return reply.type(metrics.contentType).send(await metrics.text());
  });
  return app;
}
