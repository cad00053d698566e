/** What is known beforehand of the programs that the analyser is measured with. Names of programs live in data alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { FormatPlace } from './log-calls.ts';

const folder = new URL('../../../corpus/analyser/', import.meta.url);

const Place = z.union([z.int(), z.strictObject({ format: z.int(), prefix: z.string() })]);

const Labels = z.strictObject({
  package: z.string(),
  source: z.string(),
  binary: z.string(),
  folders: z.array(z.string()),
  skip: z.array(z.string()),
  /** Besides those of libc.json. */
  logFunctions: z.record(z.string(), Place),
  /** Functions that give their first argument back. */
  unwrap: z.array(z.string()).default([]),
  /** Functions that macros in `logFunctions` call in the end. */
  targets: z.array(z.string()).default([]),
  note: z.string().optional(),
});

const Judgement = z.strictObject({
  text: z.string(),
  verdict: z.enum(['log', 'not log']),
  reason: z.string(),
});
export type Judgement = z.infer<typeof Judgement>;

export type ProgramLabels = z.infer<typeof Labels> & {
  readonly name: string;
  readonly places: ReadonlyMap<string, FormatPlace>;
};

export function programNames(): readonly string[] {
  return readdirSync(new URL('programs/', folder))
    .map((file) => file.replace('.json', ''))
    .sort();
}

export function programLabels(name: string): ProgramLabels {
  const own = Labels.parse(readCorpus(`programs/${name}.json`));
  const libc = z.record(z.string(), z.int()).parse(readCorpus('libc.json'));
  return { ...own, name, places: new Map(Object.entries({ ...libc, ...own.logFunctions })) };
}

/** By hand, of texts that the analyser gave and no label covers. */
export function judgements(name: string): readonly Judgement[] {
  try {
    return z.array(Judgement).parse(readCorpus(`judged/${name}.json`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function readCorpus(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}
