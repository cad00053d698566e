/** One vertex, its neighbours, and what is special of a unit: its common log. */
import { z } from 'zod';
import { Neighbours, NeighboursQuery, VertexDetail } from '../../contract/browse.ts';
import { vertexAnswer } from '../../contract/graph-answer.ts';
import { UnitAnswer } from '../../contract/units.ts';
import type { GraphReader } from '../../core/graph-store.ts';
import { unitLogs } from '../../core/trace/common-log.ts';
import type { Routes } from '../../runtime/http/service-app.ts';
import { neighbours } from '../browse/neighbours.ts';
import { problemAnswers } from '../problem-answers.ts';
import { unitAnswer } from '../unit-answer.ts';
import { knownVertex } from './known-vertex.ts';

const params = z.object({ id: z.string().min(1).describe('id of a vertex, as answers give it') });
const errors = problemAnswers(400, 401, 403, 404, 414, 422, 429, 431, 500, 503);

export function vertexRoute(app: Routes, reader: GraphReader): void {
  app.get(
    '/v1/vertices/:id',
    {
      schema: {
        operationId: 'getVertex',
        tags: ['graph'],
        summary: 'A vertex with its properties',
        params,
        response: { 200: VertexDetail, ...errors },
      },
    },
    async ({ params: { id } }) => {
      const vertex = await knownVertex(reader, id);
      const [degrees] = await reader.degrees([id]);
      const { terms, properties } = vertex;
      return {
        vertex: vertexAnswer(vertex),
        terms: [...terms],
        properties: { ...properties },
        ...degrees!,
      };
    },
  );
  app.get(
    '/v1/vertices/:id/neighbours',
    {
      schema: {
        operationId: 'getNeighbours',
        tags: ['graph'],
        summary: 'Edges of a vertex one way, by the page',
        params,
        querystring: NeighboursQuery,
        response: { 200: Neighbours, ...errors },
      },
    },
    async ({ params: { id }, query: { direction, ...page } }) => {
      await knownVertex(reader, id);
      return await neighbours(reader, id, direction, page);
    },
  );
  app.get(
    '/v1/units/:id',
    {
      schema: {
        operationId: 'getUnit',
        tags: ['graph'],
        summary: 'An execution unit with its common log',
        params,
        response: { 200: UnitAnswer, ...errors },
      },
    },
    async ({ params: { id } }) => {
      const [log] = await unitLogs(reader, [await knownVertex(reader, id)]);
      return unitAnswer(log!);
    },
  );
}
