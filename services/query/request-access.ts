/** Who may ask: a token for questions opens every route but those that say in their `config` that they are open. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../runtime/access.ts';
import { granted } from '../runtime/http/granted.ts';
import { HttpError } from '../runtime/http/http-error.ts';
import { RateLimit, type RateLimitOptions } from '../runtime/http/rate-limit.ts';
import type { Scope } from '../runtime/tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no token: it tells nothing of what was recorded. */
    isOpen?: boolean;
    /** Of the token that it needs; `query` by default. */
    scope?: Scope;
  }
}

const defaultRate = { perSecond: 50, burst: 200 };

export function requireTokens(app: FastifyInstance, access: Access, rate?: RateLimitOptions): void {
  const limit = new RateLimit(rate ?? defaultRate);
  app.addHook('onRequest', async (request: FastifyRequest) => {
    const { config } = request.routeOptions;
    if (config.isOpen) return;
    const { name } = await granted(access, request, config.scope ?? 'query');
    const wait_s = limit.take(name);
    if (wait_s > 0) throw new HttpError(429, 'too many questions', { retry_s: wait_s });
  });
}
