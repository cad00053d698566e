/** Runs the analyse command as a user would, and checks what it prints. It must not know what is expected of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { run } from './command.ts';

const command = fileURLToPath(new URL('../../../../scripts/disprotrack', import.meta.url));

const seconds_max = 3_600;

const AnalysisNode = z.object({
  id: z.number(),
  /** Hex; of the call's return address. */
  address: z.string(),
  text: z.string(),
  regex: z.string(),
  function: z.string().nullish(),
  loopStart: z.boolean(),
  loopEnd: z.boolean(),
});
export type AnalysisNode = z.infer<typeof AnalysisNode>;

const Analysis = z.object({
  stats: z.object({
    elapsedMs: z.number(),
    cpuMs: z.number(),
    maxRssMb: z.number(),
    functions: z.number(),
    blocks: z.number(),
    callSites: z.number(),
    unresolvedJumps: z.number(),
    unresolvedCalls: z.number(),
  }),
  nodes: z.array(AnalysisNode),
  edges: z.array(z.tuple([z.number(), z.number()])).optional(),
});
export type Analysis = z.infer<typeof Analysis>;

export interface AnalyseOptions {
  readonly bt?: number;
  readonly edges?: boolean;
  /** The profile is written there. */
  readonly profile?: string;
  /** A table of log functions. */
  readonly functions?: string;
  /** Measure another analyser that takes the same options and prints the same. */
  readonly analyser?: readonly string[];
}

/** Throws a TruthError with the command's own last sentence where it fails. */
export async function analyse(file: string, options: AnalyseOptions = {}): Promise<Analysis> {
  const [program, ...first] = options.analyser ?? [command, 'analyse'];
  // What else the machine does must not end a measurement.
  const args = [
    ...first,
    file,
    '--json',
    '--timeout',
    String(seconds_max),
    ...(options.edges === true ? ['--edges'] : []),
  ];
  if (options.bt !== undefined) args.push('--bt', String(options.bt));
  if (options.profile !== undefined) args.push('--out', options.profile);
  if (options.functions !== undefined) args.push('--functions', options.functions);
  const folder = mkdtempSync(join(tmpdir(), 'disprotrack-analysis-'));
  try {
    // A file, since the edges of a large program don't fit a pipe's patience.
    const outputFile = join(folder, 'analysis.json');
    await run(`could not analyse ${file}`, program!, args, { outputFile, nothing: 1 });
    return Analysis.parse(JSON.parse(readFileSync(outputFile, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
