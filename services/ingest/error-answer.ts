/** The one place where an error becomes an HTTP answer: problem+json. */
import type { FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type Problem, problem } from '../contract/problem.ts';
import { QueueError } from '../core/batch-queue.ts';
import { DecompressError } from '../runtime/decompress.ts';

/** A request that can't be done, with the answer that says why. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly problem: Problem;
  readonly retry_s: number | undefined;
  constructor(
    status: number,
    detail: string,
    more: { problems?: Problem['problems']; retry_s?: number } = {},
  ) {
    super(detail);
    this.problem = problem(status, detail, more.problems);
    this.retry_s = more.retry_s;
  }
}

/** After which a sender may try again: the queue empties by seconds. */
const retry_s = 2;

export function answerError(
  error: unknown,
  reply: FastifyReply,
  onFailure?: (error: unknown) => void,
): FastifyReply {
  const answer = problemOf(error);
  if (answer.status >= 500) onFailure?.(error);
  tellWhen(error, answer.status, reply);
  return reply.status(answer.status).type('application/problem+json').send(answer);
}

/** The headers that go with a refusal: what is needed, or when to come again. */
export function tellWhen(error: unknown, status: number, reply: FastifyReply): void {
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 429 || status === 503)
    reply.header('retry-after', String((error as { retry_s?: number }).retry_s ?? retry_s));
}

export function problemOf(error: unknown): Problem {
  if (error instanceof RequestError) return error.problem;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map((v) => ({
      path: v.instancePath === '' ? '/' : v.instancePath,
      message: v.message ?? 'is wrong',
    }));
    return problem(422, 'the request does not fit its schema', problems);
  }
  if (error instanceof QueueError)
    return problem(
      error.code === 'full' ? 429 : error.code === 'late' ? 409 : 503,
      error.hint === undefined ? error.message : `${error.message}; ${error.hint}`,
    );
  if (error instanceof DecompressError)
    return problem(error.code === 'too-large' ? 413 : 400, `the body: ${error.message}`);
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return problem(status, (error as Error).message);
  return problem(500, 'an error that the service did not expect; its log has it');
}
