/** The one place where an error becomes an HTTP answer: problem+json. It must not know what a service is for. */
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type Problem, problem } from '../../contract/problem.ts';
import { HttpError } from './http-error.ts';

/** What a service's own errors mean to who asked; undefined for what is not of them. */
export type Meaning = (error: unknown) => Problem | undefined;

/** After which a sender may try again where nothing else is said: queues empty and stores come back by seconds. */
const retry_s = 2;

/** `onFailure` is told of what is no fault of who asked. */
export function answerError(
  error: unknown,
  reply: FastifyReply,
  meaning: Meaning,
  onFailure: (error: unknown) => void,
): FastifyReply {
  const answer = problemOf(error, meaning);
  if (answer.status >= 500) onFailure(error);
  tellWhen(error, answer.status, reply);
  return answerProblem(reply, answer);
}

export function answerProblem(reply: FastifyReply, answer: Problem): FastifyReply {
  return reply.status(answer.status).type('application/problem+json').send(answer);
}

/** The headers that go with a refusal: what is needed, or when to come again. */
export function tellWhen(error: unknown, status: number, reply: FastifyReply): void {
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status !== 429 && status !== 503) return;
  reply.header('retry-after', String((error instanceof HttpError ? error.retry_s : undefined) ?? retry_s));
}

export function problemOf(error: unknown, meaning: Meaning): Problem {
  if (error instanceof HttpError) return error.problem;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map((v) => ({
      path: v.instancePath === '' ? '/' : v.instancePath,
      message: v.message ?? 'is wrong',
    }));
    return problem(422, 'the request does not fit its schema', problems);
  }
  const meant = meaning(error);
  if (meant !== undefined) return meant;
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return problem(status, (error as Error).message);
  return problem(500, 'an error that the service did not expect; its log has it');
}

/** What is no HTTP request, or one whose head is too large, comes to no route: the answer is written as it goes out. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const answer = problem(status, status === 431 ? 'the address or a header is too long' : 'no HTTP request');
  const body = JSON.stringify(answer);
  const head = `HTTP/1.1 ${status} ${answer.title}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
  socket.end(head + body);
}
