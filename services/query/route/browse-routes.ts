/** Looking around without a trace: search, timeline, services. Only shapes and the call; no answering. */
import {
  SearchAnswer,
  SearchQuery,
  ServicesAnswer,
  ServicesQuery,
  TimelineAnswer,
  TimelineQuery,
} from '../../contract/browse.ts';
import type { GraphReader } from '../../core/graph-store.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import { search, timeline } from '../browse/search.ts';
import { services } from '../browse/services.ts';
import { problemAnswers } from '../problem-answers.ts';

const errors = problemAnswers(400, 401, 403, 414, 422, 429, 431, 500, 503);

export function browseRoutes(app: Routes, reader: GraphReader): void {
  app.get(
    '/v1/search',
    {
      schema: {
        operationId: 'search',
        tags: ['graph'],
        summary: 'Vertices that a text can mean, the newest first',
        description: 'The text is a symptom: docs/SYMPTOMS.md has its forms.',
        querystring: SearchQuery,
        response: { 200: SearchAnswer, ...errors },
      },
    },
    ({ query }) => search(reader, query),
  );
  app.get(
    '/v1/timeline',
    {
      schema: {
        operationId: 'getTimeline',
        tags: ['graph'],
        summary: 'What went on with what a text means, in order of time',
        querystring: TimelineQuery,
        response: { 200: TimelineAnswer, ...errors },
      },
    },
    ({ query }) => timeline(reader, query),
  );
  app.get(
    '/v1/services',
    {
      schema: {
        operationId: 'getServices',
        tags: ['graph'],
        summary: 'Who talks to whom',
        description: 'Computed from the newest connections and who was recorded at their ends.',
        querystring: ServicesQuery,
        response: { 200: ServicesAnswer, ...errors },
      },
    },
    ({ query }) => services(reader, query.connections),
  );
}
