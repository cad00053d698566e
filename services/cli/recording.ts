/** The recorded scenario that the demo shows: which log is whose, and what the recording says of itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ImportOptions } from '../worker/import-files.ts';
import type { InputFile } from '../worker/input-stream.ts';
import { CommandError } from './failure.ts';

const GroundTruth = z.object({
  title: z.string(),
  symptom: z.string(),
  rootCause: z.object({ address: z.string(), port: z.number().int() }),
  benignClients: z.array(z.string()),
});

/** By the first word of a log's name. */
const containers: Readonly<Record<string, string>> = { apache: 'web', php: 'app', mariadb: 'db' };
const suffix = '.log.gz';

/** Throws CommandError where the recording is not there, or is none. */
export function readGroundTruth(folder: string): z.output<typeof GroundTruth> {
  return attempt(folder, () =>
    GroundTruth.parse(JSON.parse(readFileSync(join(folder, 'ground-truth.json'), 'utf8'))),
  );
}

/** Throws as `readGroundTruth`. */
export function demoInputs(folder: string): Pick<ImportOptions, 'audit' | 'logs' | 'identity'> {
  const names = attempt(folder, () => readdirSync(folder)).sort();
  const input = (name: string): InputFile => ({
    name: name.replace(/\.gz$/, ''),
    path: join(folder, name),
    container: containers[name.split('-')[0]!],
  });
  return {
    audit: [input(`audit${suffix}`)],
    logs: names.filter((name) => name.endsWith(suffix) && name !== `audit${suffix}`).map(input),
    identity: [input('identity.jsonl')],
  };
}

function attempt<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new CommandError('recording', `no recording that can be read in ${folder}`, {
      cause,
      hint: 'restore it from the repository',
    });
  }
}
