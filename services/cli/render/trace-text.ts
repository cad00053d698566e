/** A trace as an indented tree from the symptom outwards; each vertex stands where it is nearest to the symptom. */
import type { EdgeAnswer, VertexAnswer } from '../../contract/graph.ts';
import type { TraceAnswer } from '../../contract/why.ts';
import { roleOfPath } from '../../core/trace/file-role.ts';
import type { Paint } from './paint.ts';
import { vertexText } from './path-lines.ts';
import { plural } from './quantity.ts';
import { safeLabel } from './safe-text.ts';
import { limitLines, symptomLines } from './why-text.ts';

const lines_max = 200;
const dullRoles: ReadonlySet<string> = new Set(['library', 'kernel', 'system-program']);

export type Direction = 'backward' | 'forward';

export function traceText(answer: TraceAnswer, direction: Direction, paint: Paint): string {
  const tree = answer.graph.edges.length === 0 ? [] : new TraceTree(answer, direction, paint).lines();
  const heading = direction === 'backward' ? 'What led to it' : 'What it touched';
  const lines = [...symptomLines(answer, paint), '', paint.heading(heading)];
  lines.push(...(tree.length === 0 ? ['Nothing was seen.'] : tree.slice(0, lines_max)));
  if (tree.length > lines_max) {
    lines.push(`… and ${plural(tree.length - lines_max, 'more line')}; --depth narrows it, --json has all`);
  }
  return `${[...lines, ...limitLines(answer, paint)].join('\n')}\n`;
}

interface Place {
  readonly id: string;
  /** How it was reached; undefined for what was matched. */
  readonly edge: EdgeAnswer | undefined;
  readonly indent: string;
  readonly last: boolean;
}

class TraceTree {
  readonly #answer: TraceAnswer;
  readonly #backward: boolean;
  readonly #paint: Paint;
  readonly #vertices: ReadonlyMap<string, VertexAnswer>;
  readonly #children: ReadonlyMap<string, readonly EdgeAnswer[]>;

  constructor(answer: TraceAnswer, direction: Direction, paint: Paint) {
    this.#answer = answer;
    this.#backward = direction === 'backward';
    this.#paint = paint;
    this.#vertices = new Map(answer.graph.vertices.map((v) => [v.id, v]));
    this.#children = this.#nearestChildren();
  }

  lines(): string[] {
    const lines: string[] = [];
    // A stack of our own: a trace may be deeper than calls may nest.
    const stack: Place[] = this.#answer.symptom.matched
      .map(({ id }) => ({ id, edge: undefined, indent: '', last: true }))
      .reverse();
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      lines.push(this.#line(place));
      const all = this.#children.get(place.id) ?? [];
      const shown = all.filter((edge) => !this.#isDull(edge));
      const dull = all.length - shown.length;
      const below = place.edge === undefined ? '' : `${place.indent}${place.last ? '   ' : '│  '}`;
      if (dull > 0) {
        const corner = shown.length === 0 ? '╰' : '├';
        lines.push(
          `${below}${corner}─ ${this.#paint.faint(`${plural(dull, 'library or system file', 'libraries and system files')}`)}`,
        );
      }
      for (let i = shown.length - 1; i >= 0; i--) {
        const edge = shown[i]!;
        stack.push({ id: this.#far(edge), edge, indent: below, last: i === shown.length - 1 });
      }
    }
    return lines;
  }

  #line({ id, edge, indent, last }: Place): string {
    const text = vertexText(this.#vertices.get(id), id, this.#paint);
    if (edge === undefined) return `${indent}● ${text}`;
    const arrow = this.#backward ? '←' : '→';
    const corner = last ? '╰' : '├';
    return `${indent}${corner}─ ${safeLabel(edge.op, 24)} ${arrow} ${text}  ${this.#paint.faint(edge.first)}`;
  }

  /** Every program reads such, and nothing lies behind it. */
  #isDull(edge: EdgeAnswer): boolean {
    const vertex = this.#vertices.get(this.#far(edge));
    if (vertex?.kind !== 'file' || !dullRoles.has(roleOfPath(vertex.label))) return false;
    return (this.#children.get(vertex.id) ?? []).length === 0;
  }

  /** Breadth first from the matched vertices: by vertex, the edges through which others were first reached. */
  #nearestChildren(): Map<string, EdgeAnswer[]> {
    const edgesOf = new Map<string, EdgeAnswer[]>();
    const byTime = (a: EdgeAnswer, b: EdgeAnswer): number =>
      a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
    for (const edge of [...this.#answer.graph.edges].sort(byTime)) {
      const near = this.#backward ? edge.to : edge.from;
      const list = edgesOf.get(near);
      if (list === undefined) edgesOf.set(near, [edge]);
      else list.push(edge);
    }
    const seen = new Set(this.#answer.symptom.matched.map((v) => v.id));
    const queue = [...seen];
    const children = new Map<string, EdgeAnswer[]>();
    for (let i = 0; i < queue.length; i++) {
      const fresh: EdgeAnswer[] = [];
      for (const edge of edgesOf.get(queue[i]!) ?? []) {
        const far = this.#far(edge);
        if (seen.has(far)) continue;
        seen.add(far);
        queue.push(far);
        fresh.push(edge);
      }
      children.set(queue[i]!, fresh);
    }
    return children;
  }

  #far(edge: EdgeAnswer): string {
    return this.#backward ? edge.from : edge.to;
  }
}
