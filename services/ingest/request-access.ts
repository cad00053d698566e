/** Access of requests: a hook for each scope that answers 401 or 403, before a body is read. */
import type { FastifyRequest } from 'fastify';
import type { Access, Granted } from '../runtime/access.ts';
import { granted } from '../runtime/http/granted.ts';
import type { Scope } from '../runtime/tokens.ts';

const grants = new WeakMap<FastifyRequest, Granted>();

export function needsToken(access: Access, scope: Scope): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    grants.set(request, await granted(access, request, scope));
  };
}

/** Only in a route that needs a token. */
export function grantedTo(request: FastifyRequest): Granted {
  return grants.get(request)!;
}
