/** A vitest reporter that keeps what the closing lines need: counts, each failure, and each skipped test with its reason. */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What failed and how, a text each; also what has no test to count it by. */
  readonly failures: readonly string[];
  readonly skipped: readonly { readonly test: string; readonly reason: string | undefined }[];
}

export const emptyTally: Tally = { passed: 0, failed: 0, failures: [], skipped: [] };

export class TestTally implements Reporter {
  readonly #file: string | undefined;

  /** `file` gets the tally as JSON; without one nothing is kept. */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    if (this.#file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    // A module that did not load, or an error outside of any test, has no test to count it by.
    const broken = modules.filter((module) => module.state() === 'failed' && noneFailed(module));
    const failures = [
      ...tests.filter(hasFailed).map((test) => failureText(test.module, test.fullName, test.result().errors)),
      ...broken.map((module) => failureText(module, 'did not load', module.errors())),
      ...unhandled.map((error) => `outside of any test: ${message(error)}`),
    ];
    writeFileSync(this.#file, JSON.stringify(tallyOf(tests, failures)));
  }
}

function noneFailed(module: TestModule): boolean {
  return ![...module.children.allTests()].some(hasFailed);
}

function hasFailed(test: TestCase): boolean {
  return test.result().state === 'failed';
}

function failureText(module: TestModule, name: string, errors: readonly unknown[] | undefined): string {
  return `${module.relativeModuleId}: ${name}: ${(errors ?? []).map(message).join('; ')}`;
}

function message(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}

function tallyOf(tests: readonly TestCase[], failures: readonly string[]): Tally {
  const state = (wanted: string): TestCase[] => tests.filter((test) => test.result().state === wanted);
  return {
    passed: state('passed').length,
    failed: failures.length,
    failures,
    skipped: [...state('skipped'), ...state('pending')].map((test) => ({
      test: `${test.module.relativeModuleId}: ${test.fullName}`,
      reason: reasonOf(test),
    })),
  };
}

/** Given to `context.skip`, or in the name of the test or of what encloses it: `… (skipped: no such device)`. */
function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return note ?? /\(skipped: ([^)]+)\)/.exec(test.fullName)?.[1];
}
