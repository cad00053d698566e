/** Ranked root causes as an answer has them: why each ranks there, how complete its way is, and what else it could be. */
import { vertexAnswer } from '../contract/graph-answer.ts';
import { formatTime } from '../contract/time-text.ts';
import type { RootCauseAnswer } from '../contract/why.ts';
import type { Gap, GraphReader } from '../core/graph-store.ts';
import { type Mark, marksOf } from '../core/trace/completeness.ts';
import { confounders } from '../core/trace/confounders.ts';
import { frequenciesOf } from '../core/trace/frequency.ts';
import { type RootCause, rankRootCauses, weighRarity } from '../core/trace/root-causes.ts';
import type { Symptom } from '../core/trace/symptom/symptom.ts';
import type { TraceView } from '../core/trace/trace-view.ts';
import type { TraceStart } from '../core/trace/traversal.ts';
import { type AnswerOptions, type Investigation, investigate, type Question } from './investigation.ts';

/** Beyond them rarity can lift no cause to where anybody looks. */
const weighed_max = 64;
/** Of clients, also of those that only set off what others had planted. */
const likely_prior_min = 0.4;
const alternatives_max = 3;

export interface CauseInvestigation extends Investigation {
  /** By rank: the first of all weighed by how rare their ways are in the store. */
  readonly causes: readonly RootCause[];
}

/** Rejects with what the store rejects with. */
export async function investigateCauses(
  reader: GraphReader,
  question: Omit<Question, 'direction'> & { readonly top: number },
  options: AnswerOptions,
): Promise<CauseInvestigation> {
  const weighed_count = Math.max(weighed_max, question.top);
  let found: RootCause[] = [];
  const enough = (view: TraceView, starts: readonly TraceStart[]): number => {
    found = rankRootCauses(view, starts);
    // As many likely ones as are weighed: what is farther would have to be more likely to come before them.
    return found.filter(({ factors }) => factors.prior >= likely_prior_min).length / weighed_count;
  };
  const investigation = await investigate(reader, { ...question, direction: 'backward', enough }, options);
  const { view } = investigation;
  const weighed = found.slice(0, weighed_count);
  const ids = new Set(
    weighed.flatMap(({ vertex, path }) => [vertex.id, ...path.steps.map((s) => s.edge.to)]),
  );
  const vertices = [...ids].map((id) => view.vertices.get(id)).filter((v) => v !== undefined);
  const causes = weighRarity(weighed, await frequenciesOf(reader, vertices, view.traced.degrees));
  return { ...investigation, causes };
}

/** `causes` are all that were weighed; the first `top` are answered, the others can be alternatives. */
export function rootCauseAnswers(
  { view, symptom }: Investigation,
  causes: readonly RootCause[],
  top: number,
  gaps: readonly Gap[],
): RootCauseAnswer[] {
  const groups = confounders(causes);
  const marks = new Map(causes.map((cause) => [cause, marksOf(cause.path, view, gaps)]));
  const isWhole = (cause: RootCause): boolean =>
    !marks
      .get(cause)!
      .flat()
      .some(({ kind }) => kind === 'gap');
  return causes.slice(0, top).map((cause, i) => {
    const group = groups.get(i);
    const others = group?.places.filter((place) => place !== i) ?? [];
    const joint = group === undefined ? undefined : view.vertices.get(group.joint)?.label;
    const apart = `; the records don't tell it from ${causesText(others)}: all came to ${joint} the same way`;
    const alternatives = isWhole(cause) ? [] : causes.filter((other) => other !== cause && isWhole(other));
    return {
      rank: i + 1,
      score: rounded(cause.score),
      factors: {
        prior: rounded(cause.factors.prior),
        distance: rounded(cause.factors.distance),
        rarity: rounded(cause.factors.rarity),
      },
      entry: cause.entry,
      vertex: vertexAnswer(cause.vertex),
      why: group === undefined ? cause.why : `${cause.why}${apart}`,
      confoundedWith: others.map((place) => place + 1),
      crossesGap: !isWhole(cause),
      alternatives: alternatives
        .slice(0, alternatives_max)
        .map(({ vertex, why, score }) => ({ vertex: vertexAnswer(vertex), why, score: rounded(score) })),
      path: stepsOf(cause, marks.get(cause)!, symptom, view),
    };
  });
}

function stepsOf(
  { path }: RootCause,
  marks: readonly (readonly Mark[])[],
  symptom: Symptom,
  view: TraceView,
): RootCauseAnswer['path'] {
  const steps = path.steps.map(({ edge: { from, to, op }, time }, i) => {
    return { from, to, op, time: formatTime(time), marks: [...marks[i]!] };
  });
  const end = path.steps.at(-1)?.edge.to;
  const printed = symptom.printed.find((u) => u.emitter === end);
  if (printed === undefined || !view.vertices.has(printed.template)) return steps;
  const { emitter, template, time } = printed;
  return [...steps, { from: emitter, to: template, op: 'log', time: formatTime(time), marks: [] }];
}

function causesText(places: readonly number[]): string {
  const ranks = places.slice(0, alternatives_max).map((place) => place + 1);
  const more = places.length - ranks.length;
  return `cause ${ranks.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function rounded(n: number): number {
  return Number(n.toFixed(4));
}
