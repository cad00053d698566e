/** What is said at the end of a check, and whether it passed. */
import type { StepResult } from './step.ts';

export interface Summary {
  readonly passed: boolean;
  readonly text: string;
}

/** With `strict` (in CI) a test that is skipped without a reason fails the whole. */
export function summarise(results: readonly StepResult[], strict: boolean): Summary {
  const failed = results.filter((r) => !r.passed);
  const skipped = results.flatMap((r) => r.tally.skipped);
  const unexplained = skipped.filter((s) => s.reason === undefined);
  const lines = skipped.map((s) => `skipped: ${s.test}: ${s.reason ?? 'NO REASON GIVEN'}`);
  if (strict && unexplained.length > 0) lines.push(`${unexplained.length} skipped without a reason`);
  // At the end once more: of a long output often only the end is kept.
  lines.push(...results.flatMap((r) => r.tally.failures).map((f) => `failed: ${f}`));
  lines.push(
    failed.length === 0
      ? `all ${results.length} steps passed`
      : `failed: ${failed.map((r) => r.name).join(', ')}`,
  );
  const sum = (of: (r: StepResult) => number): number => results.reduce((n, r) => n + of(r), 0);
  lines.push(
    `${sum((r) => r.tally.passed)} passed, ${sum((r) => r.tally.failed)} failed, ${skipped.length} skipped`,
  );
  return {
    passed: failed.length === 0 && !(strict && unexplained.length > 0),
    text: `${lines.join('\n')}\n`,
  };
}
