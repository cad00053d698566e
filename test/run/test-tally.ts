/** A vitest reporter that keeps what the closing line needs: counts, and each skipped test with its reason. */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly test: string; readonly reason: string | undefined }[];
}

export const emptyTally: Tally = { passed: 0, failed: 0, skipped: [] };

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
    const broken = modules.filter((module) => module.state() === 'failed' && noneFailed(module)).length;
    writeFileSync(this.#file, JSON.stringify(tallyOf(tests, broken + unhandled.length)));
  }
}

function noneFailed(module: TestModule): boolean {
  return ![...module.children.allTests()].some((test) => test.result().state === 'failed');
}

function tallyOf(tests: readonly TestCase[], failedOtherwise: number): Tally {
  const state = (wanted: string): TestCase[] => tests.filter((test) => test.result().state === wanted);
  return {
    passed: state('passed').length,
    failed: state('failed').length + failedOtherwise,
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
