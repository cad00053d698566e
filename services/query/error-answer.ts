/** The one place where an error becomes an HTTP answer: problem+json. */
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type Problem, problem } from '../contract/problem.ts';
import { StoreError } from '../core/graph-store.ts';
import { SymptomError } from '../core/trace/symptom/symptom.ts';

export function answerError(
  error: unknown,
  reply: FastifyReply,
  onFailure?: (error: unknown) => void,
): FastifyReply {
  const answer = problemOf(error);
  if (answer.status >= 500) onFailure?.(error);
  if (answer.status === 401) reply.header('www-authenticate', 'Bearer');
  const { retry_s } = error as { retry_s?: number };
  if (retry_s !== undefined) reply.header('retry-after', String(retry_s));
  return reply.status(answer.status).type('application/problem+json').send(answer);
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

function problemOf(error: unknown): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map((v) => ({
      path: v.instancePath === '' ? '/' : v.instancePath,
      message: v.message ?? 'is wrong',
    }));
    return problem(422, 'the request does not fit its schema', problems);
  }
  if (error instanceof SymptomError)
    return problem(422, 'the symptom can mean nothing', [{ path: '/symptom', message: error.message }]);
  if (error instanceof StoreError)
    return problem(503, error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return problem(status, (error as Error).message);
  return problem(500, 'an error that the service did not expect; its log has it');
}
