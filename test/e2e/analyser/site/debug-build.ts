/** Programs built from their Debian source with line numbers, and the same stripped. */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheFolder, debianProgram } from '../debian/package-store.ts';
import { programLabels, readCorpus } from '../literal/program-labels.ts';
import { run } from '../tool/command.ts';
import { installTools } from '../tool/install.ts';

const Recipes = z.record(
  z.string(),
  z.strictObject({ commands: z.array(z.tuple([z.string()]).rest(z.string())), program: z.string() }),
);

export interface DebugBuild {
  readonly name: string;
  readonly source: string;
  /** With DWARF. */
  readonly program: string;
  readonly stripped: string;
}

export function debugBuildNames(): readonly string[] {
  return Object.keys(recipes());
}

/** Kept between runs. */
export async function debugBuild(name: string): Promise<DebugBuild> {
  const { commands, program } = recipes()[name]!;
  const labels = programLabels(name);
  const { source } = await debianProgram(labels.package, labels.source);
  const folder = join(cacheFolder, 'builds', source.slice(source.lastIndexOf('/') + 1));
  if (!existsSync(folder)) {
    await installTools('gcc', 'make', 'strip');
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(join(folder, '..'), { recursive: true });
    cpSync(source, unfinished, { recursive: true, preserveTimestamps: true });
    for (const [command, ...args] of commands) {
      await run(`could not build ${name}`, command, args, { cwd: unfinished });
    }
    const built = join(unfinished, program);
    await run(`could not strip ${name}`, 'strip', ['-o', `${built}.stripped`, built]);
    renameSync(unfinished, folder);
  }
  const built = join(folder, program);
  return { name, source, program: built, stripped: `${built}.stripped` };
}

function recipes(): z.infer<typeof Recipes> {
  return Recipes.parse(readCorpus('debug-builds.json'));
}
