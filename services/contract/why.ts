/** The question for root causes and its answer: the same object on the command line and over HTTP. */
import { z } from 'zod';
import { GapAnswer, GraphAnswer, TimeText, TruncationAnswer, VertexAnswer } from './graph.ts';
import { depth, emptySymptom, symptom_length_max, top } from './question.ts';
import { parseTime } from './time-text.ts';

const Instant = z.string().refine((text) => parseTime(text) !== undefined, 'must be an RFC 3339 time');

export const Symptom = z
  .string()
  .min(1, emptySymptom)
  .max(symptom_length_max, `must have no more than ${symptom_length_max} characters`)
  .refine((text) => text === '' || text.trim() !== '', emptySymptom)
  .describe('a log line, a file path, ip[:port], pid:N or a vertex id');

export const WhyRequest = z.strictObject({
  symptom: Symptom,
  before: Instant.optional().describe('only what happened up to then'),
  top: z.number().int().min(top.min).max(top.max).default(top.default).describe('root causes given'),
  depth: z
    .number()
    .int()
    .min(depth.min)
    .max(depth.max)
    .default(depth.default)
    .describe('levels of the trace'),
});
export type WhyRequest = z.input<typeof WhyRequest>;

export const SymptomAnswer = z.strictObject({
  input: z.string(),
  matched: z.array(VertexAnswer),
  how: z.string().describe('what the input was taken for'),
  also: z.array(z.string()).describe('what else it could be'),
});

export const RootCauseAnswer = z.strictObject({
  rank: z.number().int(),
  score: z.number(),
  vertex: VertexAnswer,
  why: z.string(),
  path: z
    .array(z.strictObject({ from: z.string(), to: z.string(), op: z.string(), time: TimeText }))
    .describe('from the cause to the symptom'),
});

export const WhyAnswer = z.strictObject({
  symptom: SymptomAnswer,
  rootCauses: z.array(RootCauseAnswer),
  graph: GraphAnswer,
  truncated: TruncationAnswer,
  gaps: z.array(GapAnswer),
  elapsedMs: z.number(),
});
export type WhyAnswer = z.infer<typeof WhyAnswer>;

export const TraceRequest = z
  .strictObject({
    symptom: Symptom,
    direction: z.enum(['backward', 'forward']),
    before: Instant.optional().describe('backward: only what happened up to then'),
    after: Instant.optional().describe('forward: only what happened from then on'),
    depth: z.number().int().min(depth.min).max(depth.max).default(depth.default),
  })
  .refine((r) => r.direction === 'backward' || r.before === undefined, {
    path: ['before'],
    message: 'is for a backward trace; a forward one takes after',
  })
  .refine((r) => r.direction === 'forward' || r.after === undefined, {
    path: ['after'],
    message: 'is for a forward trace; a backward one takes before',
  });
export type TraceRequest = z.input<typeof TraceRequest>;

export const TraceAnswer = WhyAnswer.omit({ rootCauses: true });
export type TraceAnswer = z.infer<typeof TraceAnswer>;
