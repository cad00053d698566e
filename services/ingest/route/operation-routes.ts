/** Whether the service lives, whether it can take a batch, and what it counted. */
import { z } from 'zod';
import type { Routes } from '../../runtime/http/service-app.ts';
import type { IngestAppOptions } from '../options.ts';
import { problemAnswers } from '../problem-answers.ts';
import { needsToken } from '../request-access.ts';

const Ok = z.strictObject({ status: z.literal('ok') });
const text = {
  description: 'Prometheus text',
  content: { 'text/plain': { schema: z.string() } },
};

export function operationRoutes(app: Routes, { queue, access, metrics }: IngestAppOptions): void {
  app.get(
    '/healthz',
    { schema: { summary: 'The process lives', security: [], response: { 200: Ok } } },
    async () => ({
      status: 'ok' as const,
    }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        summary: 'A batch could be accepted now',
        security: [],
        response: { 200: Ok, ...problemAnswers(500, 503) },
      },
    },
    async () => {
      await queue.check();
      return { status: 'ok' as const };
    },
  );

  app.get(
    '/metrics',
    {
      onRequest: [needsToken(access, 'operator')],
      schema: { summary: 'What was counted', response: { 200: text, ...problemAnswers(401, 403, 500) } },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
}
