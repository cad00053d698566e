/** Which requests with a body are read at all, whichever door they come to: by rate, by number at a time, by host and tenant of their token. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Access, type Granted, speaksFor } from '../runtime/access.ts';
import { HttpError } from '../runtime/http/http-error.ts';
import { RateLimit, type RateLimitOptions } from '../runtime/http/rate-limit.ts';
import type { Scope } from '../runtime/tokens.ts';
import { grantedTo, needsToken } from './request-access.ts';

/** Batches that are read and checked at a time: so many bodies are in memory. */
const requests_max = 16;
const defaultRate = { perSecond: 100, burst: 400 };

type Answered = (request: FastifyRequest, reply: FastifyReply) => void;

export class BatchAdmission {
  readonly #rate: RateLimit;
  readonly #tenant: string | undefined;
  readonly #reading = new Set<FastifyRequest>();

  /** Of a tenant: requests that name another one are refused. */
  constructor(rate: RateLimitOptions | undefined, tenant: string | undefined) {
    this.#rate = new RateLimit(rate ?? defaultRate);
    this.#tenant = tenant;
  }

  /** Of a route: a token of `scope` opens it, where there is room; `answered` is told how each request ended. */
  hooks(access: Access, scope: Scope, answered: Answered = () => {}) {
    return {
      onRequest: [needsToken(access, scope), async (request: FastifyRequest) => this.#admit(request)],
      onRequestAbort: async (request: FastifyRequest) => this.#done(request),
      onResponse: async (request: FastifyRequest, reply: FastifyReply) => {
        this.#done(request);
        answered(request, reply);
        if (reply.statusCode >= 400) request.log.warn({ status: reply.statusCode }, 'refused');
      },
    };
  }

  /** Throws HttpError 429 and 403. */
  #admit(request: FastifyRequest): void {
    const granted = grantedTo(request);
    const wait_s = this.#rate.take(granted.name);
    if (wait_s > 0) throw new HttpError(429, 'too many requests', { retry_s: wait_s });
    if (this.#reading.size >= requests_max)
      throw new HttpError(429, 'too many batches at once', { retry_s: 1 });
    const host = request.headers['x-disprotrack-host'];
    if (typeof host === 'string') mustSpeakFor(granted, host);
    const tenant = request.headers['x-disprotrack-tenant'] ?? this.#tenant;
    if (tenant !== this.#tenant)
      throw new HttpError(403, `no batches of tenant ${tenant} are taken with this token`);
    this.#reading.add(request);
  }

  #done(request: FastifyRequest): void {
    this.#reading.delete(request);
  }
}

/** Throws HttpError 403. */
export function mustSpeakFor(granted: Granted, host: string): void {
  if (!speaksFor(granted, host)) throw new HttpError(403, `the token does not speak for ${host}`);
}
