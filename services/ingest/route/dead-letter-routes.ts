/** An operator's look at batches that could not be folded. */
import { z } from 'zod';
import {
  DeadLetterAnswer,
  DeadLetterList,
  DeadLetterParameters,
  deadLetterAnswer,
} from '../../contract/dead-letter.ts';
import type { BatchQueue } from '../../core/batch-queue.ts';
import { HttpError } from '../../runtime/http/http-error.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import type { IngestAppOptions } from '../options.ts';
import { problemAnswers } from '../problem-answers.ts';
import { needsToken } from '../request-access.ts';

const Done = z.strictObject({ id: z.string() });
const body = {
  description: 'the batch’s body as it came, in its encoding',
  content: { 'application/octet-stream': { schema: z.any() } },
};

const path = '/v1/dead-letters/:id';
const one = { params: DeadLetterParameters };

type Hooks = ReturnType<typeof needsToken>[];

export function deadLetterRoutes(app: Routes, { queue, access }: IngestAppOptions): void {
  const onRequest = [needsToken(access, 'operator')];
  const errors = problemAnswers(401, 403, 500, 503);

  app.get(
    '/v1/dead-letters',
    {
      onRequest,
      schema: {
        summary: 'Batches that could not be folded, oldest first',
        response: { 200: DeadLetterList, ...errors },
      },
    },
    async () => ({ deadLetters: (await queue.deadLetters()).map(deadLetterAnswer) }),
  );

  app.get(
    path,
    {
      onRequest,
      schema: {
        summary: 'One of them',
        ...one,
        response: { 200: DeadLetterAnswer, ...problemAnswers(404), ...errors },
      },
    },
    async (request) =>
      deadLetterAnswer(found(request.params.id, await queue.deadLetter(request.params.id)).letter),
  );

  app.get(
    `${path}/body`,
    {
      onRequest,
      schema: { summary: 'What it held', ...one, response: { 200: body, ...problemAnswers(404), ...errors } },
    },
    async (request, reply) => {
      const { bytes } = found(request.params.id, await queue.deadLetter(request.params.id));
      return reply.type('application/octet-stream').send(bytes);
    },
  );

  deadLetterActions(app, queue, onRequest);
}

function deadLetterActions(app: Routes, queue: BatchQueue, onRequest: Hooks): void {
  const response = problemAnswers(401, 403, 404, 500, 503);
  app.post(
    `${path}/replay`,
    {
      onRequest,
      schema: {
        summary: 'Has it folded again, behind what waits of its host',
        ...one,
        response: { 202: Done, ...response },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      found(id, (await queue.replay(id)) || undefined);
      return reply.status(202).send({ id });
    },
  );

  app.delete(
    path,
    {
      onRequest,
      schema: {
        summary: 'Forgets it for good',
        ...one,
        response: { 200: Done, ...response },
      },
    },
    async (request) => {
      const { id } = request.params;
      found(id, (await queue.discard(id)) || undefined);
      return { id };
    },
  );
}

function found<T>(id: string, letter: T | undefined): T {
  if (letter === undefined) throw new HttpError(404, `no dead letter ${id}`);
  return letter;
}
