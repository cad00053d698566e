/**
 * Units as OpenTelemetry spans (OTLP as JSON), so that Tempo or Jaeger show who called whom: a unit's parent is the
 * unit that connected to it; programs that a unit started are its children. A trace has the id that the unit printed,
 * where it printed one of W3C Trace Context.
 */
import { createHash } from 'node:crypto';
import type { Edge, Vertex } from '../../core/graph-store.ts';
import type { GraphSource } from './graph-source.ts';

/** In memory at once; the first in order of id. */
const spans_max = 200_000;
const kind = { internal: 1, server: 2 };

interface Span {
  readonly vertex: Vertex;
  parent: string | undefined;
  end: bigint;
  readonly ops: Map<string, number>;
}

export async function* otelSpans(source: GraphSource): AsyncGenerator<string> {
  const spans = await collected(source);
  const services = Map.groupBy(spans.values(), ({ vertex }) => serviceOf(vertex));
  yield '{"resourceSpans":[';
  let separator = '\n';
  for (const [service, members] of services) {
    const host = members[0]!.vertex.host;
    const resource = { attributes: [attribute('service.name', service), attribute('host.name', host)] };
    yield `${separator}{"resource":${JSON.stringify(resource)},"scopeSpans":[{"scope":{"name":"disprotrack"},"spans":[`;
    for (const [i, span] of members.entries())
      yield `${i === 0 ? '' : ','}\n${JSON.stringify(spanText(span, spans))}`;
    yield ']}]}';
    separator = ',\n';
  }
  yield '\n]}\n';
}

async function collected(source: GraphSource): Promise<Map<string, Span>> {
  const spans = new Map<string, Span>();
  for await (const vertex of source.vertices()) {
    if (vertex.kind !== 'unit' && vertex.kind !== 'process') continue;
    if (spans.size >= spans_max) break;
    spans.set(vertex.id, { vertex, parent: undefined, end: vertex.time, ops: new Map() });
  }
  /** By connection: who connected (or wrote first), and who accepted. */
  const callers = new Map<string, string>();
  const callees = new Map<string, string[]>();
  for await (const edge of source.edges()) {
    extend(spans, edge);
    if (edge.to.startsWith('socket:') && edge.op === 'connect') callers.set(edge.to, edge.from);
    if (edge.from.startsWith('socket:') && edge.op.startsWith('accept'))
      callees.set(edge.from, [...(callees.get(edge.from) ?? []), edge.to]);
    const child = spans.get(edge.to);
    if (child?.vertex.kind === 'process' && spans.has(edge.from) && isStart(edge.op))
      child.parent ??= edge.from;
  }
  for (const [connection, accepted] of callees) {
    const caller = callers.get(connection);
    for (const id of accepted) {
      const span = spans.get(id);
      if (span !== undefined && caller !== id) span.parent = caller;
    }
  }
  dropIdleProcesses(spans);
  return spans;
}

function extend(spans: ReadonlyMap<string, Span>, { from, to, op, last, count }: Edge): void {
  for (const id of [from, to]) {
    const span = spans.get(id);
    if (span === undefined) continue;
    if (last > span.end) span.end = last;
    span.ops.set(op, (span.ops.get(op) ?? 0) + count);
  }
}

/** A server outlives all of its units, and is no part of any: only what a unit started stays. */
function dropIdleProcesses(spans: Map<string, Span>): void {
  for (const [id, { vertex }] of [...spans]) {
    if (vertex.kind === 'process' && rootOf(id, spans).vertex.kind !== 'unit') spans.delete(id);
  }
}

function rootOf(id: string, spans: ReadonlyMap<string, Span>): Span {
  let span = spans.get(id)!;
  const seen = new Set([id]);
  while (span.parent !== undefined && spans.has(span.parent) && !seen.has(span.parent)) {
    seen.add(span.parent);
    span = spans.get(span.parent)!;
  }
  return span;
}

function spanText(span: Span, spans: ReadonlyMap<string, Span>): object {
  const { vertex, parent, end, ops } = span;
  const { status, pid, exe } = vertex.properties;
  const attributes = [
    attribute('disprotrack.vertex', vertex.id),
    ...(vertex.container === undefined ? [] : [attribute('container.name', vertex.container)]),
    ...(typeof pid === 'number' ? [attribute('process.pid', pid)] : []),
    ...(exe === undefined ? [] : [attribute('process.executable.path', String(exe))]),
    ...(typeof status === 'number' ? [attribute('http.response.status_code', status)] : []),
    ...[...ops].map(([op, count]) => attribute(`disprotrack.calls.${op}`, count)),
  ];
  const isError = typeof status === 'number' && status >= 500;
  return {
    traceId: traceIdOf(rootOf(vertex.id, spans).vertex),
    spanId: spanIdOf(vertex.id),
    ...(parent === undefined || !spans.has(parent) ? {} : { parentSpanId: spanIdOf(parent) }),
    name: vertex.label,
    kind: vertex.kind === 'unit' ? kind.server : kind.internal,
    startTimeUnixNano: String(vertex.time),
    endTimeUnixNano: String(end),
    attributes,
    status: isError ? { code: 2 } : {},
  };
}

function isStart(op: string): boolean {
  return op === 'fork' || op === 'vfork' || op.startsWith('clone');
}

function traceIdOf({ id, terms }: Vertex): string {
  const printed = terms.find((t) => /^call:[0-9a-f]{32}$/.test(t));
  return printed?.slice('call:'.length) ?? hash(id).slice(0, 32);
}

function spanIdOf(id: string): string {
  return hash(id).slice(-16);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function serviceOf({ container, host, properties }: Vertex): string {
  const exe = String(properties.exe ?? '');
  return container ?? `${host}/${exe.slice(exe.lastIndexOf('/') + 1)}`;
}

function attribute(key: string, value: string | number): object {
  return { key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } };
}
