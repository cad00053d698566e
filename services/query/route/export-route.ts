/** The whole graph, streamed. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { GraphReader } from '../../core/graph-store.ts';
import type { QueryApp } from '../app.ts';
import { exportFormats, exportGraph } from '../export/export-graph.ts';
import { problemAnswers } from '../problem-answers.ts';

const mediaTypes = { json: 'application/json', dot: 'text/vnd.graphviz', graphml: 'application/graphml+xml' };

const wholeGraph = {
  description: 'the graph as a stream, in the form that was asked for',
  content: Object.fromEntries(Object.values(mediaTypes).map((type) => [type, { schema: z.any() }])),
};

export function exportRoute(app: QueryApp, reader: GraphReader): void {
  app.get(
    '/v1/export',
    {
      schema: {
        summary: 'The whole graph',
        querystring: z.object({ format: z.enum(exportFormats).default('json') }),
        response: { 200: wholeGraph, ...problemAnswers(401, 403, 422, 429, 500, 503) },
      },
    },
    (request, reply) => {
      const { format } = request.query;
      return reply.type(mediaTypes[format]).send(Readable.from(exportGraph(reader, format)));
    },
  );
}
