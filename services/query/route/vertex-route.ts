/** One vertex with its properties and its neighbours. */
import { z } from 'zod';
import { EdgeAnswer, VertexAnswer } from '../../contract/graph.ts';
import { edgeAnswer, vertexAnswer } from '../../contract/graph-answer.ts';
import type { GraphReader } from '../../core/graph-store.ts';
import { beginningOfTime, endOfTime } from '../../core/trace/traversal.ts';
import type { QueryApp } from '../app.ts';
import { problemAnswers } from '../problem-answers.ts';

const edges_max = 100;

const VertexDetail = z.strictObject({
  vertex: VertexAnswer,
  properties: z.record(z.string(), z.union([z.string(), z.number()])),
  into: z.array(EdgeAnswer).describe(`newest first, at most ${edges_max}`),
  outOf: z.array(EdgeAnswer).describe(`oldest first, at most ${edges_max}`),
});

export function vertexRoute(app: QueryApp, reader: GraphReader): void {
  app.get(
    '/v1/vertices/:id',
    {
      schema: {
        summary: 'A vertex and its edges',
        params: z.object({ id: z.string() }),
        response: { 200: VertexDetail, ...problemAnswers(401, 403, 404, 429, 500, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const [vertex] = await reader.vertices([id]);
      if (vertex === undefined) {
        const detail = `no vertex ${id}`;
        reply.status(404).type('application/problem+json');
        return { type: 'about:blank', title: 'Not Found', status: 404, detail };
      }
      const all = [{ vertex: id, since: beginningOfTime, until: endOfTime }];
      const into = await reader.edgesInto(all, edges_max);
      const outOf = await reader.edgesOutOf(all, edges_max);
      return {
        vertex: vertexAnswer(vertex),
        properties: { ...vertex.properties },
        into: into.edges.map(edgeAnswer),
        outOf: outOf.edges.map(edgeAnswer),
      };
    },
  );
}
