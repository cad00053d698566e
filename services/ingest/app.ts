/** Composes the ingest service: routes, their schemas as OpenAPI, access, and one place where errors become answers. */
import type { FastifyInstance } from 'fastify';
import { body_bytes_max, mediaTypes } from '../contract/batch.ts';
import { routesOf, type ServiceKind, serviceApp } from '../runtime/http/service-app.ts';
import { BatchAdmission } from './batch-admission.ts';
import { errorMeaning } from './error-meaning.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import type { IngestAppOptions } from './options.ts';
import { needsToken } from './request-access.ts';
import { analysisRoutes } from './route/analysis-routes.ts';
import { batchRoute } from './route/batch-route.ts';
import { deadLetterRoutes } from './route/dead-letter-routes.ts';
import { operationRoutes } from './route/operation-routes.ts';
import { otlpRoute } from './route/otlp-route.ts';
import { profileRoute } from './route/profile-route.ts';
import { streamRoute } from './route/stream-route.ts';

const kind: ServiceKind = {
  info: { title: 'DisProTrack ingest API', version: '1', description: 'Accepted means kept.' },
  limits: {
    request_ms_max: 60_000,
    headers_ms_max: 20_000,
    header_bytes_max: 16 << 10,
    connections_max: 4_096,
  },
  body_bytes_max,
  // Hosts, boots and sources stand in the path.
  parameter_length_max: 256,
  // A batch is one line; whatever else is asked is not worth two.
  logsRequests: false,
  meaning: errorMeaning,
};

export async function buildIngestApp(options: IngestAppOptions): Promise<FastifyInstance> {
  const app = await serviceApp(kind, options);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(Object.values(mediaTypes), { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  await app.register(async (scope) => {
    const routes = routesOf(scope);
    const metrics = new IngestMetrics(options.metrics, options.queue);
    const admission = new BatchAdmission(options.rate, options.access.tenant);
    batchRoute(routes, options, admission, metrics);
    await scope.register(async (own) => otlpRoute(routesOf(own), options, admission, metrics));
    await scope.register(async (own) => profileRoute(routesOf(own), options, admission));
    streamRoute(routes, options);
    deadLetterRoutes(routes, options);
    operationRoutes(routes, options);
    const onRequest = [needsToken(options.access, 'operator')];
    routes.get('/openapi.json', { onRequest, schema: { hide: true } }, () => app.swagger());
  });
  await app.register(async (scope) => analysisRoutes(routesOf(scope), options));
  return app;
}
