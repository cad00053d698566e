/** Collects what one batch changes into a GraphDelta. It must not know syscalls, processes or units. */
import type { Edge, Gap, GraphDelta, TemplateUse, Vertex } from '../graph-store.ts';
import type { LogLine } from '../line/log-line.ts';

interface DraftVertex {
  id: string;
  kind: Vertex['kind'];
  label: string;
  host: string;
  container: string | undefined;
  time: bigint;
  terms: Set<string>;
  properties: Record<string, string | number>;
}

/** What of an edge changes as long as it is extended. */
export interface GrowingEdge {
  first: bigint;
  last: bigint;
  count: number;
  bytes: number;
}

interface EdgeEnds {
  readonly from: string;
  readonly to: string;
  readonly op: string;
}

export class DeltaBuilder {
  #vertices = new Map<string, DraftVertex>();
  #edges = new Map<GrowingEdge, EdgeEnds>();
  #uses: TemplateUse[] = [];
  #lines: LogLine[] = [];
  #gaps: Gap[] = [];

  /** Upserts a vertex: the later label and properties win, terms are united. */
  vertex(v: Vertex): void {
    const draft = this.#vertices.get(v.id);
    if (draft === undefined) {
      this.#vertices.set(v.id, { ...v, terms: new Set(v.terms), properties: { ...v.properties } });
      return;
    }
    draft.label = v.label;
    draft.container = v.container ?? draft.container;
    if (v.time < draft.time) draft.time = v.time;
    for (const t of v.terms) draft.terms.add(t);
    Object.assign(draft.properties, v.properties);
  }

  /** Takes the edge in as it will be at the end of the batch. */
  edge(edge: GrowingEdge, from: string, to: string, op: string): void {
    if (!this.#edges.has(edge)) this.#edges.set(edge, { from, to, op });
  }

  use(u: TemplateUse): void {
    this.#uses.push(u);
  }

  line(l: LogLine): void {
    this.#lines.push(l);
  }

  gap(g: Gap): void {
    this.#gaps.push(g);
  }

  /** Hands the batch over and starts an empty one. */
  take(state: ReadonlyMap<string, string | undefined>, positions: ReadonlyMap<string, bigint>): GraphDelta {
    const delta: GraphDelta = {
      vertices: Array.from(this.#vertices.values(), (v) => ({ ...v, terms: [...v.terms] })),
      edges: Array.from(this.#edges, ([edge, ends]) => toEdge(edge, ends)),
      uses: this.#uses,
      lines: this.#lines,
      gaps: this.#gaps,
      state,
      positions,
    };
    this.#vertices = new Map();
    this.#edges = new Map();
    this.#uses = [];
    this.#lines = [];
    this.#gaps = [];
    return delta;
  }
}

function toEdge({ first, last, count, bytes }: GrowingEdge, { from, to, op }: EdgeEnds): Edge {
  return { from, to, op, first, last, count, bytes };
}
