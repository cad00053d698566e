/** The questions: why did this happen, what did it touch, what led to it. Only shapes and the call; no answering. */
import { ImpactRequest, TraceAnswer, TraceRequest, WhyAnswer, WhyRequest } from '../../contract/why.ts';
import type { GraphReader } from '../../core/graph-store.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import { problemAnswers } from '../problem-answers.ts';
import { answerTrace, answerWhy } from '../why.ts';

const errors = problemAnswers(400, 401, 403, 413, 415, 422, 429, 500, 503);

export function whyRoutes(app: Routes, reader: GraphReader, time_ms_max?: number): void {
  const options = time_ms_max === undefined ? {} : { time_ms_max };
  app.post(
    '/v1/root-causes',
    {
      schema: {
        operationId: 'askRootCauses',
        tags: ['questions'],
        summary: 'Ranked root causes of a symptom',
        description: 'docs/RANKING.md says how they are ranked, and what the marks mean.',
        body: WhyRequest,
        response: { 200: WhyAnswer, ...errors },
      },
    },
    (request) => answerWhy(reader, request.body, options),
  );
  app.post(
    '/v1/impact',
    {
      schema: {
        operationId: 'askImpact',
        tags: ['questions'],
        summary: 'What a cause touched',
        body: ImpactRequest,
        response: { 200: TraceAnswer, ...errors },
      },
    },
    (request) => answerTrace(reader, { ...request.body, direction: 'forward' }, options),
  );
  app.post(
    '/v1/traces',
    {
      schema: {
        operationId: 'askTrace',
        tags: ['questions'],
        summary: 'All that led to a symptom, or all that it touched',
        body: TraceRequest,
        response: { 200: TraceAnswer, ...errors },
      },
    },
    (request) => answerTrace(reader, request.body, options),
  );
}
