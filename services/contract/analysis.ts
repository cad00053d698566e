/** What an analysis of a program answers, as JSON. */
import { z } from 'zod';

const Count = z.number().int().nonnegative();

export const AnalysisAnswer = z.strictObject({
  program: z.string(),
  /** Lower-case hex; null where the program has none. */
  buildId: z.string().nullable(),
  arch: z.string().nullable(),
  bt: Count,
  stats: z.strictObject({
    elapsedMs: Count,
    /** Processor time of all threads: it says more than the clock on a machine that does other work. */
    cpuMs: Count,
    /** Of the whole process, at its highest. */
    maxRssMb: Count,
    functions: Count,
    blocks: Count,
    callSites: Count,
    unresolvedJumps: Count,
    unresolvedCalls: Count,
  }),
  nodes: z.array(
    z.strictObject({
      id: Count,
      address: z.string().nullable(),
      text: z.string(),
      regex: z.string(),
      function: z.string().nullable(),
      lmgf: z.string().nullable(),
      loopStart: z.boolean(),
      loopEnd: z.boolean(),
      endSyscalls: z.array(z.string()),
    }),
  ),
  /** Pairs of ids: the second can follow the first. Only where asked for. */
  edges: z.array(z.tuple([Count, Count])).optional(),
});

export type AnalysisAnswer = z.output<typeof AnalysisAnswer>;
