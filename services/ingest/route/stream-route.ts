/** Says how far a stream was taken, for an agent that begins anew. */
import { StreamAnswer, StreamParameters } from '../../contract/batch.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import { mustSpeakFor } from '../batch-admission.ts';
import type { IngestAppOptions } from '../options.ts';
import { problemAnswers } from '../problem-answers.ts';
import { grantedTo, needsToken } from '../request-access.ts';

export function streamRoute(app: Routes, { queue, access }: IngestAppOptions): void {
  app.get(
    '/v1/streams/:host/:boot/:source',
    {
      onRequest: [needsToken(access, 'agent')],
      schema: {
        summary: 'The record that a stream wants next: 0 where nothing of it was ever accepted',
        params: StreamParameters,
        response: { 200: StreamAnswer, ...problemAnswers(401, 403, 422, 500, 503) },
      },
    },
    async (request) => {
      mustSpeakFor(grantedTo(request), request.params.host);
      const next = await queue.next(request.params);
      return { next: String(next ?? 0n) };
    },
  );
}
