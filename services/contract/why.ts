/** The question for root causes and its answer: the same object on the command line and over HTTP. */
import { z } from 'zod';
import { markKinds } from '../core/trace/completeness.ts';
import { GapAnswer, GraphAnswer, Instant, TimeText, TruncationAnswer, VertexAnswer } from './graph.ts';
import {
  answerVertices,
  depth,
  emptySymptom,
  querySymptom_length_max,
  symptom_length_max,
  timeout,
  top,
} from './question.ts';

export const Symptom = symptomOf(symptom_length_max);
/** In an address; a longer one is asked for in a body. */
export const QuerySymptom = symptomOf(querySymptom_length_max);

function symptomOf(length_max: number) {
  return z
    .string()
    .min(1, { error: emptySymptom, abort: true })
    .max(length_max, `must have no more than ${length_max} characters`)
    .regex(/\S/, emptySymptom)
    .describe('a log line, a request, a file, an address, …: docs/SYMPTOMS.md');
}

const Depth = z
  .number()
  .int()
  .min(depth.min)
  .max(depth.max)
  .default(depth.default)
  .describe('levels of the trace');
const TimeoutMs = z
  .number()
  .int()
  .min(timeout.min)
  .max(timeout.max)
  .optional()
  .describe('time for the trace; what was found by then is answered, and truncated.deadline is set');
const { min, max } = answerVertices;
const Vertices = z.number().int().min(min).max(max);

export const WhyRequest = z.strictObject({
  symptom: Symptom,
  before: Instant.optional().describe('only what happened up to then'),
  top: z.number().int().min(top.min).max(top.max).default(top.default).describe('root causes given'),
  depth: Depth,
  vertices: Vertices.default(answerVertices.default).describe('of the answer’s graph, besides the paths'),
  timeoutMs: TimeoutMs,
});
export type WhyRequest = z.input<typeof WhyRequest>;

export const SymptomAnswer = z.strictObject({
  input: z.string(),
  matched: z.array(VertexAnswer),
  how: z.string().describe('what the input was taken for'),
  also: z.array(z.string()).describe('what else it could be'),
});

export const MarkAnswer = z.strictObject({
  kind: z.enum(markKinds),
  detail: z.string().describe('in words'),
});

export const CompletenessAnswer = z.strictObject({
  isWhole: z.boolean().describe('nothing is known to be missing, cut off or estimated'),
  marks: z.array(MarkAnswer).describe('one of each kind'),
});
export type CompletenessAnswer = z.infer<typeof CompletenessAnswer>;

const Share = z.number().min(0).max(1);

export const RootCauseAnswer = z.strictObject({
  rank: z.number().int(),
  score: z.number().describe('the product of the factors; comparable within one answer'),
  factors: z.strictObject({ prior: Share, distance: Share, rarity: Share }),
  entry: z.string().describe('kind of entry point'),
  vertex: VertexAnswer,
  why: z.string(),
  confoundedWith: z.array(z.number().int()).describe('ranks of causes that the records don’t tell it from'),
  crossesGap: z.boolean().describe('records are missing along its way'),
  alternatives: z
    .array(z.strictObject({ vertex: VertexAnswer, why: z.string(), score: z.number() }))
    .describe('of a way that crosses a gap: the best causes whose ways cross none'),
  path: z
    .array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        op: z.string(),
        time: TimeText,
        marks: z.array(MarkAnswer).describe('what is not known of this step'),
      }),
    )
    .describe('from the cause to the symptom'),
});
export type RootCauseAnswer = z.infer<typeof RootCauseAnswer>;

export const ReductionAnswer = z.strictObject({
  vertices: z.number().int().describe('that the trace reached'),
  edges: z.number().int(),
  factor: z.number().describe('vertices reached for each that is shown'),
  left: z
    .strictObject({
      libraries: z.number().int().describe('read-only libraries and system files'),
      scratch: z.number().int().describe('files that one process or unit alone wrote and read'),
      starts: z
        .number()
        .int()
        .describe('files that programs took up before they served anyone, and nobody else wrote'),
      other: z.number().int(),
    })
    .describe('vertices that are not shown, by why'),
});

export const ClockAnswer = z.strictObject({
  host: z.string(),
  offsetMs: z.number().describe('that its clock is ahead of the reference’s, lately'),
  errorMs: z.number(),
  driftPpm: z.number(),
  samples: z.number().int().describe('exchanges that bound it'),
});

export const WhyAnswer = z.strictObject({
  symptom: SymptomAnswer,
  rootCauses: z.array(RootCauseAnswer),
  graph: GraphAnswer,
  reduction: ReductionAnswer,
  truncated: TruncationAnswer,
  gaps: z.array(GapAnswer),
  clocks: z
    .array(ClockAnswer)
    .describe(
      'estimated; the first is the reference, whose time all times are. Empty: times are as recorded',
    ),
  completeness: CompletenessAnswer,
  elapsedMs: z.number(),
});
export type WhyAnswer = z.infer<typeof WhyAnswer>;

const ofTrace = {
  symptom: Symptom,
  depth: Depth,
  vertices: Vertices.default(answerVertices.max).describe('of the answer’s graph'),
  timeoutMs: TimeoutMs,
};

export const ImpactRequest = z.strictObject({
  ...ofTrace,
  after: Instant.optional().describe('only what happened from then on'),
});
export type ImpactRequest = z.input<typeof ImpactRequest>;

export const TraceRequest = z.discriminatedUnion('direction', [
  z.strictObject({
    ...ofTrace,
    direction: z.literal('backward'),
    before: Instant.optional().describe('only what happened up to then'),
  }),
  ImpactRequest.extend({ direction: z.literal('forward') }),
]);
export type TraceRequest = z.input<typeof TraceRequest>;

export const TraceAnswer = WhyAnswer.omit({ rootCauses: true });
export type TraceAnswer = z.infer<typeof TraceAnswer>;
