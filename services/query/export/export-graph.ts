/** A graph as text, piece by piece, in one of the forms that other tools read. */
import { edgeAnswer, vertexAnswer } from '../../contract/graph-answer.ts';
import { dotFormat } from './dot-format.ts';
import type { GraphSource } from './graph-source.ts';
import type { GraphFormat } from './graph-text.ts';
import { graphmlFormat } from './graphml-format.ts';
import { ocsfEvents } from './ocsf-events.ts';
import { otelSpans } from './otel-spans.ts';
import { provJson } from './prov-json.ts';

/** The header that says how many vertices the graph has: 0 where nothing is what was asked for. */
export const exportedVertices = 'x-disprotrack-vertices';

export const exportFormats = ['json', 'dot', 'graphml', 'prov-json', 'ocsf', 'otel'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const mediaTypes: Record<ExportFormat, string> = {
  json: 'application/json',
  dot: 'text/vnd.graphviz',
  graphml: 'application/graphml+xml',
  'prov-json': 'application/json',
  ocsf: 'application/x-ndjson',
  otel: 'application/json',
};

const jsonFormat: GraphFormat = {
  begin: '{"vertices":[',
  vertex: (v, first) => `${first ? '' : ','}\n${JSON.stringify(v)}`,
  between: '\n],"edges":[',
  edge: (e, first) => `${first ? '' : ','}\n${JSON.stringify(e)}`,
  end: '\n]}\n',
};

const writers: Record<ExportFormat, (source: GraphSource) => AsyncGenerator<string>> = {
  json: (source) => written(source, jsonFormat),
  dot: (source) => written(source, dotFormat),
  graphml: (source) => written(source, graphmlFormat),
  'prov-json': provJson,
  ocsf: ocsfEvents,
  otel: otelSpans,
};

export function exportGraph(source: GraphSource, format: ExportFormat): AsyncGenerator<string> {
  return writers[format](source);
}

async function* written(source: GraphSource, format: GraphFormat): AsyncGenerator<string> {
  yield format.begin;
  let first = true;
  for await (const v of source.vertices()) {
    yield format.vertex(vertexAnswer(v), first);
    first = false;
  }
  yield format.between;
  first = true;
  for await (const e of source.edges()) {
    yield format.edge(edgeAnswer(e), first);
    first = false;
  }
  yield format.end;
}
