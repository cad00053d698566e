/** How a form writes the pieces of a graph, one after the other; and a graph that is in memory, written whole. */
import type { EdgeAnswer, VertexAnswer } from '../../contract/graph.ts';

export interface GraphFormat {
  readonly begin: string;
  vertex(v: VertexAnswer, first: boolean): string;
  readonly between: string;
  edge(e: EdgeAnswer, first: boolean): string;
  readonly end: string;
}

export function graphText(
  graph: { readonly vertices: readonly VertexAnswer[]; readonly edges: readonly EdgeAnswer[] },
  format: GraphFormat,
): string {
  const vertices = graph.vertices.map((v, i) => format.vertex(v, i === 0));
  const edges = graph.edges.map((e, i) => format.edge(e, i === 0));
  return [format.begin, ...vertices, format.between, ...edges, format.end].join('');
}
