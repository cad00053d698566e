/** Who may ask: a token for questions opens every route but those that say in their `config` that they are open. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Access, isRefused } from '../runtime/access.ts';
import { RateLimit, type RateLimitOptions } from '../runtime/rate-limit.ts';
import type { Scope } from '../runtime/tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no token: it tells nothing of what was recorded. */
    isOpen?: boolean;
    /** Of the token that it needs; `query` by default. */
    scope?: Scope;
  }
}

/** A request that is refused before it is read, as the error handler takes it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly statusCode: number;
  readonly retry_s: number | undefined;
  constructor(status: number, detail: string, retry_s?: number) {
    super(detail);
    this.statusCode = status;
    this.retry_s = retry_s;
  }
}

const defaultRate = { perSecond: 50, burst: 200 };

export function requireTokens(app: FastifyInstance, access: Access, rate?: RateLimitOptions): void {
  const limit = new RateLimit(rate ?? defaultRate);
  app.addHook('onRequest', async (request: FastifyRequest) => {
    const { config } = request.routeOptions;
    if (config.isOpen) return;
    const answer = await access.grant(request.headers.authorization, config.scope ?? 'query');
    if (isRefused(answer)) throw new Refusal(answer.status, answer.detail);
    const wait_s = limit.take(answer.name);
    if (wait_s > 0) throw new Refusal(429, 'too many questions', wait_s);
  });
}
