/**
 * Draws time and memory over the size of programs, a line for each back-trace depth, as SVG: the paper's
 * Figure 3 for this analyser. It must not know how they were measured.
 */
import type { Cost, DepthCost } from '../measure/cost.ts';

const width = 860;
const panel_height = 260;
const margin = { left: 64, right: 110, top: 92, bottom: 64 };
/** Those of the paper's figure. */
const drawn_depths = [2, 3, 4, 5];
const colours = ['#4e79a7', '#f28e2b', '#59a14f', '#e15759'];
const dashes = ['', '7 3', '2 3', '9 3 2 3'];
/** Names nearer to each other than that would stand on each other. */
const label_gap = 19;

interface Panel {
  readonly title: string;
  readonly value: (run: DepthCost) => number;
}

const panels: readonly Panel[] = [
  { title: 'Time (s)', value: (run) => run.seconds },
  { title: 'Peak memory (MB)', value: (run) => run.mb },
];

/** `costs` by size. */
export function chart(costs: readonly Cost[]): string {
  const height = panels.length * (panel_height + margin.top + margin.bottom);
  const drawn = panels.map((panel, i) => {
    const y = i * (panel_height + margin.top + margin.bottom) + margin.top;
    return `<g transform="translate(${margin.left} ${y})">${drawPanel(panel, costs)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>Time and memory of static analysis by size of program and back-trace depth</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel({ title, value }: Panel, costs: readonly Cost[]): string {
  const right = width - margin.left - margin.right;
  const runs = costs.flatMap((cost) => drawn_depths.flatMap((bt) => runOf(cost, bt) ?? []));
  const x = scale(
    costs.map((cost) => cost.text_bytes / 1024),
    (share) => share * right,
  );
  const y = scale(runs.map(value), (share) => panel_height * (1 - share));
  return [
    `<text x="0" y="-64" font-size="15" font-weight="bold">${title}</text>`,
    ...y.marks.map((mark) => {
      const at = n(y.at(mark));
      return `<line x2="${right}" y1="${at}" y2="${at}" stroke="#e3e7eb"/><text x="-8" y="${n(y.at(mark) + 4)}" text-anchor="end">${mark}</text>`;
    }),
    ...x.marks.map(
      (mark) =>
        `<text x="${n(x.at(mark))}" y="${panel_height + 18}" text-anchor="middle">${mark < 1024 ? `${mark} KB` : `${mark / 1000} MB`}</text>`,
    ),
    `<text x="${right / 2}" y="${panel_height + 38}" text-anchor="middle">code of the program (both axes logarithmic)</text>`,
    `<path d="M0 0V${panel_height}H${right}" fill="none" stroke="#52606d"/>`,
    ...drawn_depths.map((bt, series) => drawSeries(bt, series, costs, x.at, y.at, value)),
    ...drawNames(costs, x.at, y.at, value),
  ].join('\n');
}

type Place = (value: number) => number;

function drawSeries(
  bt: number,
  series: number,
  costs: readonly Cost[],
  x: Place,
  y: Place,
  value: Panel['value'],
): string {
  const right = width - margin.left - margin.right;
  const points = costs.flatMap((cost) => {
    const run = runOf(cost, bt);
    return run === undefined ? [] : [`${n(x(cost.text_bytes / 1024))},${n(y(value(run)))}`];
  });
  const legend = 18 * series;
  const stroke = `stroke="${colours[series]}" stroke-width="2" stroke-dasharray="${dashes[series]}"`;
  return (
    `<polyline points="${points.join(' ')}" fill="none" ${stroke}/>` +
    `<line x1="${right + 12}" x2="${right + 44}" y1="${legend}" y2="${legend}" ${stroke}/>` +
    `<text x="${right + 50}" y="${legend + 4}">BT = ${bt}</text>`
  );
}

/** Above the deepest run of each program that has room. */
function drawNames(costs: readonly Cost[], x: Place, y: Place, value: Panel['value']): string[] {
  const names: string[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const cost of costs) {
    const tops = drawn_depths.flatMap((bt) => runOf(cost, bt) ?? []).map((run) => y(value(run)));
    const at = x(cost.text_bytes / 1024);
    if (tops.length === 0 || at - last < label_gap) continue;
    last = at;
    const place = `translate(${n(at + 3)} ${n(Math.min(...tops) - 8)}) rotate(-50)`;
    names.push(`<text transform="${place}" font-size="10" fill="#52606d">${cost.name}</text>`);
  }
  return names;
}

function runOf(cost: Cost, bt: number): DepthCost | undefined {
  const run = cost.runs.find((each) => each.bt === bt);
  return run === undefined || 'failure' in run ? undefined : run;
}

/** 1, 2 and 5 of every decade. */
const steps = Array.from({ length: 10 }, (_, decade) =>
  [1, 2, 5].map((digit) => Number((digit * 10 ** (decade - 3)).toPrecision(1))),
).flat();

/** A logarithmic axis from the last step below all values to the first above them. */
function scale(values: readonly number[], to: (share: number) => number) {
  const first = steps.findLastIndex((step) => step <= Math.min(...values));
  const last = steps.findIndex((step) => step >= Math.max(...values));
  const marks = steps.slice(Math.max(first, 0), last < 0 ? undefined : last + 1);
  const [low, high] = [marks[0]!, marks.at(-1)!];
  const at = (value: number): number => to(Math.log10(value / low) / Math.max(Math.log10(high / low), 0.1));
  return { marks, at };
}

function n(value: number): string {
  return value.toFixed(1);
}
