/** docs/SCENARIOS.md: what was played, and how well the answers tell it. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Outcome, othersForEach } from './run-scenario.ts';
import type { Score } from './score.ts';

const file = fileURLToPath(new URL('../../../docs/SCENARIOS.md', import.meta.url));
const symptom_length_max = 60;

export function writePage(outcomes: readonly Outcome[], times: number): void {
  writeFileSync(file, [intro(times), played(outcomes), told(outcomes), limits].join('\n'));
}

const intro = (times: number) => `# Attacks and faults, and how well they are explained

Written by \`npm run scenarios\`; do not edit it by hand (\`test/e2e/scenarios/page.ts\`). Each scenario is run for real:
Debian's servers in containers on a network of their own, driven by scripted people outside. An agent captures what the
containers do by eBPF and sends it to \`serve\`, whose store is then asked as \`disprotrack why\` does at its default
settings, without LMS-CFG profiles. Around the attack the same services are used as they are meant to be, so that all
other work is at least ${times} times its events: those are counted in a rehearsal that has nothing else. Attackers share
their addresses with other visitors. ${cpus().length} processors.

The truth is what each scenario did itself, never taken from the recording: its clients' addresses and ports, the paths,
pids and words that it made up, and when it asked and was answered.
`;

function played(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => [
    outcome.scenario.name,
    outcome.scenario.title,
    code(outcome.truth.symptom),
    String(outcome.attackEvents),
    String(othersForEach(outcome)),
    String(outcome.load.requests + outcome.load.chores),
  ]);
  const head = 'scenario|what happens|asked about|its events|others for each|requests and chores';
  return `## What is played

${table(head.split('|'), rows)}
`;
}

function told(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ scenario, withUnits, withoutUnits }) => [
    row(scenario.name, withUnits),
    row('… without units', withoutUnits),
  ]);
  const head = 'scenario|rank|asked otherwise|recall|precision|shown|reached|ms';
  return `## What is told

_Rank_ is that of the true cause; _asked otherwise_, by other symptoms of it (a file, a log line, a request).
_Recall_: steps of the truth that are in the answer's graph; _precision_: vertices on
the first cause's way that are steps of the truth. _Shown_ are vertices of the answer, _reached_ those of the trace
behind it; _ms_ is the median of five askings. _Without units_: what a unit did, its process did.

${table(head.split('|'), rows)}

With units the true cause is first in ${counted(outcomes, 1)} of ${outcomes.length}, and among the first three in
${counted(outcomes, 3)}; ${recallOf(outcomes.map(({ withUnits }) => withUnits))} of all steps are told. Without: ${counted(outcomes, 1, 'withoutUnits')},
${counted(outcomes, 3, 'withoutUnits')} and ${recallOf(outcomes.map(({ withoutUnits }) => withoutUnits))}.

${remarks(outcomes)}
`;
}

function row(
  name: string,
  { rank, otherRanks, steps, missed, precision, shown, reached, ms }: Score,
): string[] {
  const others = otherRanks.map((each) => each ?? '–').join(', ');
  const recall = `${steps - missed.length} of ${steps}`;
  return [
    name,
    String(rank ?? '–'),
    others,
    recall,
    precision.toFixed(2),
    String(shown),
    String(reached),
    ms.toFixed(0),
  ];
}

function counted(
  outcomes: readonly Outcome[],
  rank_max: number,
  which: 'withUnits' | 'withoutUnits' = 'withUnits',
): number {
  return outcomes.filter((outcome) => (outcome[which].rank ?? Number.POSITIVE_INFINITY) <= rank_max).length;
}

function recallOf(scores: readonly Score[]): string {
  const steps = scores.reduce((sum, score) => sum + score.steps, 0);
  const missed = scores.reduce((sum, score) => sum + score.missed.length, 0);
  return `${((100 * (steps - missed)) / steps).toFixed(0)} %`;
}

function remarks(outcomes: readonly Outcome[]): string {
  const lines = outcomes.flatMap(({ scenario, withUnits: { missed, strangers } }) => [
    ...(missed.length === 0 ? [] : [`- _${scenario.name}_: the answer lacks ${missed.join(', ')}.`]),
    ...(strangers.length === 0
      ? []
      : [`- _${scenario.name}_: no steps of the truth are ${strangers.map(code).join(', ')}.`]),
  ]);
  return lines.length === 0
    ? 'No answer lacks a step, and no way has a vertex that is none.'
    : lines.join('\n');
}

const limits = `## Limits

- A rank is that of one run; ties between requests that overlap in time can fall otherwise in another.
- Truth of what happens inside of a server is known by what its own worker said of itself (a pid), or not at all: what
  only the kernel could tell is in no truth.
`;

function code(text: string): string {
  return `\`${shortened(text)}\``;
}

function shortened(text: string): string {
  return text.length > symptom_length_max ? `${text.slice(0, symptom_length_max)}…` : text;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
