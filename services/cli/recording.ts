/** The recorded scenario that the demo shows, and what it says of itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { InputFile } from '../worker/input-stream.ts';
import { CommandError } from './failure.ts';

const GroundTruth = z.object({
  title: z.string(),
  symptom: z.string(),
  rootCause: z.object({ address: z.string(), port: z.number().int() }),
  benignClients: z.array(z.string()),
});

/** What the capture source recorded: calls, log lines and containers. */
export function recordedInput(folder: string): InputFile {
  const name = 'recording.dpt.zst';
  return { name, path: join(folder, name) };
}

/** Throws CommandError where it is not there, or is none. */
export function readGroundTruth(folder: string): z.output<typeof GroundTruth> {
  try {
    return GroundTruth.parse(JSON.parse(readFileSync(join(folder, 'ground-truth.json'), 'utf8')));
  } catch (cause) {
    throw new CommandError('recording', `no recording that can be read in ${folder}`, {
      cause,
      hint: 'restore it from the repository',
    });
  }
}
