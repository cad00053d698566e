/** Access of requests: a hook for each scope that answers 401 or 403, before a body is read. */
import type { FastifyRequest } from 'fastify';
import { type Access, type Granted, isRefused } from '../runtime/access.ts';
import { HttpError } from '../runtime/http/http-error.ts';
import type { Scope } from '../runtime/tokens.ts';

const granted = new WeakMap<FastifyRequest, Granted>();

export function needsToken(access: Access, scope: Scope): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const answer = await access.grant(request.headers.authorization, scope);
    if (isRefused(answer)) throw new HttpError(answer.status, answer.detail);
    granted.set(request, answer);
  };
}

/** Only in a route that needs a token. */
export function grantedTo(request: FastifyRequest): Granted {
  return granted.get(request)!;
}
