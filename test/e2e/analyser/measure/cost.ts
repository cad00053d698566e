/**
 * Time, memory and what is found, by program and back-trace depth. An analysis that fails is a row that says why: it
 * must not end the others.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { LmsCfgProfile } from '../../../../services/contract/lms-cfg-profile.ts';
import { toLmsCfg } from '../../../../services/contract/profile-form.ts';
import { debianPackage, debianProgram } from '../debian/package-store.ts';
import { programLabels, programNames, readCorpus } from '../literal/program-labels.ts';
import { isTelling, normalised } from '../literal/truth-texts.ts';
import { type AnalyseOptions, type Analysis, analyse } from '../tool/analyse.ts';
import { run, TruthError } from '../tool/command.ts';
import { installTools } from '../tool/install.ts';
import { sourceTexts } from './program-texts.ts';

const small_bytes_max = 1 << 20;
const small = { seconds_max: 2, mb_max: 250 };

export const depths = [0, 1, 2, 3, 4, 5] as const;

const Programs = z.array(
  z.strictObject({
    package: z.string(),
    binary: z.string(),
    seconds_max: z.number().optional(),
    mb_max: z.number().optional(),
  }),
);
export type CostProgram = z.infer<typeof Programs>[number];

export interface DepthCost {
  readonly bt: number;
  /** From its start to its end, as a user waits: on a machine that does something else they are more. */
  readonly seconds: number;
  /** Of the processor, V8's helper thread included. */
  readonly cpu_seconds: number;
  readonly mb: number;
  readonly texts: number;
  /** Of the texts at log calls in the source; undefined where no source is labelled. */
  readonly recall: number | undefined;
  readonly edges: number;
}

export interface FailedDepth {
  readonly bt: number;
  readonly failure: string;
}

export interface Cost {
  readonly name: string;
  readonly text_bytes: number;
  /** Of the machine before it, in processes that wanted to run. */
  readonly load: number;
  /** By depth. */
  readonly runs: readonly (DepthCost | FailedDepth)[];
  /** Undefined where nothing was promised for a program of its size. */
  readonly bound: { readonly seconds_max: number; readonly mb_max: number } | undefined;
}

export function costPrograms(): readonly CostProgram[] {
  return Programs.parse(readCorpus('figure-programs.json'));
}

export function programName({ binary }: CostProgram): string {
  return binary.slice(binary.lastIndexOf('/') + 1);
}

export async function cost(program: CostProgram, options: AnalyseOptions): Promise<Cost> {
  const { file, truth } = await programFile(program);
  const text_bytes = await textBytes(file);
  const load = loadavg()[0]!;
  const runs: (DepthCost | FailedDepth)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-cost-'));
  for (const bt of depths) {
    try {
      const profile = join(folder, 'profile.json');
      const analysis = await analyse(file, { ...options, bt, profile });
      runs.push(depthCost(bt, analysis, edgesOf(profile), truth));
    } catch (error) {
      if (!(error instanceof TruthError)) throw error;
      runs.push({ bt, failure: error.message });
    }
  }
  rmSync(folder, { recursive: true, force: true });
  const { seconds_max, mb_max } = program;
  const own = seconds_max === undefined || mb_max === undefined ? undefined : { seconds_max, mb_max };
  const bound = own ?? (text_bytes < small_bytes_max ? small : undefined);
  return { name: programName(program), text_bytes, load, runs, bound };
}

function depthCost(
  bt: number,
  { nodes, stats }: Analysis,
  edges: number,
  truth: ReadonlySet<string> | undefined,
): DepthCost {
  const found = new Set(nodes.map((node) => normalised(node.text)).filter(isTelling));
  const met = truth === undefined ? 0 : [...truth].filter((text) => found.has(text)).length;
  return {
    bt,
    seconds: stats.elapsedMs / 1_000,
    cpu_seconds: stats.cpuMs / 1_000,
    mb: stats.maxRssMb,
    texts: new Set(nodes.map((node) => node.text)).size,
    recall: truth === undefined ? undefined : met / truth.size,
    edges,
  };
}

/** Counted from the profile: as pairs they would be millions of lines of JSON. */
function edgesOf(profile: string): number {
  const { nodes, successors } = toLmsCfg(LmsCfgProfile.parse(JSON.parse(readFileSync(profile, 'utf8'))));
  return nodes.reduce((sum, { id }) => sum + successors(id).length, 0);
}

/** With the texts of its source, where that is labelled. */
async function programFile(program: CostProgram) {
  const name = programNames().find((each) => programLabels(each).binary === program.binary);
  if (name === undefined) {
    return { file: join(await debianPackage(program.package), program.binary), truth: undefined };
  }
  const labels = programLabels(name);
  const { files, source } = await debianProgram(labels.package, labels.source);
  const file = join(files, program.binary);
  return { file, truth: await sourceTexts(labels, source, file) };
}

async function textBytes(file: string): Promise<number> {
  await installTools('size');
  const sections = await run(`could not read the size of ${file}`, 'size', ['-A', file]);
  return Number(/^\.text +(\d+)/m.exec(sections)?.[1] ?? 0);
}
