/** The whole graph as text, piece by piece, in one of the formats that other tools read. */
import { edgeAnswer, vertexAnswer } from '../../contract/graph-answer.ts';
import type { GraphReader } from '../../core/graph-store.ts';
import { dotFormat } from './dot-format.ts';
import { graphmlFormat } from './graphml-format.ts';

export const exportFormats = ['json', 'dot', 'graphml'] as const;
export type ExportFormat = (typeof exportFormats)[number];

type VertexText = ReturnType<typeof vertexAnswer>;
type EdgeText = ReturnType<typeof edgeAnswer>;

/** How a format writes the pieces of a graph. */
export interface GraphFormat {
  readonly begin: string;
  vertex(v: VertexText, first: boolean): string;
  readonly between: string;
  edge(e: EdgeText, first: boolean): string;
  readonly end: string;
}

const jsonFormat: GraphFormat = {
  begin: '{"vertices":[',
  vertex: (v, first) => `${first ? '' : ','}\n${JSON.stringify(v)}`,
  between: '\n],"edges":[',
  edge: (e, first) => `${first ? '' : ','}\n${JSON.stringify(e)}`,
  end: '\n]}\n',
};

const formats: Record<ExportFormat, GraphFormat> = {
  json: jsonFormat,
  dot: dotFormat,
  graphml: graphmlFormat,
};

export async function* exportGraph(reader: GraphReader, format: ExportFormat): AsyncGenerator<string> {
  const f = formats[format];
  yield f.begin;
  let first = true;
  for await (const v of reader.allVertices()) {
    yield f.vertex(vertexAnswer(v), first);
    first = false;
  }
  yield f.between;
  first = true;
  for await (const e of reader.allEdges()) {
    yield f.edge(edgeAnswer(e), first);
    first = false;
  }
  yield f.end;
}
