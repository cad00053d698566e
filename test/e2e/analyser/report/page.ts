/** Writes docs/ANALYSER.md and its chart from the results. It must not know how they came about. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { median } from '../measure/program-texts.ts';
import { chart } from './chart.ts';
import { kept, type Results } from './results.ts';

const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url));

export function writePage(): void {
  const figures = kept('figures');
  mkdirSync(`${docs}figures`, { recursive: true });
  if (figures.length > 0) writeFileSync(`${docs}figures/analyser.svg`, chart(figures));
  const sections = [
    '# How good the analyser is\n\nWritten by `npm run accuracy`, which downloads Debian packages and their sources, runs servers, and takes some\nminutes. Do not edit.',
    strings(kept('strings')),
    codes(kept('codes')),
    sites(kept('sites')),
    edges(kept('edges')),
    costs(figures),
  ];
  writeFileSync(`${docs}ANALYSER.md`, `${sections.filter(Boolean).join('\n\n')}\n`);
}

function strings(rows: Results['strings']): string {
  if (rows.length === 0) return '';
  const body = rows.map((row) => [
    ...[row.name, row.version, row.truth, row.found, share(row.recall), share(row.labelledPrecision)],
    row.precision === undefined ? 'not judged' : `${share(row.precision)} (${row.judged})`,
  ]);
  return `## Log message strings

Truth: the literals at log calls in the Debian source that the Debian binary holds. Precision counts a text without a
label by a hand-judged sample (its size in brackets).

${table(['program', 'version', 'truth', 'found', 'recall', 'precision by labels', 'precision'], body)}

Median recall: ${share(median(rows.map((row) => row.recall)))}.`;
}

function codes(rows: Results['codes']): string {
  if (rows.length === 0) return '';
  const held = rows.reduce((sum, row) => sum + row.codes, 0);
  const missed = rows.reduce((sum, row) => sum + row.missed.length, 0);
  const [server] = rows;
  return `## Message codes

Apache numbers its messages. Of the ${server!.codes} numbers in the server's binary ${server!.codes - server!.missed.length} are among
the strings found; with ${rows.length - 1} modules, ${held - missed} of ${held}.`;
}

function sites(rows: Results['sites']): string {
  if (rows.length === 0) return '';
  const body = rows.map((row) => [row.name, row.sites, share(row.recall), share(row.rightText)]);
  return `## Call sites

Built from source with line numbers, stripped, and compared by address.

${table(['program', 'log calls', 'recall', 'of those, with the right text'], body)}`;
}

function edges(rows: Results['edges']): string {
  if (rows.length === 0) return '';
  const body = rows.map((row) => [
    ...[
      row.name,
      row.lines,
      share(row.matched),
      row.pairs,
      row.kinds,
      share(row.hitRate),
      share(row.edgeRate),
      share(row.randomHitRate),
      share(row.randomEdgeRate),
      share(row.seenRate),
    ],
    row.meanOutDegree.toFixed(1),
    share(row.density),
  ]);
  return `## Edges, judged by real logs

Real servers with verbose logs and real clients. A hit is a pair of consecutive lines of one thread that is an edge, or
a loop's start after a loop's end. Random: all pairs of the kinds of line that were seen; of these, seen in the log are
those that followed each other in it. All nodes: the share of edges among all pairs of the program's lines.

${table(['server', 'lines', 'matched', 'pairs', 'kinds of line', 'hits', 'by edge', 'random', 'random by edge', 'seen in the log', 'mean out-degree', 'all nodes'], body)}`;
}

function costs(rows: Results['figures']): string {
  if (rows.length === 0) return '';
  const body = rows.map((row) => [
    ...[row.name, Math.round(row.text_bytes / 1024)],
    ...row.runs.map((run) => `${run.seconds.toFixed(2)} s, ${Math.round(run.mb)} MB, ${run.texts}`),
    row.bound === undefined ? '' : `${row.bound.seconds_max} s, ${row.bound.mb_max} MB`,
  ]);
  const depths = rows[0]!.runs.map((run) => `BT ${run.bt}`);
  return `## Time, memory and strings by back-trace depth

![Time and memory by program and depth](figures/analyser.svg)

${table(['program', 'text KB', ...depths, 'bound'], body)}`;
}

function table(head: readonly string[], body: readonly (readonly (string | number)[])[]): string {
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...body.map(row)].join('\n');
}

function share(value: number): string {
  return value.toFixed(3);
}
