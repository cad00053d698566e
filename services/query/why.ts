/**
 * Answers the questions over a store: root causes, and a trace one way. The command line and the HTTP routes both call
 * this, so that their answers are the same object. A request is valid: a route has held it against its schema, or the
 * command line its options. All reject with what the store rejects with.
 */
import { answerVertices, top as topBounds } from '../contract/question.ts';
import type {
  CompletenessAnswer,
  TraceAnswer,
  TraceRequest,
  WhyAnswer,
  WhyRequest,
} from '../contract/why.ts';
import type { Gap, GraphReader } from '../core/graph-store.ts';
import { gapsOf } from './gaps.ts';
import { type CommonAnswer, commonAnswer } from './graph-part.ts';
import { type AnswerOptions, elapsed, investigate } from './investigation.ts';
import { investigateCauses, rootCauseAnswers } from './root-cause-part.ts';

export async function answerWhy(
  reader: GraphReader,
  request: WhyRequest,
  options: AnswerOptions = {},
): Promise<WhyAnswer> {
  const { top = topBounds.default, vertices = answerVertices.default } = request;
  const investigation = await investigateCauses(reader, { ...request, top, vertices }, options);
  const { causes } = investigation;
  const gaps = await gapsOf(reader, investigation.view, investigation.clocks);
  const paths = causes.slice(0, top).map(({ path }) => path);
  const { symptom, ...common } = commonAnswer(investigation, gaps, paths, vertices);
  const rootCauses = rootCauseAnswers(investigation, causes, top, gaps);
  const marks = rootCauses.flatMap(({ path }) => path.flatMap((step) => step.marks));
  const completeness = completenessOf(marks, gaps, common.truncated);
  return { symptom, rootCauses, ...common, completeness, elapsedMs: elapsed(investigation.began) };
}

export async function answerTrace(
  reader: GraphReader,
  request: TraceRequest,
  options: AnswerOptions = {},
): Promise<TraceAnswer> {
  const { vertices = answerVertices.max } = request;
  const investigation = await investigate(reader, { ...request, vertices }, options);
  const gaps = await gapsOf(reader, investigation.view, investigation.clocks);
  const common = commonAnswer(investigation, gaps, [], vertices);
  const completeness = completenessOf([], gaps, common.truncated);
  return { ...common, completeness, elapsedMs: elapsed(investigation.began) };
}

/** Once for each kind of mark, and for the gaps that no path crosses. */
function completenessOf(
  marks: CompletenessAnswer['marks'],
  gaps: readonly Gap[],
  truncated: CommonAnswer['truncated'],
): CompletenessAnswer {
  const byKind = new Map(marks.map((mark) => [mark.kind, mark]));
  if (gaps.length > 0 && !byKind.has('gap')) {
    byKind.set('gap', { kind: 'gap', detail: `${gaps.length} gaps in what was recorded, none on a path` });
  }
  return { isWhole: byKind.size === 0 && truncated === null, marks: [...byKind.values()] };
}
