/** A body of a media type that its route does not take: the answer says which it takes. It must not know any route. */
import type { FastifyRequest } from 'fastify';
import { HttpError } from './http-error.ts';

/** The error itself, where it is another one. */
export function untakenType(error: unknown, request: FastifyRequest): unknown {
  if ((error as { code?: unknown }).code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return error;
  return noBodyOf(request.headers['content-type'], request.routeOptions.schema?.consumes);
}

export function noBodyOf(
  contentType: string | undefined,
  taken: readonly string[] = ['application/json'],
): HttpError {
  const what = contentType === undefined || contentType === '' ? 'of no type' : contentType;
  return new HttpError(415, `no body can be ${what}; it can be ${taken.join(', ')}`);
}
