/** `npm run accuracy`: measures the analyser against sources and real logs, writes docs/ANALYSER.md, fails below the gates. */
import { parseArgs } from 'node:util';
import { programNames } from './literal/program-labels.ts';
import { callSites } from './measure/call-sites.ts';
import { cost, costPrograms, programName } from './measure/cost.ts';
import { lineOrder } from './measure/line-order.ts';
import { messageCodes } from './measure/message-codes.ts';
import { programTexts } from './measure/program-texts.ts';
import { realServers, recordServer } from './reality/servers.ts';
import { gates } from './report/gates.ts';
import { writePage } from './report/page.ts';
import { type Part, parts, type Results } from './report/results.ts';
import { debugBuildNames } from './site/debug-build.ts';
import { type AnalyseOptions, analyse } from './tool/analyse.ts';
import { TruthError } from './tool/command.ts';

const usage = `usage: npm run accuracy -- [${parts.join('|')} …] [--only PROGRAM] [--analyser 'COMMAND ARG …']`;
const modules_max = 200;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, analyser: { type: 'string' } },
  });
  const unknown = positionals.find((part) => !parts.includes(part as Part));
  if (unknown !== undefined) throw new TruthError(`there is no part ${unknown}; ${usage}`);
  const options = values.analyser === undefined ? {} : { analyser: values.analyser.split(' ') };
  const broken: string[] = [];
  const results: { -readonly [P in Part]?: Results[P] } = {};
  for (const part of parts) {
    if (positionals.length > 0 && !positionals.includes(part)) continue;
    process.stdout.write(`▸ ${part}\n`);
    broken.push(...(await measure(part, options, values.only, results)));
  }
  // A page of one program, or of another analyser, would say something else than its title.
  if (values.only === undefined && values.analyser === undefined) writePage(results);
  for (const sentence of broken) process.stdout.write(`✗ ${sentence}\n`);
  return broken.length === 0 ? 0 : 1;
}

/** Gives the promises that were broken. */
async function measure<P extends Part>(
  part: P,
  options: AnalyseOptions,
  only: string | undefined,
  results: { [Q in P]?: Results[Q] },
): Promise<readonly string[]> {
  const rows = await measures[part](options, (name) => only === undefined || name === only);
  results[part] = rows;
  return rows.length === 0 ? [] : gates[part](rows);
}

type Wanted = (name: string) => boolean;

const measures: { readonly [P in Part]: (options: AnalyseOptions, wanted: Wanted) => Promise<Results[P]> } = {
  strings: (options, wanted) =>
    each(programNames().filter(wanted), async (name) => {
      const row = await programTexts(name, options);
      say(name, {
        truth: row.truth,
        found: row.found,
        recall: row.recall,
        precision: row.precision ?? row.labelledPrecision,
      });
      return row;
    }),
  async codes(options, wanted) {
    if (!wanted('apache2')) return [];
    const rows = await messageCodes(modules_max, options);
    for (const { file, codes, missed } of rows) say(file, { codes, missed: missed.length });
    return rows;
  },
  sites: (options, wanted) =>
    each(debugBuildNames().filter(wanted), async (name) => {
      const row = await callSites(name, options);
      say(name, { sites: row.sites, recall: row.recall, 'right text': row.rightText });
      return row;
    }),
  edges: (options, wanted) =>
    each(
      realServers.filter(({ name }) => wanted(name)),
      async (server) => {
        const { binary, lines } = await recordServer(server);
        const row = lineOrder(lines, await analyse(binary, { ...options, edges: true }));
        const { matched, hitRate, edgeRate, randomHitRate, seenRate, meanOutDegree } = row;
        say(server.name, {
          lines: row.lines,
          matched,
          hits: hitRate,
          'by edge': edgeRate,
          random: randomHitRate,
          'random by edge': row.randomEdgeRate,
          'within a turn': row.randomWithinRate,
          'seen in the log': seenRate,
          'out-degree': meanOutDegree,
        });
        return { name: server.name, ...row };
      },
    ),
  async figures(options, wanted) {
    const programs = costPrograms().filter((program) => wanted(programName(program)));
    const rows = await each(programs, async (program) => {
      const row = await cost(program, options);
      for (const { bt, ...run } of row.runs) {
        if ('failure' in run) process.stdout.write(`  ${row.name}, BT ${bt}: ${run.failure}\n`);
        else say(`${row.name}, BT ${bt}`, { ...run, recall: run.recall ?? 0 });
      }
      return row;
    });
    return rows.toSorted((a, b) => a.text_bytes - b.text_bytes);
  },
};

async function each<T, R>(items: readonly T[], job: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await job(item));
  return results;
}

function say(name: string, values: Readonly<Record<string, number>>): void {
  const text = Object.entries(values).map(
    ([key, value]) => `${key} ${Number.isInteger(value) ? value : value.toFixed(3)}`,
  );
  process.stdout.write(`  ${name}: ${text.join(', ')}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TruthError)) throw error;
  process.stderr.write(`accuracy: ${error.message}\n`);
  process.exitCode = 3;
}
