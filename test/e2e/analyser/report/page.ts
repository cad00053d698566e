/**
 * Writes docs/ANALYSER.md and its chart from results: what was not measured this time stays as it was. It must not
 * know how results came about.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Cost, depths } from '../measure/cost.ts';
import { random_hit_rate_max } from '../measure/line-order.ts';
import { median } from '../measure/program-texts.ts';
import { chart } from './chart.ts';
import { type Part, parts, type Results } from './results.ts';

/** Of the machine before it was measured. */
const calm_load_max = 0.5;

const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url));

const head = `# How good the analyser is

Written by \`npm run accuracy\`, which downloads Debian packages and their sources, runs servers, and takes some
minutes. Do not edit.`;

const titles: { readonly [P in Part]: string } = {
  strings: 'Log message strings',
  codes: 'Message codes',
  sites: 'Call sites',
  edges: 'Edges, judged by real logs',
  figures: 'Time, memory and strings by back-trace depth',
};

const bodies: { readonly [P in Part]: (rows: Results[P]) => string } = {
  strings,
  codes,
  sites,
  edges,
  figures,
};

export function writePage(results: Partial<Results>): void {
  const page = `${docs}ANALYSER.md`;
  const kept = readFileSync(page, 'utf8').split(/^(?=## )/m);
  const written = parts.map((part) => {
    const before = kept.find((each) => each.startsWith(`## ${titles[part]}\n`));
    return section(part, results) ?? before?.trimEnd();
  });
  writeFileSync(page, `${[head, ...written].filter(Boolean).join('\n\n')}\n`);
  if (results.figures !== undefined && results.figures.length > 0) {
    mkdirSync(`${docs}figures`, { recursive: true });
    writeFileSync(`${docs}figures/analyser.svg`, chart(results.figures));
  }
}

function section<P extends Part>(part: P, results: Partial<Results>): string | undefined {
  const rows: Results[P] | undefined = results[part];
  if (rows === undefined || rows.length === 0) return undefined;
  return `## ${titles[part]}\n\n${bodies[part](rows)}`;
}

function strings(rows: Results['strings']): string {
  const body = rows.map((row) => [
    ...[row.name, row.version, row.truth, row.found, share(row.recall), share(row.labelledPrecision)],
    row.precision === undefined ? 'not judged' : `${share(row.precision)} (${row.judged})`,
  ]);
  return `Truth: the literals at log calls in the Debian source that the Debian binary holds. Precision counts a text without a
label by a hand-judged sample (its size in brackets).

${table(['program', 'version', 'truth', 'found', 'recall', 'precision by labels', 'precision'], body)}

Median recall: ${share(median(rows.map((row) => row.recall)))}.`;
}

function codes(rows: Results['codes']): string {
  const held = rows.reduce((sum, row) => sum + row.codes, 0);
  const missed = rows.reduce((sum, row) => sum + row.missed.length, 0);
  const [server] = rows;
  return `Apache numbers its messages. Of the ${server!.codes} numbers in the server's binary ${server!.codes - server!.missed.length} are among
the strings found; with ${rows.length - 1} modules, ${held - missed} of ${held}.`;
}

function sites(rows: Results['sites']): string {
  const body = rows.map((row) => [row.name, row.sites, share(row.recall), share(row.rightText)]);
  return `Built from source with line numbers, stripped, and compared by address.

${table(['program', 'log calls', 'recall', 'of those, with the right text'], body)}`;
}

function edges(rows: Results['edges']): string {
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
      share(row.randomWithinRate),
      share(row.seenRate),
    ],
    row.meanOutDegree.toFixed(1),
    share(row.density),
  ]);
  return `Real servers with verbose logs and real clients. A hit is a pair of consecutive lines of one thread that is an edge, or
a loop's start after a loop's end. Random: all pairs of the kinds of line that were seen; within a turn: without those of
which the first can end a turn and the second begin one, as one request may follow any other; seen in the log: those that
followed each other in it. All nodes: the share of edges among all pairs of the program's lines.

The promise is at most ${share(random_hit_rate_max)} at random, which only programs with one request at a time keep. What limits the others is in
[a decision](decisions/2026-11-27-random-pairs.md).

${table(['server', 'lines', 'matched', 'pairs', 'kinds of line', 'hits', 'by edge', 'random', 'random by edge', 'within a turn', 'seen in the log', 'mean out-degree', 'all nodes'], body)}`;
}

