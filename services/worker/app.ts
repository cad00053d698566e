/** Composes the worker's HTTP side: whether it lives, whether it folds, and what it counted. */
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import type { BatchQueue } from '../core/batch-queue.ts';
import type { GraphStore } from '../core/graph-store.ts';
import type { Access } from '../runtime/access.ts';
import { answerError } from '../runtime/http/error-answer.ts';
import { granted } from '../runtime/http/granted.ts';
import { HttpError } from '../runtime/http/http-error.ts';
import { type MakeServer, plainServer } from '../runtime/http/http-server.ts';
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
  app.setErrorHandler((error, request, reply) =>
    answerError(
      error,
      reply,
      () => undefined,
      (failure) => request.log.error(failure, 'a request failed'),
    ),
  );
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    try {
      await Promise.all([queue.check(), store.sizes()]);
      return { status: 'ok' };
    } catch (error) {
      throw new HttpError(503, (error as Error).message);
    }
  });
  app.get('/metrics', async (request, reply) => {
    await granted(access, request, 'operator');
    return reply.type(metrics.contentType).send(await metrics.text());
  });
  return app;
}
