/** An analysis as a job of a queue: plain data, so that any queue can carry it. */
import { z } from 'zod';
import { LogFunctionTable } from './log-function-table.ts';

const paths_max = 256;

export const AnalyseJob = z.strictObject({
  /** The program, then what belongs to it: libraries that it loads, or its other sources. */
  paths: z.array(z.string().min(1)).min(1).max(paths_max),
  /** The folder that keeps the profile. */
  registry: z.string().min(1),
  bt: z.number().int().min(0).max(10),
  functions: LogFunctionTable.optional(),
  timeMsMax: z.number().int().positive(),
  memoryMbMax: z.number().int().positive(),
});

export type AnalyseJob = z.output<typeof AnalyseJob>;
