/**
 * What else flowed into the vertices of a causal path: the page, the script, the secret that was read. Found in the
 * graph that the answer carries. It must not know how anything is printed.
 */
import type { EdgeAnswer, VertexAnswer } from '../../contract/graph.ts';
import type { WhyAnswer } from '../../contract/why.ts';
import { roleOfPath } from '../../core/trace/file-role.ts';

type Path = WhyAnswer['rootCauses'][number]['path'];

export interface SideInput {
  readonly vertex: VertexAnswer;
  /** Out of `vertex`. */
  readonly edge: EdgeAnswer;
  /** What lies between, where it came through pipes: from `vertex` on, towards the path. */
  readonly via: readonly VertexAnswer[];
}

const executions = new Set(['execve', 'execveat']);
/** Of pipes and programs between a side input and the path; a longer pipeline is a path of its own. */
const via_max = 6;

/** The graph of an answer, indexed once for all of its paths. */
export class AnswerGraph {
  readonly vertices: ReadonlyMap<string, VertexAnswer>;
  readonly #into = new Map<string, EdgeAnswer[]>();

  constructor(graph: WhyAnswer['graph']) {
    this.vertices = new Map(graph.vertices.map((v) => [v.id, v]));
    for (const edge of graph.edges) {
      const list = this.#into.get(edge.to);
      if (list === undefined) this.#into.set(edge.to, [edge]);
      else list.push(edge);
    }
  }

  /**
   * By vertex of the path: what it took in, from beside the path, before it passed on what the path followed.
   * Executed files first, then by time; libraries and what every program reads are left out.
   */
  sideInputs(path: Path): ReadonlyMap<string, readonly SideInput[]> {
    const onPath = new Set(path.flatMap((step) => [step.from, step.to]));
    const passedOn = new Map(path.map((step) => [step.from, step.time]));
    return new Map(
      [...onPath].map((id) => {
        const found = new Map<string, SideInput>();
        // What flows into a file or a connection is another's doing, not this path's.
        if (isProgram(this.vertices.get(id))) this.#collect(id, passedOn.get(id), onPath, [], found);
        return [id, [...found.values()].sort(order)];
      }),
    );
  }

  #collect(
    id: string,
    until: string | undefined,
    onPath: ReadonlySet<string>,
    via: readonly VertexAnswer[],
    found: Map<string, SideInput>,
  ): void {
    for (const edge of this.#into.get(id) ?? []) {
      const vertex = this.vertices.get(edge.from);
      if (vertex === undefined || onPath.has(vertex.id) || via.includes(vertex)) continue;
      // Times of one form sort as text.
      if (until !== undefined && edge.first > until) continue;
      const input = { vertex, edge, via };
      if (vertex.kind === 'pipe' || (via.length > 0 && via[0]!.kind === 'pipe' && isProgram(vertex))) {
        const passed = until === undefined || edge.last < until ? edge.last : until;
        if (via.length < via_max) this.#collect(vertex.id, passed, onPath, [vertex, ...via], found);
      } else if (isNotable(input)) {
        const known = found.get(vertex.id);
        if (known === undefined || order(input, known) < 0) found.set(vertex.id, input);
      }
    }
  }
}

function isProgram(vertex: VertexAnswer | undefined): boolean {
  return vertex?.kind === 'unit' || vertex?.kind === 'process';
}

/** Units and processes beside the path are paths of their own; libraries explain nothing. */
function isNotable({ vertex, edge, via }: SideInput): boolean {
  if (vertex.kind === 'socket') return true;
  if (vertex.kind !== 'file') return false;
  const role = roleOfPath(vertex.label);
  if (role === 'library' || role === 'kernel') return false;
  // The path's own programs are worth naming; those of a pipeline stand in its description.
  return role !== 'system-program' || (executions.has(edge.op) && via.length === 0);
}

function order(a: SideInput, b: SideInput): number {
  const executed = Number(executions.has(b.edge.op)) - Number(executions.has(a.edge.op));
  if (executed !== 0) return executed;
  return a.edge.first < b.edge.first ? -1 : a.edge.first > b.edge.first ? 1 : 0;
}
