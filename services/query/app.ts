/** Composes the query service: routes, their schemas as OpenAPI, and one place where errors become answers. */
import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { GraphReader } from '../core/graph-store.ts';
import { Access } from '../runtime/access.ts';
import { type MakeServer, plainServer } from '../runtime/http-server.ts';
import type { RateLimitOptions } from '../runtime/rate-limit.ts';
import { addEntityTags } from './entity-tag.ts';
import { answerError, refuseUnreadable } from './error-answer.ts';
import { requireTokens } from './request-access.ts';
import { browseRoutes } from './route/browse-routes.ts';
import { exportRoute } from './route/export-route.ts';
import { healthRoute } from './route/health-route.ts';
import { vertexRoute } from './route/vertex-route.ts';
import { whyRoutes } from './route/why-routes.ts';
import { answerUnknownRoutes } from './unknown-route.ts';

export interface QueryAppOptions {
  readonly reader: GraphReader;
  /** Without it everybody may ask: for a service that nobody else can reach. */
  readonly access?: Access | undefined;
  /** Of each token. */
  readonly rate?: RateLimitOptions | undefined;
  /** A trace ends by then with what it has, and its answer says so. */
  readonly time_ms_max?: number | undefined;
  /** None by default. */
  readonly logger?: FastifyServerOptions['logger'];
  /** Requests that failed for no fault of theirs are told here. */
  readonly onFailure?: (error: unknown) => void;
  readonly makeServer?: MakeServer | undefined;
}

const limits = {
  request_ms_max: 60_000,
  headers_ms_max: 20_000,
  // A symptom may stand in the address, where a character takes up to nine bytes.
  header_bytes_max: 64 << 10,
  connections_max: 1_024,
};
const body_bytes_max = 256 * 1024;
/** Vertex ids stand in the path. */
const parameter_length_max = 2_048;

export type QueryApp = ReturnType<typeof typed>;

export async function buildApp(options: QueryAppOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    logger: options.logger ?? false,
    bodyLimit: body_bytes_max,
    clientErrorHandler: refuseUnreadable,
    routerOptions: { maxParamLength: parameter_length_max },
    genReqId: () => randomUUID(),
    serverFactory: (handler) => (options.makeServer ?? plainServer)(handler, limits),
  });
  // Only JSON is read; text would be taken for a request that does not fit.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, options.onFailure));
  addEntityTags(app);
  answerUnknownRoutes(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'DisProTrack query API',
        version: '1',
        description: 'What caused this, and what else did it touch?',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
      tags: [
        { name: 'questions', description: 'What led to a symptom, and what it touched' },
        { name: 'graph', description: 'Looking around in the graph' },
        { name: 'service', description: 'The service itself' },
      ],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(async (scope) => {
    requireTokens(scope, options.access ?? new Access(undefined), options.rate);
    const routes = typed(scope);
    healthRoute(routes, options.reader);
    whyRoutes(routes, options.reader, options.time_ms_max);
    vertexRoute(routes, options.reader);
    browseRoutes(routes, options.reader);
    exportRoute(routes, options.reader, options.time_ms_max);
    routes.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
  return app;
}

function typed(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>();
}
