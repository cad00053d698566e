/**
 * Takes logs as OTLP over HTTP, in protobuf and JSON, from collectors and SDKs: answers and failures are in the form
 * that the request was in. What is answered is durable, and a request that comes again changes nothing.
 */
import { hostname } from 'node:os';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decompressed_bytes_max } from '../../contract/batch.ts';
import { OtlpAnswer, OtlpLogs, OtlpStatus } from '../../contract/otlp-logs.ts';
import { streamKey } from '../../core/batch-queue.ts';
import { anyone, type Granted, speaksFor } from '../../runtime/access.ts';
import { decompress } from '../../runtime/decompress.ts';
import { problemOf, tellWhen } from '../../runtime/http/error-answer.ts';
import { HttpError } from '../../runtime/http/http-error.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import { untakenType } from '../../runtime/http/untaken-type.ts';
import type { BatchAdmission } from '../batch-admission.ts';
import { errorMeaning } from '../error-meaning.ts';
import type { IngestMetrics } from '../ingest-metrics.ts';
import type { IngestAppOptions } from '../options.ts';
import { otlpBatches } from '../otlp/otlp-batches.ts';
import { decodeLogs, encodeAnswer, encodeStatus } from '../otlp/otlp-message.ts';
import { grantedTo } from '../request-access.ts';

const protobuf = 'application/x-protobuf';
const json = 'application/json';

/** A scope of its own: its errors are told in another form than everybody else's. */
export function otlpRoute(
  app: Routes,
  { queue, access, onFailure }: IngestAppOptions,
  admission: BatchAdmission,
  metrics: IngestMetrics,
): void {
  app.addContentTypeParser([protobuf, json], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error, request, reply) =>
    answerStatus(untakenType(error, request), request, reply, onFailure),
  );
  app.post(
    '/v1/otlp/v1/logs',
    {
      ...admission.hooks(access, 'agent', (_request, reply) =>
        metrics.answered(reply.statusCode, reply.elapsedTime),
      ),
      schema: {
        summary: 'Takes logs as OTLP/HTTP, in protobuf and JSON; they are durable when this answers',
        consumes: [protobuf, json],
        response: { 200: taken, ...failures },
      },
    },
    async (request, reply) => {
      const logs = await readLogs(request);
      const granted = grantedTo(request);
      const sender = {
        host: hostSaid(request, granted),
        speaksFor: (host: string) => speaksFor(granted, host),
      };
      const { batches, rejected, reasons } = await otlpBatches(logs, sender);
      if (batches.length === 0 && rejected > 0)
        throw new HttpError(refusalStatus(reasons), [...reasons].join('; '));
      const kept: string[] = [];
      let records = 0;
      for (const batch of batches) {
        const { isNew, next } = await queue.append(batch);
        if (isNew) {
          metrics.accepted(batch.count, batch.bytes.length);
          kept.push(`${streamKey(batch.stream)} ${next - BigInt(batch.count)}-${next - 1n}`);
        }
        records += batch.count;
      }
      request.log.info({ batches: kept, records, rejected }, 'logs');
      const partialSuccess = { rejectedLogRecords: String(rejected), errorMessage: [...reasons].join('; ') };
      return send(request, reply, 200, rejected === 0 ? {} : { partialSuccess });
    },
  );
}

const taken = {
  description: 'durable; `partialSuccess` says how many were not taken, and why',
  content: { [json]: { schema: OtlpAnswer }, [protobuf]: { schema: z.any() } },
};
const failed = (description: string) => ({
  description,
  content: { [json]: { schema: OtlpStatus }, [protobuf]: { schema: z.any() } },
});
const failures = {
  400: failed('the body is no such message, or not what its encoding says'),
  401: failed('no token, or none that is known'),
  403: failed('the token is not for this, or for none of these hosts'),
  413: failed('the body is too large'),
  415: failed('the body is of no media type or encoding that is taken'),
  429: failed('too much at once: try again after Retry-After'),
  500: failed('an error that the service did not expect'),
  503: failed('the queue can not be used now: try again after Retry-After'),
};

/** Throws HttpError and DecompressError. */
async function readLogs(request: FastifyRequest): Promise<OtlpLogs> {
  const encoding = String(request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'zstd')
    throw new HttpError(415, 'content-encoding must be identity, gzip or zstd');
  const body = (request.body as Uint8Array | undefined) ?? new Uint8Array();
  const bytes = await decompress(body, encoding, decompressed_bytes_max);
  const parsed = OtlpLogs.safeParse(isProtobuf(request) ? decoded(bytes) : parsedJson(bytes));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HttpError(400, `/${issue!.path.join('/')}: ${issue!.message}`);
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decodeLogs(bytes);
  } catch (error) {
    throw new HttpError(400, `the body is no ExportLogsServiceRequest: ${(error as Error).message}`);
  }
}

function parsedJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new HttpError(400, `the body is no JSON: ${(error as Error).message}`);
  }
}

/** Of records that name no host: the header's, that of a token for one host, or (where nobody needs a token) this one. */
function hostSaid(request: FastifyRequest, granted: Granted): string | undefined {
  const header = request.headers['x-disprotrack-host'];
  if (typeof header === 'string') return header;
  if (granted === anyone) return hostname();
  const [host, ...others] = granted.hosts;
  return others.length === 0 && host !== '*' ? host : undefined;
}

function refusalStatus(reasons: ReadonlySet<string>): number {
  return [...reasons].some((reason) => reason.startsWith('the token')) ? 403 : 400;
}

function answerStatus(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  onFailure?: (error: unknown) => void,
): FastifyReply {
  const { status, detail } = problemOf(error, errorMeaning);
  if (status >= 500) onFailure?.(error);
  tellWhen(error, status, reply);
  reply.status(status);
  const told: OtlpStatus = { code: codes.get(status) ?? 2, message: detail };
  if (isProtobuf(request)) return reply.type(protobuf).send(Buffer.from(encodeStatus(told)));
  return reply.type(json).send(told);
}

/** Of google.rpc.Code. */
const codes = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [413, 3],
  [415, 3],
  [429, 8],
  [500, 13],
  [503, 14],
]);

function send(request: FastifyRequest, reply: FastifyReply, status: 200, answer: OtlpAnswer): FastifyReply {
  if (isProtobuf(request))
    return reply
      .status(status)
      .type(protobuf)
      .send(Buffer.from(encodeAnswer(answer)));
  return reply.status(status).type(json).send(answer);
}

function isProtobuf({ headers }: FastifyRequest): boolean {
  return (headers['content-type'] ?? '').trim().toLowerCase().startsWith(protobuf);
}
