/** The two questions: why did this happen, and what led to it or came of it. Only shapes and the call; no answering. */

import { TraceAnswer, TraceRequest, WhyAnswer, WhyRequest } from '../../contract/why.ts';
import type { GraphReader } from '../../core/graph-store.ts';
import type { QueryApp } from '../app.ts';
import { problemAnswers } from '../problem-answers.ts';
import { answerTrace, answerWhy } from '../why.ts';

export function whyRoutes(app: QueryApp, reader: GraphReader, time_ms_max?: number): void {
  const options = time_ms_max === undefined ? {} : { time_ms_max };
  const errors = problemAnswers(400, 401, 403, 413, 415, 422, 429, 500, 503);
  app.post(
    '/v1/root-causes',
    {
      schema: {
        summary: 'Ranked root causes of a symptom',
        body: WhyRequest,
        response: { 200: WhyAnswer, ...errors },
      },
    },
    (request) => answerWhy(reader, request.body, options),
  );
  app.post(
    '/v1/traces',
    {
      schema: {
        summary: 'What led to a symptom, or what it touched',
        body: TraceRequest,
        response: { 200: TraceAnswer, ...errors },
      },
    },
    (request) => answerTrace(reader, request.body, options),
  );
}
