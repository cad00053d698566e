/**
 * What is to stay of a store, written into another: space of an lmdb file can be used again, but is never given back.
 * It must not know which of the two is read afterwards.
 */
import type {
  Edge,
  FoldStore,
  GraphDelta,
  GraphReader,
  Removed,
  TemplateUse,
  Vertex,
} from '../../core/graph-store.ts';
import type { LogLine } from '../../core/line/log-line.ts';
import { heldIds } from '../../core/retention/held-ids.ts';
import { type KeptGraph, keptGraph } from '../../core/retention/kept-graph.ts';
import { KeptLines } from '../../core/retention/kept-lines.ts';
import { TimedRows } from '../../core/retention/timed-rows.ts';

type From = GraphReader & Pick<FoldStore, 'state' | 'positions'>;
type To = Pick<FoldStore, 'apply'>;

/** Of one commit. */
const rows_max = 16_384;
const bytes_max = 16 << 20;
const allLines = { stream: undefined, from: 0, until: Number.MAX_SAFE_INTEGER, where: [] };
const end = 2n ** 63n - 1n;
const beginning = -(2n ** 63n);

/** Copies what did not end before `since` (ns) and what that needs. Nobody writes to `from` meanwhile. */
export async function rewrite(from: From, to: To, since: bigint): Promise<Removed> {
  const state = await from.state();
  const kept = await keptOf(from, heldIds(state), since);
  const removed = { vertices: 0, edges: 0, uses: 0, lines: 0, gaps: 0 };
  const printed = new KeptLines();
  const writer = new Copy(to);
  let at = 0;
  for await (const vertex of from.allVertices()) {
    if (kept.vertices[at++] === 1) await writer.vertex(vertex);
    else removed.vertices++;
    if (vertex.kind === 'template') removed.uses += await copyUses(from, writer, vertex.id, since, printed);
  }
  at = 0;
  for await (const edge of from.allEdges()) {
    if (kept.edges[at++] === 1) await writer.edge(edge);
    else removed.edges++;
  }
  removed.lines = await copyLines(from, writer, printed);
  const gaps = await from.gaps(beginning, end);
  const left = gaps.filter(({ until }) => until >= since);
  removed.gaps = gaps.length - left.length;
  await writer.finish({ gaps: left, state, positions: await from.positions() });
  return removed;
}

async function keptOf(store: GraphReader, held: ReadonlySet<string>, since: bigint): Promise<KeptGraph> {
  const numbers = new Map<string, number>();
  const stays: number[] = [];
  for await (const { id, time } of store.allVertices()) {
    stays.push(time >= since || held.has(id) ? 1 : 0);
    numbers.set(id, numbers.size);
  }
  const rows = new TimedRows();
  for await (const { from, to, first, last } of store.allEdges())
    rows.add(numbers.get(from)!, numbers.get(to)!, first, last);
  return keptGraph(rows.graph(numbers.size), since, Uint8Array.from(stays));
}

async function copyUses(
  from: GraphReader,
  to: Copy,
  template: string,
  since: bigint,
  printed: KeptLines,
): Promise<number> {
  // Those of one time can't be told apart by a limit, so that all are asked for at once.
  const uses = await from.usesOf(template, end, Number.MAX_SAFE_INTEGER);
  for (const { place, time } of uses) if (place !== undefined) printed.printed(place, time >= since);
  const left = uses.filter(({ time }) => time >= since);
  for (const use of left) await to.use(use);
  return uses.length - left.length;
}

async function copyLines(from: GraphReader, to: Copy, printed: KeptLines): Promise<number> {
  let gone = 0;
  for await (const line of from.lines(allLines)) {
    if (line.number >= printed.firstOf(line.stream)) await to.line(line);
    else if (line.part === 0) gone++;
  }
  return gone;
}

class Copy {
  readonly #store: To;
  #vertices: Vertex[] = [];
  #edges: Edge[] = [];
  #uses: TemplateUse[] = [];
  #lines: LogLine[] = [];
  #bytes = 0;

  constructor(store: To) {
    this.#store = store;
  }

  async vertex(vertex: Vertex): Promise<void> {
    this.#vertices.push(vertex);
    await this.#write(rows_max);
  }

  async edge(edge: Edge): Promise<void> {
    this.#edges.push(edge);
    await this.#write(rows_max);
  }

  async use(use: TemplateUse): Promise<void> {
    this.#uses.push(use);
    await this.#write(rows_max);
  }

  async line(line: LogLine): Promise<void> {
    this.#lines.push(line);
    this.#bytes += line.text.length;
    await this.#write(rows_max);
  }

  async finish(rest: Pick<GraphDelta, 'gaps' | 'state' | 'positions'>): Promise<void> {
    await this.#write(1);
    await this.#store.apply({ vertices: [], edges: [], uses: [], lines: [], ...rest });
  }

  async #write(rows_min: number): Promise<void> {
    const rows = this.#vertices.length + this.#edges.length + this.#uses.length + this.#lines.length;
    if (rows < rows_min && this.#bytes < bytes_max) return;
    const delta = { vertices: this.#vertices, edges: this.#edges, uses: this.#uses, lines: this.#lines };
    await this.#store.apply({ ...delta, gaps: [], state: new Map(), positions: new Map() });
    this.#vertices = [];
    this.#edges = [];
    this.#uses = [];
    this.#lines = [];
    this.#bytes = 0;
  }
}
