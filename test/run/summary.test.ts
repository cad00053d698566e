import { expect, test } from 'vitest';
import type { StepResult } from './step.ts';
import { summarise } from './summary.ts';

const step = (passed: boolean, tally: Partial<StepResult['tally']> = {}): StepResult => ({
  name: passed ? 'good' : 'bad',
  passed,
  ms: 1,
  tally: { passed: 0, failed: 0, failures: [], skipped: [], ...tally },
});

test('the last line adds up all runs', () => {
  const { text, passed } = summarise([step(true, { passed: 3 }), step(true, { passed: 4 })], true);
  expect(text.trimEnd().split('\n').at(-1)).toBe('7 passed, 0 failed, 0 skipped');
  expect(passed).toBe(true);
});

test('a failed step is named and fails the whole, whatever the tests say', () => {
  const { text, passed } = summarise([step(false), step(true, { passed: 1 })], false);
  expect(text).toContain('failed: bad\n');
  expect(passed).toBe(false);
});

test('what failed is told again at the end, with its message', () => {
  const { text } = summarise([step(false, { failed: 1, failures: ['a.test.ts: b: expected 1'] })], false);
  expect(text).toContain('failed: a.test.ts: b: expected 1\n');
});

test('a skip is shown with its reason; without one it fails where that is strict', () => {
  const explained = step(true, { skipped: [{ test: 'a', reason: 'no such device' }] });
  const unexplained = step(true, { skipped: [{ test: 'b', reason: undefined }] });
  expect(summarise([explained], true)).toMatchObject({ passed: true });
  expect(summarise([explained], true).text).toContain('skipped: a: no such device');
  expect(summarise([unexplained], false).passed).toBe(true);
  expect(summarise([unexplained], true).passed).toBe(false);
});
