/** Composes the ingest service: routes, their schemas as OpenAPI, access, and one place where errors become answers. */
import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { body_bytes_max, mediaTypes } from '../contract/batch.ts';
import { problem } from '../contract/problem.ts';
import type { AnalysisQueue } from '../core/analysis-queue.ts';
import type { BatchQueue } from '../core/batch-queue.ts';
import type { Access } from '../runtime/access.ts';
import { type MakeServer, plainServer } from '../runtime/http-server.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { RateLimitOptions } from '../runtime/rate-limit.ts';
import { BatchAdmission } from './batch-admission.ts';
import { answerError } from './error-answer.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { needsToken } from './request-access.ts';
import { analysisRoutes } from './route/analysis-routes.ts';
import { batchRoute } from './route/batch-route.ts';
import { deadLetterRoutes } from './route/dead-letter-routes.ts';
import { operationRoutes } from './route/operation-routes.ts';
import { otlpRoute } from './route/otlp-route.ts';
import { profileRoute } from './route/profile-route.ts';
import { streamRoute } from './route/stream-route.ts';

export interface IngestAppOptions {
  readonly queue: BatchQueue;
  /** Of a service that analyses programs. */
  readonly analyses?: AnalysisQueue | undefined;
  readonly access: Access;
  readonly metrics: Metrics;
  /** Folder of profiles, which a worker reads; without it none is taken. */
  readonly profiles?: string | undefined;
  readonly rate?: RateLimitOptions | undefined;
  /** None by default. */
  readonly logger?: FastifyServerOptions['logger'];
  /** Requests that failed for no fault of theirs are told here. */
  readonly onFailure?: (error: unknown) => void;
  readonly makeServer?: MakeServer | undefined;
}

const limits = {
  request_ms_max: 60_000,
  headers_ms_max: 20_000,
  header_bytes_max: 16 << 10,
  connections_max: 4_096,
};
/** Hosts, boots and sources stand in the path. */
const parameter_length_max = 256;

export type IngestApp = ReturnType<typeof typed>;

export async function buildIngestApp(options: IngestAppOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    logger: options.logger ?? false,
    // A batch is one line; whatever else is asked is not worth two.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: body_bytes_max,
    routerOptions: { maxParamLength: parameter_length_max },
    genReqId: () => randomUUID(),
    serverFactory: (handler) => (options.makeServer ?? plainServer)(handler, limits),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(Object.values(mediaTypes), { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, options.onFailure));
  app.setNotFoundHandler((request, reply) =>
    reply
      .status(404)
      .type('application/problem+json')
      .send(problem(404, `no route ${request.method} ${request.url}`)),
  );
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'DisProTrack ingest API', version: '1', description: 'Accepted means kept.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(async (scope) => {
    const routes = typed(scope);
    const metrics = new IngestMetrics(options.metrics, options.queue);
    const admission = new BatchAdmission(options.rate, options.access.tenant);
    batchRoute(routes, options, admission, metrics);
    await scope.register(async (own) => otlpRoute(typed(own), options, admission, metrics));
    await scope.register(async (own) => profileRoute(typed(own), options, admission));
    streamRoute(routes, options);
    deadLetterRoutes(routes, options);
    operationRoutes(routes, options);
    const onRequest = [needsToken(options.access, 'operator')];
    routes.get('/openapi.json', { onRequest, schema: { hide: true } }, () => app.swagger());
  });
  await app.register(async (scope) => analysisRoutes(typed(scope), options));
  return app;
}

function typed(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>();
}
