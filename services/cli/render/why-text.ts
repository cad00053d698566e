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
const hubs_max = 3;
const clocks_max = 4;
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
      lines.push(...paths.lines(cause.path), ...paths.doubts(cause));
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
  const { gaps, graph, reduction, elapsedMs } = answer;
  const lines = ['', ...cutLines(answer, paint)];
  for (const gap of gaps.slice(0, gaps_max)) {
    const missing = gap.missing === null ? 'records' : plural(gap.missing, 'record');
    const where = safeText(`${gap.host} (${gap.stream})`);
    lines.push(
      `${paint.bad('Missing:')} ${missing} of ${where}, ${gap.from} to ${gap.until}: ${safeText(gap.reason)}.`,
    );
  }
  if (gaps.length > gaps_max) lines.push(`and ${plural(gaps.length - gaps_max, 'more gap')}.`);
  lines.push(...clockLines(answer, paint), ...notKnownLines(answer, paint));
  const folded =
    graph.vertices.length < reduction.vertices ? `; ${grouped(graph.vertices.length)} shown` : '';
  lines.push(
    paint.faint(
      `${plural(reduction.edges, 'edge')} and ${plural(reduction.vertices, 'vertex', 'vertices')} looked at in ${durationText(elapsedMs)}${folded}.`,
    ),
  );
  return lines;
}

function cutLines({ truncated }: TraceAnswer | WhyAnswer, paint: Paint): string[] {
  if (truncated === null) return [];
  const { hubs } = truncated;
  const more = hubs.length > hubs_max ? ` and ${hubs.length - hubs_max} more` : '';
  const names = hubs.slice(0, hubs_max).map((id) => safeLabel(id, 80));
  const cuts = [
    ...(truncated.depth ? ['there is more beyond the depth (--depth)'] : []),
    ...(truncated.vertices ? ['the bound on vertices was reached (--before narrows it)'] : []),
    ...(truncated.deadline ? ['the time allowed was over (--depth or --before narrows it)'] : []),
    ...(truncated.gaps ? ['there are more gaps than are listed'] : []),
    ...(hubs.length > 0 ? [`not all edges were read of ${names.join(', ')}${more}`] : []),
    ...(truncated.matches ? ['the symptom matched more than was looked at'] : []),
  ];
  return [`${paint.bad('Cut off:')} ${cuts.join('; ')}.`];
}

function clockLines({ clocks }: TraceAnswer | WhyAnswer, paint: Paint): string[] {
  const [reference, ...others] = clocks;
  if (reference === undefined) return [];
  const texts = others.slice(0, clocks_max).map(({ host, offsetMs, errorMs, driftPpm, samples }) => {
    const way = offsetMs < 0 ? 'behind' : 'ahead';
    const [whole, part] = Math.abs(offsetMs).toFixed(3).split('.');
    const drift = Math.abs(driftPpm) < 1 ? '' : `, drifting ${Math.round(driftPpm)} ppm`;
    return `${safeLabel(host, 60)} is ${grouped(Number(whole))}.${part} ms ${way} ± ${errorMs.toFixed(3)} ms${drift}, by ${plural(samples, 'exchange')}`;
  });
  const more = others.length > clocks_max ? `; and ${others.length - clocks_max} more` : '';
  return [
    `${paint.strong('Clocks:')} times are ${safeLabel(reference.host, 60)}’s; ${texts.join('; ')}${more}.`,
  ];
}

/** Gaps have lines of their own, and so do clocks. */
function notKnownLines({ completeness }: TraceAnswer | WhyAnswer, paint: Paint): string[] {
  return completeness.marks
    .filter(({ kind }) => kind !== 'gap' && kind !== 'estimated-clock')
    .map(({ detail }) => `${paint.strong('Not known:')} ${safeLabel(detail, 200)}.`);
}
