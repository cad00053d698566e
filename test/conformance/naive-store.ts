/**
 * The port as its words say, over plain maps: what a store is compared with. Slow on purpose, and clear.
 * Must not share code with any store.
 */
import type {
  Edge,
  EdgeQuery,
  Gap,
  GraphDelta,
  LineQuery,
  TemplateUse,
  Vertex,
} from '../../services/core/graph-store.ts';
import { lineMatches } from '../../services/core/line/line-condition.ts';
import { compareLines, type LogLine } from '../../services/core/line/log-line.ts';

export class NaiveStore {
  readonly lineMap = new Map<string, LogLine>();
  readonly vertices = new Map<string, Vertex>();
  readonly edges = new Map<string, Edge>();
  readonly uses = new Map<string, TemplateUse>();
  readonly gaps = new Map<string, Gap>();
  readonly state = new Map<string, string>();
  readonly positions = new Map<string, bigint>();

  apply(delta: GraphDelta): void {
    for (const vertex of delta.vertices)
      this.vertices.set(vertex.id, joined(this.vertices.get(vertex.id), vertex));
    for (const edge of delta.edges) this.edges.set(edgeKey(edge), edge);
    for (const use of delta.uses) this.uses.set(text(use), use);
    for (const line of delta.lines) this.lineMap.set(text([line.stream, line.number, line.part]), line);
    for (const gap of delta.gaps) this.gaps.set(text(gap), gap);
    for (const [key, value] of delta.state)
      if (value === undefined) this.state.delete(key);
      else this.state.set(key, value);
    for (const [stream, next] of delta.positions) this.positions.set(stream, next);
  }

  into({ vertex, since, until }: EdgeQuery): Edge[] {
    const found = [...this.edges.values()].filter(
      (e) => e.to === vertex && e.first <= until && e.last > since,
    );
    return found.sort((a, b) => compare(b.first, a.first));
  }

  outOf({ vertex, since, until }: EdgeQuery): Edge[] {
    const found = [...this.edges.values()].filter(
      (e) => e.from === vertex && e.last >= since && e.first < until,
    );
    return found.sort((a, b) => compare(a.first, b.first));
  }

  lookup(term: string): Vertex[] {
    const matches = (other: string) =>
      term.endsWith('*') ? other.startsWith(term.slice(0, -1)) : other === term;
    const found = [...this.vertices.values()].filter((vertex) => vertex.terms.some(matches));
    return found.sort((a, b) => compare(b.time, a.time));
  }

  lines({ stream, from, until, where }: LineQuery): LogLine[] {
    return [...this.lineMap.values()]
      .filter((line) => (stream === undefined || line.stream === stream) && line.number >= from)
      .filter((line) => line.number <= until && where.every((each) => lineMatches(line.text, each)))
      .sort(compareLines);
  }

  usesOf(template: string, before: bigint): TemplateUse[] {
    const found = [...this.uses.values()].filter((use) => use.template === template && use.time < before);
    return found.sort((a, b) => compare(b.time, a.time));
  }

  allVertices(): Vertex[] {
    return [...this.vertices.values()].sort((a, b) => compare(a.id, b.id));
  }

  allEdges(): Edge[] {
    return [...this.edges.values()].sort(
      (a, b) =>
        compare(a.from, b.from) || compare(a.to, b.to) || compare(a.op, b.op) || compare(a.first, b.first),
    );
  }
}

export function edgeKey(edge: Edge): string {
  return text([edge.from, edge.to, edge.op, edge.first]);
}

/** A text that is the same for the same content. */
export function text(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part));
}

function joined(before: Vertex | undefined, after: Vertex): Vertex {
  if (before === undefined) return { ...after, terms: [...new Set(after.terms)] };
  return {
    ...after,
    container: after.container ?? before.container,
    time: compare(before.time, after.time) < 0 ? before.time : after.time,
    terms: [...new Set([...before.terms, ...after.terms])],
    properties: { ...before.properties, ...after.properties },
  };
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
