/** Two projects: what is fast and shares nothing, and what starts real processes and so runs alone. */
import { defineConfig } from 'vitest/config';
import { TestTally } from './test/run/test-tally.ts';

// A loaded two-core machine is several times slower than an idle one; a hang still ends.
const unit_ms_max = 30_000;
const e2e_ms_max = 180_000;

export default defineConfig({
  test: {
    // lmdb is a native addon: a worker that is a process of its own can't take the others down.
    pool: 'forks',
    reporters: ['default', new TestTally(process.env.DISPROTRACK_TALLY)],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'services/**/*.test.ts',
            'test/{tidy,run,golden,property,conformance,corpus}/**/*.test.ts',
          ],
          testTimeout: unit_ms_max,
          hookTimeout: unit_ms_max,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: e2e_ms_max,
          hookTimeout: e2e_ms_max,
        },
      },
    ],
  },
});
