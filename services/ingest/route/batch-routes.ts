/** Takes batches, and says how far a stream was taken. A batch is answered once it is durable. */
import type { FastifyRequest } from 'fastify';
import {
  BatchAnswer,
  BatchHeaders,
  mediaTypes,
  StreamAnswer,
  StreamParameters,
} from '../../contract/batch.ts';
import { streamKey } from '../../core/batch-queue.ts';
import { type Granted, speaksFor } from '../../runtime/access.ts';
import { RateLimit } from '../../runtime/rate-limit.ts';
import type { IngestApp, IngestAppOptions } from '../app.ts';
import { readBatch } from '../batch-body.ts';
import { RequestError } from '../error-answer.ts';
import type { IngestMetrics } from '../ingest-metrics.ts';
import { problemAnswers } from '../problem-answers.ts';
import { grantedTo, needsToken } from '../request-access.ts';

/** Batches that are read and checked at a time: so many bodies are in memory. */
const requests_max = 16;
const defaultRate = { perSecond: 100, burst: 400 };

export function batchRoutes(app: IngestApp, options: IngestAppOptions, metrics: IngestMetrics): void {
  const { queue, access, tenant } = options;
  const rate = new RateLimit(options.rate ?? defaultRate);
  const withToken = needsToken(access, 'agent');
  const reading = new Set<FastifyRequest>();

  const limited = async (request: FastifyRequest): Promise<void> => {
    const wait_s = rate.take(`${grantedTo(request).name} ${request.ip}`);
    if (wait_s > 0) throw new RequestError(429, 'too many requests', { retry_s: wait_s });
    if (reading.size >= requests_max) throw new RequestError(429, 'too many batches at once', { retry_s: 1 });
  };
  const permitted = async (request: FastifyRequest): Promise<void> => {
    const granted = grantedTo(request);
    const host = request.headers['x-disprotrack-host'];
    if (typeof host === 'string') mustSpeakFor(granted, host);
    const given = request.headers['x-disprotrack-tenant'] ?? granted.tenant;
    if (given !== tenant || given !== (granted.tenant ?? given))
      throw new RequestError(
        403,
        `this ingest takes no batches of tenant ${given ?? '(none)'} with this token`,
      );
  };

  app.post(
    '/v1/batches',
    {
      onRequest: [withToken, limited, permitted],
      preParsing: async (request) => {
        reading.add(request);
      },
      onRequestAbort: async (request) => {
        reading.delete(request);
      },
      onResponse: async (request, reply) => {
        reading.delete(request);
        metrics.answered(reply.statusCode, reply.elapsedTime);
        if (reply.statusCode >= 400) request.log.warn({ status: reply.statusCode }, 'batch refused');
      },
      schema: {
        summary: 'Takes a batch of a stream; it is durable when this answers',
        headers: BatchHeaders,
        consumes: Object.values(mediaTypes),
        response: {
          200: BatchAnswer.describe('all of it was accepted before'),
          202: BatchAnswer.describe('accepted, and durable'),
          ...problemAnswers(400, 401, 403, 413, 415, 422, 429, 500, 503),
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
      request.log.info({ stream, first, last, bytes: batch.bytes.length, isNew }, 'batch');
      return reply.status(isNew ? 202 : 200).send({ stream, next: String(next) });
    },
  );

  app.get(
    '/v1/streams/:host/:boot/:source',
    {
      onRequest: [withToken],
      schema: {
        summary: 'The record that a stream wants next: 0 where nothing of it was ever accepted',
        params: StreamParameters,
        response: { 200: StreamAnswer, ...problemAnswers(401, 403, 422, 500, 503) },
      },
    },
    async (request) => {
      mustSpeakFor(grantedTo(request), request.params.host);
      const next = await queue.next(request.params);
      return { next: String(next ?? 0n) };
    },
  );
}

function mustSpeakFor(granted: Granted, host: string): void {
  if (!speaksFor(granted, host)) throw new RequestError(403, `the token does not speak for ${host}`);
}
