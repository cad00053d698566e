/** One Debian program: the texts of its source's log calls against the analyser's. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, debianProgram } from '../debian/package-store.ts';
import { logCalls } from '../literal/log-calls.ts';
import { judgements, type ProgramLabels, programLabels } from '../literal/program-labels.ts';
import { BinaryStrings, isTelling, normalised, truthTexts } from '../literal/truth-texts.ts';
import { type AnalyseOptions, type Analysis, analyse } from '../tool/analyse.ts';
import { type StringAccuracy, stringAccuracy } from './string-accuracy.ts';

export const recall_min = 0.9;
export const recall_median_min = 0.95;
export const precision_min = 0.9;

export interface ProgramTexts extends StringAccuracy {
  readonly name: string;
  readonly version: string;
  readonly stats: Analysis['stats'];
}

/** What was missed, and what no label covers, is written below .cache for whoever judges it. */
export async function programTexts(name: string, options: AnalyseOptions): Promise<ProgramTexts> {
  const labels = programLabels(name);
  const program = await debianProgram(labels.package, labels.source);
  const binary = join(program.files, labels.binary);
  const truth = await sourceTexts(labels, program.source, binary);
  const analysis = await analyse(binary, options);
  const found = new Set(analysis.nodes.map((node) => normalised(node.text)).filter(isTelling));
  const accuracy = stringAccuracy(truth, found, judgements(name));
  writeLines(`${name}.missed.txt`, accuracy.missed);
  writeLines(`${name}.unmatched.txt`, accuracy.unmatched);
  return { name, version: program.version, stats: analysis.stats, ...accuracy };
}

export async function sourceTexts(
  labels: ProgramLabels,
  source: string,
  binary: string,
): Promise<ReadonlySet<string>> {
  const calls = await logCalls({
    ...{ root: source, folders: labels.folders, skip: labels.skip },
    ...{ logFunctions: labels.places, unwrap: new Set(labels.unwrap) },
  });
  return new Set(truthTexts(calls, new BinaryStrings(binary)).keys());
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function writeLines(file: string, texts: readonly string[]): void {
  const folder = join(cacheFolder, 'strings');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
}
