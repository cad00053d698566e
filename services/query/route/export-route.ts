/** The whole graph, or that of an answer, streamed. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { QuerySymptom } from '../../contract/why.ts';
import type { GraphReader } from '../../core/graph-store.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import { exportedVertices, exportFormats, exportGraph, mediaTypes } from '../export/export-graph.ts';
import { answerSource, wholeStore } from '../export/graph-source.ts';
import { problemAnswers } from '../problem-answers.ts';

const graph = {
  description: `the graph as a stream, in the form that was asked for; the header ${exportedVertices} says how many vertices it has`,
  content: Object.fromEntries(Object.values(mediaTypes).map((type) => [type, { schema: z.any() }])),
};

export function exportRoute(app: Routes, reader: GraphReader, time_ms_max?: number): void {
  const options = time_ms_max === undefined ? {} : { time_ms_max };
  app.get(
    '/v1/export',
    {
      schema: {
        operationId: 'exportGraph',
        tags: ['graph'],
        summary: 'The whole graph, or that of an answer',
        description:
          'JSON, Graphviz DOT, GraphML, W3C PROV-JSON, events of OCSF (a line of JSON for each), or spans of OpenTelemetry (OTLP as JSON).',
        querystring: z.object({
          format: z.enum(exportFormats).default('json'),
          symptom: QuerySymptom.optional().describe('only what an answer about its root causes shows'),
        }),
        response: { 200: graph, ...problemAnswers(401, 403, 422, 429, 431, 500, 503) },
      },
    },
    async ({ query: { format, symptom } }, reply) => {
      const source =
        symptom === undefined ? wholeStore(reader) : await answerSource(reader, symptom, options);
      reply.header(exportedVertices, await source.count());
      return reply.type(mediaTypes[format]).send(Readable.from(exportGraph(source, format)));
    },
  );
}