function figures(rows: Results['figures']): string {
  const cell = (run: Cost['runs'][number] | undefined, bound: Cost['bound']): string =>
    run === undefined
      ? ''
      : 'failure' in run
        ? 'failed'
        : within(`${run.seconds.toFixed(1)} s`, run.seconds <= (bound?.seconds_max ?? Infinity)) +
          `, ${within(`${Math.round(run.mb)} MB`, run.mb <= (bound?.mb_max ?? Infinity))}`;
  const found = (run: Cost['runs'][number] | undefined): string => {
    if (run === undefined) return '';
    if ('failure' in run) return 'failed';
    const recall = run.recall === undefined ? '' : `, ${share(run.recall)}`;
    return `${run.texts}${recall}, ${run.edges}`;
  };
  const columns = depths.map((bt) => `BT ${bt}`);
  const runs = (row: Cost) => depths.map((bt) => row.runs.find((run) => run.bt === bt));
  const head = (row: Cost): string[] => [row.name, String(Math.round(row.text_bytes / 1024))];
  const bound = ({ bound }: Cost): string =>
    bound === undefined ? '' : `${bound.seconds_max} s, ${bound.mb_max} MB`;
  const failures = rows.flatMap((row) =>
    row.runs.flatMap((run) => ('failure' in run ? [`- ${row.name}, BT ${run.bt}: ${run.failure}`] : [])),
  );
  return `![Time and memory by size of program and depth](figures/analyser.svg)

Seconds from the start of an analysis to its end, and the most memory of its process, as \`analyse --json\` says them
(\`elapsedMs\`, \`maxRssMb\`); bold is what is above the bound. ${calmness(rows)}

${table(
  ['program', 'code KB', ...columns, 'bound'],
  rows.map((row) => [...head(row), ...runs(row).map((run) => cell(run, row.bound)), bound(row)]),
)}

What was found: different strings, their recall where the source's are known, and pairs that can follow each other:

${table(
  ['program', 'code KB', ...columns],
  rows.map((row) => [...head(row), ...runs(row).map(found)]),
)}${failures.length === 0 ? '' : `\n\nFailed:\n\n${failures.join('\n')}`}`;
}

function within(text: string, isWithin: boolean): string {
  return isWithin ? text : `**${text}**`;
}

/** How far the seconds can be trusted. */
function calmness(rows: Results['figures']): string {
  // Later ones are measured beside what the earlier ones leave in the average.
  const load = Math.min(...rows.map((row) => row.load));
  const runs = rows.flatMap((row) => row.runs).filter((run) => 'seconds' in run);
  const cpu = median(runs.map((run) => run.cpu_seconds / run.seconds));
  const calm =
    load < calm_load_max ? 'The machine did nothing else' : 'The machine was busy, which makes seconds more';
  return `${calm}
(${availableParallelism()} processors, a load of ${load.toFixed(1)} before). Processor time is ${cpu.toFixed(1)} times as long in the median, with V8's helper thread.`;
}

/** As the formatter would write it. */
function table(head: readonly string[], body: readonly (readonly (string | number)[])[]): string {
  const rows = [head, ...body].map((cells) => cells.map(String));
  const widths = head.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [first, ...others] = rows.map(line);
  return [first, line(widths.map((width) => '-'.repeat(width))), ...others].join('\n');
}

function share(value: number): string {
  return value.toFixed(3);
}
