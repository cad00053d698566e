/** Whether the service can answer, and how much it knows. */
import { z } from 'zod';
import type { GraphReader } from '../../core/graph-store.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import { problemAnswers } from '../problem-answers.ts';

const Health = z.strictObject({
  status: z.literal('ok'),
  vertices: z.number().int(),
  edges: z.number().int(),
  uses: z.number().int(),
  bytesOnDisk: z.number(),
});

export function healthRoute(app: Routes, reader: GraphReader): void {
  app.get(
    '/healthz',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'getHealth',
        tags: ['service'],
        summary: 'Health and size of the store',
        security: [],
        response: { 200: Health, ...problemAnswers(500, 503) },
      },
    },
    async () => ({
      status: 'ok' as const,
      ...(await reader.sizes()),
    }),
  );
}
