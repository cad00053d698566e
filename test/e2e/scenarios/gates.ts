/** What is expected of answers, as sentences about what is not so. */
import { type Outcome, othersForEach } from './run-scenario.ts';

const shown_max = 60;
const recall_min = 0.95;
const first_share_min = 0.9;
const rank_max = 3;

/** Of one scenario; `times` is what other work was to be of the attack's, at least. */
export function brokenPromises(outcome: Outcome, times: number): string[] {
  const { name } = outcome.scenario;
  const { rank, otherRanks, shown } = outcome.withUnits;
  const broken: string[] = [];
  if (othersForEach(outcome) < times)
    broken.push(`${name}: other work is ${othersForEach(outcome)} times its events`);
  for (const each of [rank, ...otherRanks])
    if (each === undefined || each > rank_max) broken.push(`${name}: the true cause is ${ranked(each)}`);
  if (shown > shown_max) broken.push(`${name}: the answer has ${shown} vertices`);
  return broken;
}

/** Of all together. */
export function brokenSums(outcomes: readonly Outcome[]): string[] {
  const first = outcomes.filter(({ withUnits }) => withUnits.rank === 1).length;
  const steps = outcomes.reduce((sum, { withUnits }) => sum + withUnits.steps, 0);
  const missed = outcomes.reduce((sum, { withUnits }) => sum + withUnits.missed.length, 0);
  const broken: string[] = [];
  if (first < outcomes.length * first_share_min)
    broken.push(`the true cause is first in ${first} of ${outcomes.length}`);
  if (steps - missed < steps * recall_min) broken.push(`${missed} of ${steps} steps are in no answer`);
  return broken;
}

export function ranked(rank: number | undefined): string {
  return rank === undefined ? 'not there' : `${rank}.`;
}
