/** The answer to `why` as a readable text: what was matched, the ranked root causes, the first ones' paths. */
import type { TraceAnswer, WhyAnswer } from '../../contract/why.ts';
import type { Paint } from './paint.ts';
import { PathWriter, vertexText } from './path-lines.ts';
import { durationText, grouped, plural } from './quantity.ts';
import { safeLabel, safeText } from './safe-text.ts';
import { AnswerGraph } from './side-input.ts';

const matched_max = 5;
const also_max = 5;
const gaps_max = 5;
const paths_max = 3;
const input_length_max = 160;

export function whyText(answer: WhyAnswer, paint: Paint): string {
  const paths = new PathWriter(new AnswerGraph(answer.graph), paint);
  const lines = [...symptomLines(answer, paint)];
  if (answer.rootCauses.length === 0) {
    lines.push('', 'Nothing was seen to lead to it.');
  } else {
    lines.push('', paint.heading('Root causes'));
    for (const { rank, score, why } of answer.rootCauses) {
      lines.push(`${String(rank).padStart(3)}  ${score.toFixed(3)}  ${safeText(why)}`);
    }
    // What is its own cause has no way to tell.
    const ways = answer.rootCauses.filter(({ path }) => path.length > 0);
    for (const cause of ways.slice(0, paths_max)) {
      lines.push('', paint.heading(`Cause ${cause.rank}, from cause to effect`));
      lines.push(...paths.lines(cause.path));
    }
    const more = ways.length - paths_max;
    if (more > 0)
      lines.push('', paint.faint(`The ways of ${plural(more, 'more cause')} are in what --json prints.`));
  }
  return `${[...lines, ...limitLines(answer, paint)].join('\n')}\n`;
}

export function symptomLines(answer: TraceAnswer | WhyAnswer, paint: Paint): string[] {
  const { input, matched, how, also } = answer.symptom;
  const lines = [`${paint.heading('Symptom')}  ${safeLabel(input, input_length_max)}`, `  ${safeText(how)}`];
  for (const vertex of matched.slice(0, matched_max)) {
    lines.push(`  ${vertexText(vertex, vertex.id, paint)}  ${paint.faint(vertex.time)}`);
  }
  const more = matched.length - matched_max;
  if (more > 0) lines.push(`  and ${grouped(more)} more`);
  for (const other of also.slice(0, also_max)) lines.push(`  or else: ${safeLabel(other, input_length_max)}`);
  return lines;
}

/** What may be missing from the answer, and what it took. */
export function limitLines(answer: TraceAnswer | WhyAnswer, paint: Paint): string[] {
  const lines = [''];
  const { truncated, gaps, graph, elapsedMs } = answer;
  if (truncated !== null) {
    const cuts = [
      ...(truncated.depth ? ['there is more beyond the depth (--depth)'] : []),
      ...(truncated.vertices ? ['the bound on vertices was reached (--before narrows it)'] : []),
      ...(truncated.deadline ? ['the time allowed was over (--depth or --before narrows it)'] : []),
      ...(truncated.gaps ? ['there are more gaps than are listed'] : []),
      ...(truncated.hubs.length > 0
        ? [
            `not all edges were read of ${truncated.hubs
              .slice(0, 3)
              .map((id) => safeLabel(id, 80))
              .join(', ')}${truncated.hubs.length > 3 ? ` and ${truncated.hubs.length - 3} more` : ''}`,
          ]
        : []),
      ...(truncated.matches ? ['the symptom matched more than was looked at'] : []),
    ];
    lines.push(`${paint.bad('Cut off:')} ${cuts.join('; ')}.`);
  }
  for (const gap of gaps.slice(0, gaps_max)) {
    const missing = gap.missing === null ? 'records' : plural(gap.missing, 'record');
    const where = safeText(`${gap.host} (${gap.stream})`);
    lines.push(
      `${paint.bad('Missing:')} ${missing} of ${where}, ${gap.from} to ${gap.until}: ${safeText(gap.reason)}.`,
    );
  }
  if (gaps.length > gaps_max) lines.push(`and ${plural(gaps.length - gaps_max, 'more gap')}.`);
  lines.push(
    paint.faint(
      `${plural(graph.edges.length, 'edge')} and ${plural(graph.vertices.length, 'vertex', 'vertices')} looked at in ${durationText(elapsedMs)}.`,
    ),
  );
  return lines;
}
