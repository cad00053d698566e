/**
 * The graph of an answer as a drawing (SVG), causes at the left and the symptom at the right: a column for each number
 * of steps to the symptom, in each by time. What is on the way of the first cause stands out. It must not know pages.
 */
import type { EdgeAnswer, VertexAnswer } from '../../contract/graph.ts';
import type { WhyAnswer } from '../../contract/why.ts';
import { safeLabel, safeText } from './safe-text.ts';

interface Spot {
  readonly x: number;
  readonly y: number;
}

const box = { width: 270, height: 40 };
const gap = { x: 90, y: 14 };
const margin = 20;
const label_length_max = 34;
const where_length_max = 38;
const op_length_max = 24;

export function graphDrawing({ graph, rootCauses, symptom }: WhyAnswer): string {
  const columns = columnsOf(
    graph.vertices,
    graph.edges,
    symptom.matched.map(({ id }) => id),
  );
  const spots = spotsOf(columns);
  const path = rootCauses[0]?.path ?? [];
  const onPath = new Set(path.flatMap(({ from, to }) => [from, to]));
  const steps = new Set(path.map(({ from, to, op }) => `${from} ${to} ${op}`));
  const edges = graph.edges
    .map((edge) => ({ edge, isStep: steps.has(`${edge.from} ${edge.to} ${edge.op}`) }))
    // What stands out is drawn over the rest.
    .sort((a, b) => Number(a.isStep) - Number(b.isStep));
  const width = columns.length * (box.width + gap.x) - gap.x + 2 * margin;
  const rows = Math.max(1, ...columns.map((column) => column.length));
  const height = rows * (box.height + gap.y) - gap.y + 2 * margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
    ...edges.map(({ edge, isStep }) => edgeText(edge, spots, isStep)),
    ...graph.vertices.map((vertex) => vertexText(vertex, spots.get(vertex.id)!, onPath.has(vertex.id))),
    '</svg>',
  ].join('\n');
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Farthest from the symptom first; what leads nowhere stands with the farthest. */
function columnsOf(
  vertices: readonly VertexAnswer[],
  edges: readonly EdgeAnswer[],
  symptoms: readonly string[],
): VertexAnswer[][] {
  const into = Map.groupBy(edges, ({ to }) => to);
  const distance = new Map(symptoms.map((id) => [id, 0]));
  for (const [id, steps] of distance)
    for (const { from } of into.get(id) ?? []) if (!distance.has(from)) distance.set(from, steps + 1);
  // A template is what the symptom printed, and stands beside it.
  const farthest = Math.max(0, ...distance.values());
  const columns: VertexAnswer[][] = Array.from({ length: farthest + 1 }, () => []);
  for (const vertex of vertices) {
    const steps = distance.get(vertex.id) ?? (vertex.kind === 'template' ? 0 : farthest);
    columns[farthest - steps]!.push(vertex);
  }
  for (const column of columns) column.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return columns;
}

function spotsOf(columns: readonly (readonly VertexAnswer[])[]): Map<string, Spot> {
  return new Map(
    columns.flatMap((column, i) =>
      column.map(({ id }, row): [string, Spot] => [
        id,
        { x: margin + i * (box.width + gap.x), y: margin + row * (box.height + gap.y) },
      ]),
    ),
  );
}

function vertexText({ id, kind, label, host, container }: VertexAnswer, { x, y }: Spot, isOnPath: boolean) {
  const where = `${kind === 'socket' ? 'connection' : kind}, ${container ?? host}`;
  return [
    `<g class="${kind}${isOnPath ? ' way' : ''}"><title>${escaped(safeText(`${label}\n${id}`))}</title>`,
    `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="5"/>`,
    `<text x="${x + 8}" y="${y + 17}">${escaped(safeLabel(label, label_length_max))}</text>`,
    `<text class="where" x="${x + 8}" y="${y + 32}">${escaped(safeLabel(where, where_length_max))}</text></g>`,
  ].join('');
}

function edgeText(
  { from, to, op, first, count }: EdgeAnswer,
  spots: ReadonlyMap<string, Spot>,
  isStep: boolean,
) {
  const begin = spots.get(from);
  const end = spots.get(to);
  if (begin === undefined || end === undefined) return '';
  const [x, y] = [begin.x + box.width, begin.y + box.height / 2];
  const [u, v] = [end.x, end.y + box.height / 2];
  const bend = Math.max(40, Math.abs(u - x) / 2);
  const name = escaped(safeLabel(op, op_length_max));
  const title = `<title>${name} ${escaped(first)}${count > 1 ? ` × ${count}` : ''}</title>`;
  const text = isStep ? `<text class="op" x="${(x + u) / 2}" y="${(y + v) / 2 - 4}">${name}</text>` : '';
  const curve = `M${x} ${y} C${x + bend} ${y} ${u - bend} ${v} ${u} ${v}`;
  return `<g class="edge${isStep ? ' way' : ''}">${title}<path d="${curve}" marker-end="url(#tip)"/>${text}</g>`;
}
