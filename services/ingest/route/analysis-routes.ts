/** Orders for the analysis of programs, and those that could not be: an operator's. It must not know the analyser. */
import { z } from 'zod';
import {
  AnalysisLetterAnswer,
  AnalysisLetterList,
  AnalysisList,
  AnalysisOrderAnswer,
  AnalysisOrderBody,
  letterAnswer,
  orderAnswer,
} from '../../contract/analysis-order.ts';
import { DeadLetterParameters } from '../../contract/dead-letter.ts';
import type { AnalysisQueue } from '../../core/analysis-queue.ts';
import { HttpError } from '../../runtime/http/http-error.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import type { IngestAppOptions } from '../options.ts';
import { problemAnswers } from '../problem-answers.ts';
import { needsToken } from '../request-access.ts';

const order_bytes_max = 1 << 20;
const letters = '/v1/analyses/dead-letters';
const Done = z.strictObject({ id: z.string() });
const errors = problemAnswers(401, 403, 404, 500, 503);

type Hooks = ReturnType<typeof needsToken>[];

export function analysisRoutes(app: Routes, { analyses, access }: IngestAppOptions): void {
  const onRequest = [needsToken(access, 'operator')];
  const queue = (): AnalysisQueue => {
    if (analyses === undefined)
      throw new HttpError(404, 'this service takes no orders for analyses: start it with --analyse');
    return analyses;
  };
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: order_bytes_max },
    app.getDefaultJsonParser('error', 'error'),
  );

  app.post(
    '/v1/analyses',
    {
      onRequest,
      schema: {
        summary: 'Has a program analysed; its profile is then in the registry',
        body: AnalysisOrderBody,
        response: {
          202: AnalysisOrderAnswer,
          409: AnalysisOrderAnswer,
          ...problemAnswers(400, 413, 422, 429),
          ...errors,
        },
      },
    },
    async (request, reply) => {
      const answer = await queue().order(request.body);
      return reply.status(answer.state === 'dead' ? 409 : 202).send(answer);
    },
  );

  app.get(
    '/v1/analyses',
    {
      onRequest,
      schema: {
        summary: 'What waits to be analysed or is in hand, oldest first',
        response: { 200: AnalysisList, ...errors },
      },
    },
    async () => ({ analyses: (await queue().waiting()).map(orderAnswer) }),
  );

  letterRoutes(app, queue, onRequest);
}

function letterRoutes(app: Routes, queue: () => AnalysisQueue, onRequest: Hooks): void {
  const one = { params: DeadLetterParameters };

  app.get(
    letters,
    {
      onRequest,
      schema: {
        summary: 'Orders that could not be met, oldest first',
        response: { 200: AnalysisLetterList, ...errors },
      },
    },
    async () => ({ deadLetters: (await queue().deadLetters()).map(letterAnswer) }),
  );

  app.get(
    `${letters}/:id`,
    {
      onRequest,
      schema: { summary: 'One of them', ...one, response: { 200: AnalysisLetterAnswer, ...errors } },
    },
    async ({ params: { id } }) => {
      const letter = (await queue().deadLetters()).find((each) => each.id === id);
      if (letter === undefined) throw missing(id);
      return letterAnswer(letter);
    },
  );

  app.post(
    `${letters}/:id/replay`,
    { onRequest, schema: { summary: 'Orders it anew', ...one, response: { 202: Done, ...errors } } },
    async ({ params: { id } }, reply) => {
      if (!(await queue().replay(id))) throw missing(id);
      return reply.status(202).send({ id });
    },
  );

  app.delete(
    `${letters}/:id`,
    { onRequest, schema: { summary: 'Forgets it for good', ...one, response: { 200: Done, ...errors } } },
    async ({ params: { id } }) => {
      if (!(await queue().discard(id))) throw missing(id);
      return { id };
    },
  );
}

function missing(id: string): HttpError {
  return new HttpError(404, `no dead letter ${id}`);
}
