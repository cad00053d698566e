/** Orders for analyses over HTTP: whose profile is wanted, what waits, and what could not be analysed. */
import { z } from 'zod';
import type { AnalysisLetter, QueuedAnalysis } from '../core/analysis-queue.ts';

const paths_max = 256;
const path_length_max = 4_096;

export const AnalysisOrderBody = z.strictObject({
  paths: z
    .array(z.string().max(path_length_max).regex(/^\//, 'must begin at the root'))
    .min(1)
    .max(paths_max)
    .describe('the program on the service’s machine, then the libraries that it loads'),
  buildId: z
    .string()
    .regex(/^([0-9a-f]{2}){1,64}$/, 'must be lower-case hex')
    .optional()
    .describe('what build the program must be of'),
});

export const AnalysisOrderAnswer = z.strictObject({
  id: z.string(),
  state: z
    .enum(['new', 'waits', 'dead'])
    .describe('waits: it was ordered before; dead: it is a dead letter, to be replayed or dropped first'),
});

const Order = z.strictObject({
  id: z.string(),
  paths: z.array(z.string()),
  buildId: z.string().nullable(),
  orderedAt: z.string(),
});
export const AnalysisList = z.strictObject({ analyses: z.array(Order) });

export const AnalysisLetterAnswer = z.strictObject({
  ...Order.shape,
  reason: z.string(),
  failedAt: z.string(),
});
export type AnalysisLetterAnswer = z.output<typeof AnalysisLetterAnswer>;
export const AnalysisLetterList = z.strictObject({ deadLetters: z.array(AnalysisLetterAnswer) });

export function orderAnswer({ id, paths, buildId, orderedAt }: QueuedAnalysis): z.output<typeof Order> {
  return {
    id,
    paths: [...paths],
    buildId: buildId ?? null,
    orderedAt: new Date(orderedAt).toISOString(),
  };
}

export function letterAnswer(letter: AnalysisLetter): AnalysisLetterAnswer {
  const { reason, failedAt } = letter;
  return { ...orderAnswer(letter), reason, failedAt: new Date(failedAt).toISOString() };
}
