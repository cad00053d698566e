/** Composes the query service: routes, their schemas as OpenAPI, and one place where errors become answers. */
import type { FastifyInstance } from 'fastify';
import type { GraphReader } from '../core/graph-store.ts';
import { Access } from '../runtime/access.ts';
import type { RateLimitOptions } from '../runtime/http/rate-limit.ts';
import { type HttpSide, routesOf, type ServiceKind, serviceApp } from '../runtime/http/service-app.ts';
import { addEntityTags } from './entity-tag.ts';
import { errorMeaning } from './error-meaning.ts';
import { requireTokens } from './request-access.ts';
import { browseRoutes } from './route/browse-routes.ts';
import { exportRoute } from './route/export-route.ts';
import { healthRoute } from './route/health-route.ts';
import { vertexRoute } from './route/vertex-route.ts';
import { whyRoutes } from './route/why-routes.ts';

export interface QueryAppOptions extends HttpSide {
  readonly reader: GraphReader;
  /** Without it everybody may ask: for a service that nobody else can reach. */
  readonly access?: Access | undefined;
  /** Of each token. */
  readonly rate?: RateLimitOptions | undefined;
  /** A trace ends by then with what it has, and its answer says so. */
  readonly time_ms_max?: number | undefined;
}

const kind: ServiceKind = {
  info: {
    title: 'DisProTrack query API',
    version: '1',
    description: 'What caused this, and what else did it touch?',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  tags: [
    { name: 'questions', description: 'What led to a symptom, and what it touched' },
    { name: 'graph', description: 'Looking around in the graph' },
    { name: 'service', description: 'The service itself' },
  ],
  limits: {
    request_ms_max: 60_000,
    headers_ms_max: 20_000,
    // A symptom may stand in the address, where a character takes up to nine bytes.
    header_bytes_max: 64 << 10,
    connections_max: 1_024,
  },
  body_bytes_max: 256 * 1024,
  // Vertex ids stand in the path.
  parameter_length_max: 2_048,
  logsRequests: true,
  meaning: errorMeaning,
};

export async function buildApp(options: QueryAppOptions): Promise<FastifyInstance> {
  const app = await serviceApp(kind, options);
  // Only JSON is read; text would be taken for a request that does not fit.
  app.removeContentTypeParser('text/plain');
  addEntityTags(app);
  await app.register(async (scope) => {
    requireTokens(scope, options.access ?? new Access(undefined), options.rate);
    const routes = routesOf(scope);
    healthRoute(routes, options.reader);
    whyRoutes(routes, options.reader, options.time_ms_max);
    vertexRoute(routes, options.reader);
    browseRoutes(routes, options.reader);
    exportRoute(routes, options.reader, options.time_ms_max);
    routes.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
  return app;
}
