/** Takes batches. One is answered once it is durable. */
import { BatchAnswer, BatchHeaders, mediaTypes } from '../../contract/batch.ts';
import { streamKey } from '../../core/batch-queue.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import type { BatchAdmission } from '../batch-admission.ts';
import { readBatch } from '../batch-body.ts';
import type { IngestMetrics } from '../ingest-metrics.ts';
import type { IngestAppOptions } from '../options.ts';
import { problemAnswers } from '../problem-answers.ts';

export function batchRoute(
  app: Routes,
  { queue, access }: IngestAppOptions,
  admission: BatchAdmission,
  metrics: IngestMetrics,
): void {
  app.post(
    '/v1/batches',
    {
      ...admission.hooks(access, 'agent', (_request, reply) =>
        metrics.answered(reply.statusCode, reply.elapsedTime),
      ),
      schema: {
        summary: 'Takes a batch of a stream; it is durable when this answers',
        headers: BatchHeaders,
        consumes: Object.values(mediaTypes),
        response: {
          200: BatchAnswer.describe('all of it was accepted before; nothing changed'),
          202: BatchAnswer.describe('accepted, and durable'),
          ...problemAnswers(400, 401, 403, 409, 413, 415, 422, 429, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const contentType = request.headers['content-type'] ?? '';
      const batch = await readBatch(request.headers, contentType, request.body as Uint8Array | undefined);
      const { isNew, next } = await queue.accept(batch);
      const stream = streamKey(batch.stream);
      const [first, last] = [String(batch.first), String(batch.last)];
      const records = Number(batch.last - batch.first) + 1;
      if (isNew) metrics.accepted(records, batch.bytes.length);
      request.log.info({ batch: `${stream} ${first}-${last}`, bytes: batch.bytes.length, isNew }, 'batch');
      return reply.status(isNew ? 202 : 200).send({ stream, next: String(next) });
    },
  );
}
