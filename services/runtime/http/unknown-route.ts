/** What is asked for that no route answers: another method than a path has, or no path of ours. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../../contract/problem.ts';
import { answerProblem } from './error-answer.ts';

/** Before any route is added, so that it sees them all. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    methods.set(url, known);
  });
  // Before a body is looked at: some methods would be refused for having none.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return answer(request, reply, methods);
  });
}

function answer(
  { method, url }: FastifyRequest,
  reply: FastifyReply,
  methods: ReadonlyMap<string, ReadonlySet<string>>,
): FastifyReply {
  const path = url.split('?')[0]!;
  const known = [...methods].find(([pattern]) => fits(pattern, path))?.[1];
  const answer =
    known === undefined
      ? problem(404, `no route ${method} ${url}; GET /openapi.json lists them`)
      : problem(405, `${path} answers to ${[...known].join(', ')} alone`);
  if (known !== undefined) reply.header('allow', [...known].join(', '));
  return answerProblem(reply, answer);
}

function fits(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, i) => part.startsWith(':') || part === given[i])
  );
}
