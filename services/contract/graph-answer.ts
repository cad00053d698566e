/**
 * Vertices and edges of the store as every answer has them. Apart from their schemas, so that a command line that
 * only answers loads none.
 */
import type { Edge, Vertex } from '../core/graph-store.ts';
import type { EdgeAnswer, VertexAnswer } from './graph.ts';
import { formatTime } from './time-text.ts';

export function vertexAnswer(v: Vertex): VertexAnswer {
  const { id, kind, label, host } = v;
  return { id, kind, label, host, container: v.container ?? null, time: formatTime(v.time) };
}

export function edgeAnswer(e: Edge): EdgeAnswer {
  return { ...e, first: formatTime(e.first), last: formatTime(e.last) };
}
