/** What an export writes: the whole store, or what an answer to a question is about. */
import { answerVertices } from '../../contract/question.ts';
import type { Edge, GraphReader, Vertex } from '../../core/graph-store.ts';
import { answerGraph } from '../../core/trace/answer-graph.ts';
import type { Symptom } from '../../core/trace/symptom/symptom.ts';
import type { AnswerOptions } from '../investigation.ts';
import { investigateCauses } from '../root-cause-part.ts';

/** May be gone through several times. */
export interface GraphSource {
  vertices(): AsyncIterable<Vertex>;
  edges(): AsyncIterable<Edge>;
  /** Known ones among `ids`. */
  named(ids: readonly string[]): Promise<Vertex[]>;
}

const top = 5;

export function wholeStore(reader: GraphReader): GraphSource {
  return {
    vertices: () => reader.allVertices(),
    edges: () => reader.allEdges(),
    named: (ids) => reader.vertices(ids),
  };
}

export interface AnswerSource extends GraphSource {
  /** What the symptom was taken for. */
  readonly symptom: Symptom;
}

/** The graph that an answer about the root causes of `input` shows, with times as it has them. */
export async function answerSource(
  reader: GraphReader,
  input: string,
  options: AnswerOptions = {},
): Promise<AnswerSource> {
  const vertices_max = answerVertices.default;
  const { view, starts, causes, symptom } = await investigateCauses(
    reader,
    { symptom: input, top, vertices: vertices_max },
    options,
  );
  const paths = causes.slice(0, top).map(({ path }) => path);
  const asked = starts.map(({ vertex }) => vertex);
  const graph = answerGraph(view, asked, paths, vertices_max);
  const vertices = [...graph.vertices].sort().flatMap((id) => view.vertices.get(id) ?? []);
  return {
    symptom,
    async *vertices() {
      yield* vertices;
    },
    async *edges() {
      for (const { from, to, op, first, last, count, bytes } of graph.edges) {
        yield { from, to, op, first, last, count, bytes };
      }
    },
    named: async (ids) => ids.flatMap((id) => view.vertices.get(id) ?? []),
  };
}
