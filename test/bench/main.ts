/** `npm run bench`: every benchmark, as one table, with the machine that it ran on. Names on the line choose some. */
import { cpus, totalmem } from 'node:os';
import type { BenchRow } from './bench-row.ts';
import { captureBench } from './capture.ts';
import { columnsBench } from './columns.ts';
import { foldBench } from './fold.ts';
import { growthBench } from './growth.ts';
import { ingestBench } from './ingest.ts';
import { matchBench } from './match.ts';
import { mineBench } from './mine.ts';
import { parseBench } from './parse.ts';
import { pipelineBench } from './pipeline.ts';
import { queryBench } from './query.ts';
import { storeBench } from './store.ts';

const benches: Record<string, () => BenchRow[] | Promise<BenchRow[]>> = {
  capture: captureBench,
  columns: columnsBench,
  fold: foldBench,
  growth: growthBench,
  ingest: ingestBench,
  match: matchBench,
  mine: mineBench,
  parse: parseBench,
  pipeline: pipelineBench,
  query: queryBench,
  store: storeBench,
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches);
const unknown = chosen.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`bench: no ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
const [cpu] = cpus();
process.stdout.write(
  `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}\n\n`,
);
for (const name of chosen) {
  for (const row of await benches[name]!()) process.stdout.write(`${rowText(row)}\n`);
}

function rowText({ name, value, unit, baseline, ratio, note }: BenchRow): string {
  const figure = Number.isNaN(value) ? '–' : value.toLocaleString('en', { maximumSignificantDigits: 4 });
  const against = ratio === undefined ? '' : `  ${ratio.toFixed(2)} × ${baseline}`;
  return `${name.padEnd(56)}${`${figure} ${unit}`.padStart(18)}${against}${note === undefined ? '' : `  (${note})`}`;
}
