/** What an export writes: the whole store, or what an answer to a question is about. */
import { answerVertices } from '../../contract/question.ts';
import type { Edge, GraphReader, Vertex } from '../../core/graph-store.ts';
import { answerGraph } from '../../core/trace/answer-graph.ts';
import type { AnswerOptions } from '../investigation.ts';
import { investigateCauses } from '../root-cause-part.ts';

/** May be gone through several times. */
export interface GraphSource {
  vertices(): AsyncIterable<Vertex>;
  edges(): AsyncIterable<Edge>;
  /** Of vertices. */
  count(): Promise<number>;
  /** Known ones among `ids`. */
  named(ids: readonly string[]): Promise<Vertex[]>;
}

const top = 5;

export function wholeStore(reader: GraphReader): GraphSource {
  return {
    vertices: () => reader.allVertices(),
    edges: () => reader.allEdges(),
    count: async () => (await reader.counts()).vertices,
    named: (ids) => reader.vertices(ids),
  };
}

/** The graph that an answer about the root causes of `symptom` shows, with times as it has them. */
export async function answerSource(
  reader: GraphReader,
  symptom: string,
  options: AnswerOptions = {},
): Promise<GraphSource> {
  const vertices_max = answerVertices.default;
  const { view, starts, causes } = await investigateCauses(
    reader,
    { symptom, top, vertices: vertices_max },
    options,
  );
  const paths = causes.slice(0, top).map(({ path }) => path);
  const asked = starts.map(({ vertex }) => vertex);
  const graph = answerGraph(view, asked, paths, vertices_max);
  const vertices = [...graph.vertices].sort().flatMap((id) => view.vertices.get(id) ?? []);
  return {
    async *vertices() {
      yield* vertices;
    },
    async *edges() {
      for (const { from, to, op, first, last, count, bytes } of graph.edges) {
        yield { from, to, op, first, last, count, bytes };
      }
    },
    count: async () => vertices.length,
    named: async (ids) => ids.flatMap((id) => view.vertices.get(id) ?? []),
  };
}
