/** What a request may do by its token. It must not know which routes there are. */
import type { FastifyRequest } from 'fastify';
import { type Access, type Granted, isRefused } from '../access.ts';
import type { Scope } from '../tokens.ts';
import { HttpError } from './http-error.ts';

/** Rejects with HttpError 401 and 403. */
export async function granted(access: Access, request: FastifyRequest, scope: Scope): Promise<Granted> {
  const answer = await access.grant(request.headers.authorization, scope);
  if (isRefused(answer)) throw new HttpError(answer.status, answer.detail);
  return answer;
}
