/** Draws time and memory over programs, a line for each back-trace depth, as SVG. It must not know how they were measured. */
import type { Cost } from '../measure/cost.ts';

const width = 860;
const panel_height = 260;
const margin = { left: 64, right: 110, top: 44, bottom: 118 };
const colours = ['#9aa5b1', '#4e79a7', '#f28e2b', '#59a14f', '#b07aa1', '#e15759'];
const dashes = ['', '', '6 3', '2 3', '8 3 2 3', ''];

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly value: (run: Cost['runs'][number]) => number;
}

const panels: readonly Panel[] = [
  { title: 'Time', unit: 's', value: (run) => run.seconds },
  { title: 'Peak memory', unit: 'MB', value: (run) => run.mb },
];

export function chart(costs: readonly Cost[]): string {
  const height = panels.length * (panel_height + margin.top + margin.bottom);
  const drawn = panels.map((panel, i) => {
    const y = i * (panel_height + margin.top + margin.bottom) + margin.top;
    return `<g transform="translate(${margin.left} ${y})">${drawPanel(panel, costs)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>Time and memory of static analysis by program and back-trace depth</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel(panel: Panel, costs: readonly Cost[]): string {
  const right = width - margin.left - margin.right;
  const values = costs.flatMap((cost) => cost.runs.map(panel.value)).filter((value) => value > 0);
  const marks = ticks(values);
  const [low, high] = [marks[0]!, marks.at(-1)!];
  const x = (i: number): number => ((i + 0.5) * right) / costs.length;
  const y = (value: number): number =>
    panel_height * (1 - Math.log10(value / low) / Math.max(Math.log10(high / low), 0.1));
  const parts = [
    `<text x="0" y="-16" font-size="15" font-weight="bold">${panel.title} (${panel.unit}, logarithmic)</text>`,
    ...marks.map(
      (tick) =>
        `<line x1="0" x2="${right}" y1="${n(y(tick))}" y2="${n(y(tick))}" stroke="#e3e7eb"/>` +
        `<text x="-8" y="${n(y(tick) + 4)}" text-anchor="end">${tick}</text>`,
    ),
    `<path d="M0 0V${panel_height}H${right}" fill="none" stroke="#52606d"/>`,
    ...costs.map(
      (cost, i) =>
        `<text transform="translate(${n(x(i))} ${panel_height + 14}) rotate(-40)" text-anchor="end">${cost.name} (${size(cost)})</text>`,
    ),
    ...(costs[0]?.runs ?? []).map(({ bt }, series) => {
      const points = costs.map((cost, i) => `${n(x(i))},${n(y(panel.value(cost.runs[series]!)))}`);
      const legend = 18 * series;
      const stroke = `stroke="${colours[series]}" stroke-width="2" stroke-dasharray="${dashes[series]}"`;
      return (
        `<polyline points="${points.join(' ')}" fill="none" ${stroke}/>` +
        `<line x1="${right + 12}" x2="${right + 44}" y1="${legend}" y2="${legend}" ${stroke}/>` +
        `<text x="${right + 50}" y="${legend + 4}">BT = ${bt}</text>`
      );
    }),
  ];
  return parts.join('\n');
}

/** 1, 2 and 5 of every decade. */
const steps = Array.from({ length: 10 }, (_, decade) =>
  [1, 2, 5].map((digit) => Number((digit * 10 ** (decade - 3)).toPrecision(1))),
).flat();

/** From the last step below all values to the first above them. */
function ticks(values: readonly number[]): readonly number[] {
  const first = steps.findLastIndex((step) => step <= Math.min(...values));
  const last = steps.findIndex((step) => step >= Math.max(...values));
  return steps.slice(Math.max(first, 0), last < 0 ? undefined : last + 1);
}

function size({ text_bytes }: Cost): string {
  return text_bytes < 1 << 20
    ? `${Math.round(text_bytes / 1024)} KB`
    : `${(text_bytes / (1 << 20)).toFixed(1)} MB`;
}

function n(value: number): string {
  return value.toFixed(1);
}
