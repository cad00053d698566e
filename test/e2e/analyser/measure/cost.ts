/** Time and memory of an analysis, by program and back-trace depth. */
import { join } from 'node:path';
import { z } from 'zod';
import { debianPackage } from '../debian/package-store.ts';
import { readCorpus } from '../literal/program-labels.ts';
import { type AnalyseOptions, analyse } from '../tool/analyse.ts';
import { run } from '../tool/command.ts';
import { installTools } from '../tool/install.ts';

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

export interface Cost {
  readonly name: string;
  readonly text_bytes: number;
  /** By depth. */
  readonly runs: readonly {
    readonly bt: number;
    /** Of the whole command, start included. */
    readonly seconds: number;
    readonly mb: number;
    readonly texts: number;
    readonly nodes: number;
  }[];
  /** Undefined where nothing was promised for a program of its size. */
  readonly bound: { readonly seconds_max: number; readonly mb_max: number } | undefined;
}

export function costPrograms(): readonly CostProgram[] {
  return Programs.parse(readCorpus('figure-programs.json'));
}

export async function cost(program: CostProgram, options: AnalyseOptions): Promise<Cost> {
  const file = join(await debianPackage(program.package), program.binary);
  const text_bytes = await textBytes(file);
  const runs = [];
  for (const bt of depths) {
    const began = performance.now();
    const { nodes, stats } = await analyse(file, { ...options, bt });
    const seconds = (performance.now() - began) / 1_000;
    const texts = new Set(nodes.map((node) => node.text)).size;
    runs.push({ bt, seconds, mb: stats.maxRssMb, texts, nodes: nodes.length });
  }
  const { seconds_max, mb_max } = program;
  const own = seconds_max === undefined || mb_max === undefined ? undefined : { seconds_max, mb_max };
  const bound = own ?? (text_bytes < small_bytes_max ? small : undefined);
  return { name: program.binary.slice(program.binary.lastIndexOf('/') + 1), text_bytes, runs, bound };
}

async function textBytes(file: string): Promise<number> {
  await installTools('size');
  const sections = await run(`could not read the size of ${file}`, 'size', ['-A', file]);
  return Number(/^\.text +(\d+)/m.exec(sections)?.[1] ?? 0);
}
