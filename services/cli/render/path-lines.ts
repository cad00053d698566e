/** A causal path as lines, cause first, one step a line, with what else flowed in as branches. */
import type { VertexAnswer } from '../../contract/graph.ts';
import { parseTime } from '../../contract/time-text.ts';
import type { WhyAnswer } from '../../contract/why.ts';
import type { Paint } from './paint.ts';
import { offsetText, plural } from './quantity.ts';
import { safeLabel } from './safe-text.ts';
import type { AnswerGraph, SideInput } from './side-input.ts';

type Path = WhyAnswer['rootCauses'][number]['path'];

const sideInputs_max = 6;
const label_length_max = 110;
const op_length_max = 24;

export class PathWriter {
  readonly #graph: AnswerGraph;
  readonly #paint: Paint;
  /** Vertices whose side inputs stand in an earlier path. */
  readonly #told = new Set<string>();

  constructor(graph: AnswerGraph, paint: Paint) {
    this.#graph = graph;
    this.#paint = paint;
  }

  /** Empty for an empty path. What an earlier path said of a vertex is not said again. */
  lines(path: Path): string[] {
    const [first] = path;
    if (first === undefined) return [];
    const start = parseTime(first.time)!;
    const sameDay = path.every((step) => step.time.slice(0, 10) === first.time.slice(0, 10));
    const sides = this.#graph.sideInputs(path);
    const offsets = path.map((step) => offsetText(parseTime(step.time)! - start));
    const offsetWidth = Math.max(...offsets.map((text) => text.length));
    const opWidth = Math.max(...path.map((step) => Math.min(step.op.length, op_length_max)));
    const day = sameDay ? this.#paint.faint(`   on ${first.time.slice(0, 10)} (UTC)`) : '';
    const lines = [`● ${this.#vertex(first.from)}${day}`];
    lines.push(...this.#sideLines(first.from, sides, true, sameDay));
    path.forEach((step, i) => {
      const last = i === path.length - 1;
      const when = `${offsets[i]!.padStart(offsetWidth)}  ${timeText(step.time, sameDay)}`;
      const op = safeLabel(step.op, op_length_max).padEnd(opWidth);
      lines.push(
        `${last ? '╰' : '├'}─ ${this.#paint.faint(when)}  ${op} → ${this.#vertex(step.to)}`,
        ...this.#sideLines(step.to, sides, !last, sameDay),
      );
    });
    return lines;
  }

  /** Where the way crosses a gap, and what else it could be. */
  doubts({ path, alternatives }: WhyAnswer['rootCauses'][number]): string[] {
    const lines = path.flatMap(({ op, to, marks }) =>
      marks
        .filter(({ kind }) => kind === 'gap')
        .map(({ detail }) => {
          const label = this.#graph.vertices.get(to)?.label ?? to;
          const at = `${safeLabel(op, op_length_max)} → ${safeLabel(label, 60)}`;
          return `${this.#paint.bad('Its way crosses a gap')}, at ${at}: ${safeLabel(detail, 200)}.`;
        }),
    );
    const others = alternatives.map(({ why, score }) => `${safeLabel(why, 160)} (${score.toFixed(3)})`);
    return others.length === 0
      ? lines
      : [...lines, `If that hid something, rather: ${others.join('; or ')}.`];
  }

  #vertex(id: string): string {
    return vertexText(this.#graph.vertices.get(id), id, this.#paint);
  }

  #sideLines(
    id: string,
    sides: ReadonlyMap<string, readonly SideInput[]>,
    goesOn: boolean,
    sameDay: boolean,
  ): string[] {
    const inputs = this.#told.has(id) ? [] : (sides.get(id) ?? []);
    this.#told.add(id);
    const trunk = goesOn ? '│' : ' ';
    const shown = inputs.slice(0, sideInputs_max);
    const lines = shown.map(({ vertex, edge, via }, i) => {
      const corner = i === inputs.length - 1 ? '╰' : '├';
      const what = `${safeLabel(edge.op, op_length_max)} ← ${vertexText(vertex, vertex.id, this.#paint)}`;
      const programs = via.filter((v) => v.kind !== 'pipe').map((v) => safeLabel(v.label, 60));
      const through = programs.length === 0 ? '' : this.#paint.faint(`  through ${programs.join(' | ')}`);
      return `${trunk}     ${corner}╴ ${what}${through}  ${this.#paint.faint(timeText(edge.first, sameDay))}`;
    });
    const more = inputs.length - shown.length;
    if (more > 0) {
      lines.push(`${trunk}     ╰╴ ${this.#paint.faint(`and ${plural(more, 'more input')}; --json has all`)}`);
    }
    return lines;
  }
}

/** `label  (kind, container)`. */
export function vertexText(vertex: VertexAnswer | undefined, id: string, paint: Paint): string {
  if (vertex === undefined) return safeLabel(id, label_length_max);
  const kind = vertex.kind === 'socket' ? 'connection' : vertex.kind;
  const where = vertex.container === null ? '' : `, ${safeLabel(vertex.container, 40)}`;
  return `${safeLabel(vertex.label, label_length_max)}  ${paint.faint(`(${kind}${where})`)}`;
}

function timeText(time: string, sameDay: boolean): string {
  return sameDay ? time.slice(11) : time;
}
